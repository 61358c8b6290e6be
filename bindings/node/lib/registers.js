'use strict';
// The shared memory that begin and end take their arguments from and leave their results in (src/registers.h has the
// same numbers). One set serves the whole thread: a call fills it, crosses, and reads it before anything else can run.

const native = require('./native');
const { make } = require('./errors');

const INT = {
  ENGINE: 0,
  ENDPOINT: 1,
  TICKET: 2,
  MODE: 3,
  WORD_LOW: 4,
  WORD_HIGH: 5,
  OUTCOME: 6,
  RESULT: 7,
  ATTEMPT: 8,
  FLAGS: 9,
  REASON: 10,
};
const DOUBLE = { NOW: 0, BEGAN: 1, DEADLINE: 2, TIMEOUT: 3, DELAY: 4 };
const EVENT = { SEQ: 0, TIME: 1, ENDPOINT: 2, KIND: 3, BEFORE: 4, AFTER: 5, VALUE: 6, FLAGS: 7 };
const MODE = { CONTINUE: 0, FRESH: 1, ADOPT: 2, NO_TIME: 4 };

const { layout } = native;
const expected = { ints: 11, doubles: 5, doublesAt: 48, eventColumns: 8, eventRows: 64, ticket: 64 };
for (const key of Object.keys(expected)) {
  if (layout[key] !== expected[key]) {
    throw make.native(
      `resil's binary is of another version than its JavaScript (${key}: ${layout[key]}, expected ${expected[key]}): reinstall the package`,
    );
  }
}

const ints = new Int32Array(native.registers, 0, layout.ints);
const doubles = new Float64Array(native.registers, layout.doublesAt, layout.doubles);
const eventRows = new Float64Array(native.events);

module.exports = {
  INT,
  DOUBLE,
  EVENT,
  MODE,
  ints,
  doubles,
  eventRows,
  EVENT_COLUMNS: layout.eventColumns,
  EVENT_ROWS: layout.eventRows,
};

'use strict';
// The numbers of resil.h that cross the boundary.

const native = require('./native');

const KIND = { APP: 0, ACTOR: 1, COMPONENT_IN: 2, COMPONENT_OUT: 3, BUILTIN: 4 };
const BEGIN = { ALLOW: 0, REJECT: 1 };
const END = { DONE: 0, RETRY: 1, GIVE_UP: 2 };
const WHY = {
  OPEN: 16,
  TOO_MANY_REQUESTS: 17,
  EXHAUSTED: 18,
  NOT_RETRIABLE: 19,
  CANCELLED: 20,
  DEADLINE: 21,
  RETRY_BUDGET: 22,
  BUSY: 23,
  RATE_LIMITED: 24,
  HELD: 25,
};
const STATES = ['closed', 'open', 'half-open'];
const EVENT_KIND = { BREAKER: 1, RETRY: 2, RECOVERED: 3, REJECTED: 4, TIMED_OUT: 5, GAVE_UP: 6, WARNING: 7 };
const FULL = -3; // RESIL_E_FULL
const HAS_EVENTS = 1;
const MAY_WAIT = 2;
const NO_RETRY = 0x40000000; // beside an outcome
const LENIENT = 1;
const EVERY_REJECTION = 2;

const names = new Map();

/** The engine's own word for a reason or an error. */
function nameOf(code) {
  let name = names.get(code);
  if (name === undefined) names.set(code, (name = native.name(code)));
  return name;
}

/** The word for a state; one of a newer engine is told by its number. */
const stateOf = (number) => STATES[number] ?? `unknown (${number})`;

module.exports = {
  KIND,
  BEGIN,
  END,
  WHY,
  STATES,
  EVENT_KIND,
  FULL,
  HAS_EVENTS,
  MAY_WAIT,
  NO_RETRY,
  LENIENT,
  EVERY_REJECTION,
  nameOf,
  stateOf,
};

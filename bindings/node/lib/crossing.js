'use strict';
// The two calls of resil.h that every attempt may make. After either, `ints` and `doubles` hold what the engine said.

const native = require('./native');
const { INT, DOUBLE, MODE, ints, doubles } = require('./registers');
const { HAS_EVENTS, MAY_WAIT, nameOf } = require('./codes');
const { nowNs } = require('./clock');
const { make } = require('./errors');

/** Begins an attempt. `mode` is MODE.FRESH for the first of an operation; answers one of BEGIN. */
function begin(endpoint, ticket, mode, deadlineMs) {
  const engine = endpoint.engine;
  ints[INT.ENGINE] = engine._number;
  ints[INT.ENDPOINT] = endpoint.id;
  ints[INT.TICKET] = ticket.number;
  ints[INT.MODE] = mode;
  doubles[DOUBLE.NOW] = nowNs(engine._clock);
  doubles[DOUBLE.DEADLINE] = deadlineMs * 1e6;
  native.begin();
  return answer(engine, 'begin');
}

/** Ends an attempt; answers one of END. */
function end(endpoint, ticket, outcome, hintMs, mode) {
  const engine = endpoint.engine;
  ints[INT.ENGINE] = engine._number;
  ints[INT.ENDPOINT] = endpoint.id;
  ints[INT.TICKET] = ticket.number;
  ints[INT.MODE] = mode;
  ints[INT.OUTCOME] = outcome;
  doubles[DOUBLE.NOW] = nowNs(engine._clock);
  doubles[DOUBLE.DELAY] = hintMs * 1e6;
  native.end();
  return answer(engine, 'end');
}

/** Ends an attempt that skipped begin, because the word said that nothing would come of it. */
function endAdopted(endpoint, ticket, outcome, hintMs, mode, low, high, beganNs) {
  ints[INT.WORD_LOW] = low;
  ints[INT.WORD_HIGH] = high;
  doubles[DOUBLE.BEGAN] = beganNs;
  return end(endpoint, ticket, outcome, hintMs, mode | MODE.ADOPT);
}

/** After a begin that was rejected: whether to wait. The engine knows if that is of use, whatever its reason is. */
const worthWaiting = (options) => options.waitWhenOpen && (ints[INT.FLAGS] & MAY_WAIT) !== 0;

function answer(engine, call) {
  const result = ints[INT.RESULT];
  if (result < 0) throw make.other('RESIL_INTERNAL', `resil_${call} answered ${nameOf(result)}`);
  if ((ints[INT.FLAGS] & HAS_EVENTS) !== 0) {
    // Listeners may call the engine, and that overwrites the registers.
    engine._feed.drainKeepingRegisters();
  }
  return result;
}

module.exports = { begin, end, endAdopted, worthWaiting };

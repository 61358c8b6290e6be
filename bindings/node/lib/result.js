'use strict';
// How an operation ends, as an error to throw or as a value.

const { INT, DOUBLE, ints, doubles } = require('./registers');
const { WHY } = require('./codes');
const { make } = require('./errors');

const CODES = {
  [WHY.OPEN]: 'RESIL_OPEN',
  [WHY.HALF_OPEN_FULL]: 'RESIL_TOO_MANY_REQUESTS',
  [WHY.DEADLINE]: 'RESIL_DEADLINE',
};

class Success {
  constructor(value) {
    this.ok = true;
    this.value = value;
  }
}

/** A rejection as a value. Its error, with a stack trace, is only made for those who ask. */
class Rejection {
  constructor(endpoint, reason, retryAfterMs, cause) {
    this.ok = false;
    this.code = CODES[reason];
    this.retryAfterMs = retryAfterMs;
    this.endpoint = endpoint;
    this.cause = cause;
  }
  get error() {
    return make.rejected(this.code, this.endpoint, this.retryAfterMs, this.cause);
  }
}

/** The function's own failure, or what the engine made of it. */
class Failure {
  constructor(error) {
    this.ok = false;
    this.code = typeof error === 'object' && error !== null && typeof error.code === 'string' ? error.code : undefined;
    this.retryAfterMs = undefined;
    this.error = error;
  }
}

const rejectedNow = (endpoint, cause) => new Rejection(endpoint, ints[INT.REASON], doubles[DOUBLE.DELAY] / 1e6, cause);

module.exports = { rejectedNow, Success, Rejection, Failure };

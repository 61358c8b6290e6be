'use strict';
// How an operation ends, as an error to throw or as a value.

const { INT, DOUBLE, ints, doubles } = require('./registers');
const { WHY, nameOf } = require('./codes');
const { make, because, rejectionText, asRejected } = require('./errors');

const CODES = {
  [WHY.OPEN]: 'RESIL_OPEN',
  [WHY.TOO_MANY_REQUESTS]: 'RESIL_TOO_MANY_REQUESTS',
  [WHY.DEADLINE]: 'RESIL_DEADLINE',
  [WHY.BUSY]: 'RESIL_BUSY',
  [WHY.RATE_LIMITED]: 'RESIL_RATE_LIMITED',
  [WHY.HELD]: 'RESIL_HELD',
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
    this.code = CODES[reason] ?? 'RESIL_REJECTED'; // of a newer engine
    this.reasonCode = reason;
    this.retryAfterMs = retryAfterMs;
    this.endpoint = endpoint;
    this.cause = cause;
  }
  get reason() {
    return nameOf(this.reasonCode);
  }
  get error() {
    return asRejected(new Error(rejectionText(this), because(this.cause)), this);
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

/** What a failure gives its caller when no attempt follows; `refused` is why the host could make none, or undefined. */
function givenUp(endpoint, value, threw, reason, attempts, refused) {
  if (refused !== undefined && reason !== WHY.EXHAUSTED && reason !== WHY.NOT_RETRIABLE) {
    endpoint.engine._feed.retryRefused(endpoint, refused, value);
    return handed(threw ? make.retryRefused(endpoint, refused, value) : value, threw);
  }
  // A permanent failure, after retries too, is the caller's as it is.
  if (threw && attempts > 1 && reason !== WHY.NOT_RETRIABLE && reason !== WHY.CANCELLED)
    return new Failure(make.exhausted(endpoint, attempts, nameOf(reason), value));
  return handed(value, threw); // a response that failed is still the caller's answer
}

const handed = (value, threw) => (threw ? new Failure(value) : new Success(value));

const rejectedNow = (endpoint, cause) => new Rejection(endpoint, ints[INT.REASON], doubles[DOUBLE.DELAY] / 1e6, cause);

module.exports = { rejectedNow, givenUp, handed, Success, Rejection, Failure };

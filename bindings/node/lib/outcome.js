'use strict';
// What the host saw, as the number that the engine judges. Nothing here decides what fails: a status goes to the engine as it is.

const native = require('./native');
const { HTTP_BIT: HTTP, GRPC_BIT: GRPC, OUTCOME } = require('./contract');
const { NO_RETRY } = require('./codes');
const { isTimeout } = require('./timeouts');

const Outcome = Object.freeze({
  ...OUTCOME,
  http: (status) => HTTP | checked(status, 0, 999, 'an HTTP status'),
  grpc: (code) => GRPC | checked(code, 0, 16, 'a gRPC code'),
  noRetry: (outcome) => {
    if (!isOutcome(outcome)) throw new RangeError(`noRetry takes one of Outcome's numbers, not ${String(outcome)}`);
    return outcome | NO_RETRY;
  },
  ofError: (error, signal) => (signal?.aborted ? ofAbort(signal.reason) : ofError(error)),
});

function checked(value, low, high, what) {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new RangeError(`${what} is an integer from ${low} to ${high}, not ${String(value)}`);
}

const isStatus = (value) => Number.isInteger(value) && value >= 100 && value <= 599;

// A response of fetch, undici, axios, got, node:http ...: a status and headers. A status alone is some other object's, and what
// cannot be read is no response.
function statusOf(value) {
  try {
    if (typeof value !== 'object' || value === null || typeof value.headers !== 'object') return 0;
    if (isStatus(value.status)) return value.status;
    return isStatus(value.statusCode) ? value.statusCode : 0;
  } catch {
    return 0;
  }
}

const isThenable = (value) =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && typeof value.then === 'function';

/** Whether the engine must be asked what a result means: all others are plain successes. */
const carriesStatus = (value) => typeof value === 'object' && value !== null && statusOf(value) !== 0;

/** The outcome of an attempt that returned `value`. */
function ofValue(value) {
  const status = statusOf(value);
  return status === 0 ? Outcome.SUCCESS : HTTP | status;
}

/**
 * The outcome of an attempt that threw `error`: its HTTP status or gRPC code if it carries a failing one, a timeout if a client says
 * that its own time has run out.
 */
function ofError(error) {
  if (typeof error !== 'object' || error === null) return Outcome.FAILURE;
  try {
    return ofObject(error);
  } catch {
    return Outcome.FAILURE; // one that cannot be read
  }
}

function ofObject(error) {
  const response = error.response;
  const status =
    (typeof response === 'object' && response !== null && statusOf(response)) || error.status || error.statusCode;
  if (isStatus(status) && native.failed(HTTP | status)) return HTTP | status;
  // A ServiceError of grpc-js; a numeric code alone may mean anything.
  if (Number.isInteger(error.code) && error.code >= 1 && error.code <= 16 && typeof error.details === 'string')
    return GRPC | error.code;
  return isTimeout(error) ? Outcome.TIMEOUT : Outcome.FAILURE;
}

const PLAIN = ['success', 'failure', 'timeout', 'cancelled'];

/** Names for those who read events. */
function nameOfOutcome(code) {
  if ((code & ~0xffff) === HTTP) return `http ${code & 0xffff}`;
  if ((code & ~0xffff) === GRPC) return `grpc ${code & 0xffff}`;
  return PLAIN[code] ?? String(code);
}

/** The outcome of an attempt in flight that the caller's signal ended: a deadline that passes is a timeout, all else is cancelled. */
function ofAbort(reason) {
  try {
    return isTimeout(reason) ? Outcome.TIMEOUT : Outcome.CANCELLED;
  } catch {
    return Outcome.CANCELLED;
  }
}

const isOutcome = (code) => {
  if (!Number.isInteger(code) || code < 0 || code > 0x7fffffff) return false;
  const plain = code & ~NO_RETRY;
  return plain <= 3 || (plain & ~0xffff) === HTTP || (plain & ~0xffff) === GRPC;
};

module.exports = { Outcome, isThenable, carriesStatus, ofValue, ofError, ofAbort, isOutcome, nameOfOutcome };

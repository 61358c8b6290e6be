'use strict';
// Every error of resil is a ResilError with a `code`; the classes tell them apart, and what is below them makes them. The
// classes have no constructors: each one of a chain would double what it costs to make a stack trace.

// Whoever prints or serializes an error wants its endpoint's name, which the message has, not its engine: so the endpoint is a
// private field of the error. A property that is not enumerable would do too, and costs several times as much.
class Given {
  constructor(error) {
    return error;
  }
}
class Located extends Given {
  #endpoint;
  constructor(error, endpoint) {
    super(error);
    this.#endpoint = endpoint;
  }
  static endpointOf(error) {
    return #endpoint in error ? error.#endpoint : undefined;
  }
}

class ResilError extends Error {
  get endpoint() {
    return Located.endpointOf(this);
  }
}

/** No attempt was admitted. */
class RejectedError extends ResilError {}
class OpenError extends RejectedError {}
class TooManyRequestsError extends RejectedError {}
class DeadlineError extends RejectedError {}
class BusyError extends RejectedError {}
class RateLimitedError extends RejectedError {}
class HeldError extends RejectedError {}

class TimeoutError extends ResilError {}
class ExhaustedError extends ResilError {}
class RetryRefusedError extends ResilError {}
class ConfigError extends ResilError {}
class ClosedError extends ResilError {}
class LimitError extends ResilError {}
class NativeError extends ResilError {}

const classes = {
  ResilError,
  RejectedError,
  OpenError,
  TooManyRequestsError,
  DeadlineError,
  BusyError,
  RateLimitedError,
  HeldError,
  TimeoutError,
  ExhaustedError,
  RetryRefusedError,
  ConfigError,
  ClosedError,
  LimitError,
  NativeError,
};
for (const type of Object.values(classes))
  Object.defineProperty(type.prototype, 'name', { value: type.name, configurable: true, writable: true });

const of = (error, endpoint) => new Located(error, endpoint); // answers the error itself

const because = (cause) => (cause === undefined ? undefined : { cause });
const describe = (cause) => (cause instanceof Error ? cause.message : String(cause));

const REJECTIONS = {
  RESIL_OPEN: {
    type: OpenError,
    tell: (endpoint, wait) => `the circuit breaker of ${endpoint} is open; ${wait}`,
  },
  RESIL_TOO_MANY_REQUESTS: {
    type: TooManyRequestsError,
    tell: (endpoint) => `the circuit breaker of ${endpoint} is half-open and its probes are under way`,
  },
  RESIL_DEADLINE: {
    type: DeadlineError,
    tell: (endpoint) => `the deadline of the operation on ${endpoint} has passed`,
  },
  RESIL_BUSY: {
    type: BusyError,
    tell: (endpoint, wait) => `as many attempts on ${endpoint} as may be are in flight; ${wait}`,
  },
  RESIL_RATE_LIMITED: {
    type: RateLimitedError,
    tell: (endpoint, wait) => `the rate limit of ${endpoint} is used up; ${wait}`,
  },
  RESIL_HELD: {
    type: HeldError,
    tell: (endpoint, wait) => `${endpoint} asked to be left alone; ${wait}`,
  },
  RESIL_REJECTED: {
    type: RejectedError,
    tell: (endpoint, wait, why) => `${endpoint} admits no attempt (${why}); ${wait}`,
  },
};

/** What a rejection says. */
const rejectionText = ({ code, endpoint, retryAfterMs, reason, reasonCode }) =>
  REJECTIONS[code].tell(
    endpoint,
    `an attempt could be admitted in ${Math.ceil(retryAfterMs)} ms`,
    `${reason}, ${reasonCode}`,
  );

/**
 * Makes a rejection's error of a plain one. Nearly all that an error costs is the walk over the stack, where it is made: so the
 * caller makes it, as far out as it can, and as an Error, since that of a subclass is dearer by a tenth.
 */
function asRejected(error, { code, endpoint, retryAfterMs, reason, reasonCode }) {
  Object.setPrototypeOf(error, REJECTIONS[code].type.prototype);
  error.code = code;
  error.retryAfterMs = retryAfterMs;
  error.reason = reason;
  error.reasonCode = reasonCode;
  return of(error, endpoint);
}

function timedOut(endpoint, timeoutMs, attempt) {
  const error = new TimeoutError(`attempt ${attempt} on ${endpoint} took longer than ${timeoutMs} ms`);
  return of(Object.assign(error, { code: 'RESIL_TIMEOUT', timeoutMs, attempt }), endpoint);
}

function exhausted(endpoint, attempts, reason, cause) {
  const error = new ExhaustedError(
    `the operation on ${endpoint} failed after ${attempts} attempts: ${describe(cause)}`,
    { cause },
  );
  return of(Object.assign(error, { code: 'RESIL_EXHAUSTED', attempts, reason }), endpoint);
}

function retryRefused(endpoint, reason, cause) {
  const error = new RetryRefusedError(
    `the operation on ${endpoint} failed and was not retried, because ${reason}: ${describe(cause)}`,
    { cause },
  );
  return of(Object.assign(error, { code: 'RESIL_RETRY_REFUSED', reason }), endpoint);
}

const config = ({ message, line, column }) =>
  Object.assign(new ConfigError(message), {
    code: 'RESIL_CONFIG',
    line: line || undefined,
    column: column || undefined,
  });

const closed = (cause) =>
  Object.assign(new ClosedError('the resil engine has been disposed', because(cause)), { code: 'RESIL_CLOSED' });

const full = (message) => Object.assign(new LimitError(message), { code: 'RESIL_FULL' });

const native = (message, cause) => Object.assign(new NativeError(message, because(cause)), { code: 'RESIL_NATIVE' });

const other = (code, message) => Object.assign(new ResilError(message), { code });

module.exports = {
  classes,
  because,
  rejectionText,
  asRejected,
  make: { timedOut, exhausted, retryRefused, config, closed, full, native, other },
};

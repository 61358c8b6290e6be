'use strict';
// Every error of resil is a ResilError with a `code`; the classes add what a handler would want to know.

class ResilError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
}
// On the prototype, so that making an error costs no more than it must.
const named = (type) => Object.defineProperty(type.prototype, 'name', { value: type.name, configurable: true, writable: true });

class RejectedError extends ResilError {
  constructor(code, message, endpoint, retryAfterMs, options) {
    super(code, message, options);
    this.endpoint = endpoint;
    this.retryAfterMs = retryAfterMs;
  }
}

class OpenError extends RejectedError {
  constructor(endpoint, retryAfterMs, options) {
    super('RESIL_OPEN', `the circuit breaker of ${endpoint} is open; an attempt could be admitted in ${Math.ceil(retryAfterMs)} ms`, endpoint, retryAfterMs, options);
  }
}

class TooManyRequestsError extends RejectedError {
  constructor(endpoint, retryAfterMs, options) {
    super('RESIL_TOO_MANY_REQUESTS', `the circuit breaker of ${endpoint} is half-open and its probes are under way`, endpoint, retryAfterMs, options);
  }
}

class DeadlineError extends RejectedError {
  constructor(endpoint, options) {
    super('RESIL_DEADLINE', `the deadline of the operation on ${endpoint} has passed`, endpoint, 0, options);
  }
}

class TimeoutError extends ResilError {
  constructor(endpoint, timeoutMs, attempt) {
    super('RESIL_TIMEOUT', `attempt ${attempt} on ${endpoint} took longer than ${timeoutMs} ms`);
    this.endpoint = endpoint;
    this.timeoutMs = timeoutMs;
    this.attempt = attempt;
  }
}

class ExhaustedError extends ResilError {
  constructor(endpoint, attempts, cause) {
    super('RESIL_EXHAUSTED', `the operation on ${endpoint} failed after ${attempts} attempts: ${describe(cause)}`, { cause });
    this.endpoint = endpoint;
    this.attempts = attempts;
  }
}

class RetryRefusedError extends ResilError {
  constructor(endpoint, reason, cause) {
    super('RESIL_RETRY_REFUSED', `the operation on ${endpoint} failed and was not retried, because ${reason}: ${describe(cause)}`, { cause });
    this.endpoint = endpoint;
    this.reason = reason;
  }
}

class ConfigError extends ResilError {
  constructor(message, line, column) {
    super('RESIL_CONFIG', message);
    this.line = line;
    this.column = column;
  }
}

class ClosedError extends ResilError {
  constructor(options) {
    super('RESIL_CLOSED', 'the resil engine has been disposed', options);
  }
}

class LimitError extends ResilError {
  constructor(message) {
    super('RESIL_FULL', message);
  }
}

class NativeError extends ResilError {
  constructor(message, options) {
    super('RESIL_NATIVE', message, options);
  }
}

const describe = (cause) => (cause instanceof Error ? cause.message : String(cause));

const classes = { ResilError, RejectedError, OpenError, TooManyRequestsError, DeadlineError, TimeoutError, ExhaustedError, RetryRefusedError, ConfigError, ClosedError, LimitError, NativeError };
Object.values(classes).forEach(named);

module.exports = classes;

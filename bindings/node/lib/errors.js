'use strict';
// Every error of resil is a ResilError with a `code`; the classes tell them apart, and what is below them makes them. The
// classes have no constructors: each one of a chain would double what it costs to make a stack trace.

class ResilError extends Error {}

/** No attempt was admitted. */
class RejectedError extends ResilError {}
class OpenError extends RejectedError {}
class TooManyRequestsError extends RejectedError {}
class DeadlineError extends RejectedError {}

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

// Not enumerable: who prints or serializes an error wants its endpoint's name, which the message has, not its engine.
const of = (error, endpoint) => Object.defineProperty(error, 'endpoint', { value: endpoint, configurable: true });

const because = (cause) => (cause === undefined ? undefined : { cause });
const describe = (cause) => (cause instanceof Error ? cause.message : String(cause));

/** A rejection by its code. */
function rejected(code, endpoint, retryAfterMs, cause) {
  const wait = `an attempt could be admitted in ${Math.ceil(retryAfterMs)} ms`;
  const error =
    code === 'RESIL_OPEN'
      ? new OpenError(`the circuit breaker of ${endpoint} is open; ${wait}`, because(cause))
      : code === 'RESIL_TOO_MANY_REQUESTS'
        ? new TooManyRequestsError(
            `the circuit breaker of ${endpoint} is half-open and its probes are under way`,
            because(cause),
          )
        : new DeadlineError(`the deadline of the operation on ${endpoint} has passed`, because(cause));
  error.code = code;
  error.retryAfterMs = retryAfterMs;
  return of(error, endpoint);
}

function timedOut(endpoint, timeoutMs, attempt) {
  const error = new TimeoutError(`attempt ${attempt} on ${endpoint} took longer than ${timeoutMs} ms`);
  return of(Object.assign(error, { code: 'RESIL_TIMEOUT', timeoutMs, attempt }), endpoint);
}

function exhausted(endpoint, attempts, cause) {
  const error = new ExhaustedError(
    `the operation on ${endpoint} failed after ${attempts} attempts: ${describe(cause)}`,
    { cause },
  );
  return of(Object.assign(error, { code: 'RESIL_EXHAUSTED', attempts }), endpoint);
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
  make: { rejected, timedOut, exhausted, retryRefused, config, closed, full, native, other },
};

import { Endpoint } from '../index.js';

/** `RESIL_REJECTED` is a reason that this package does not know yet; `reason` and `reasonCode` say which. */
export type RejectionCode =
  | 'RESIL_OPEN'
  | 'RESIL_TOO_MANY_REQUESTS'
  | 'RESIL_DEADLINE'
  | 'RESIL_BUSY'
  | 'RESIL_RATE_LIMITED'
  | 'RESIL_HELD'
  | 'RESIL_REJECTED';

export class ResilError extends Error {
  readonly code: string;
}
/** No attempt was admitted. */
export class RejectedError extends ResilError {
  readonly code: RejectionCode;
  readonly endpoint: Endpoint;
  readonly reason: string;
  readonly reasonCode: number;
  readonly retryAfterMs: number;
}
export class OpenError extends RejectedError {
  readonly code: 'RESIL_OPEN';
}
export class TooManyRequestsError extends RejectedError {
  readonly code: 'RESIL_TOO_MANY_REQUESTS';
}
export class DeadlineError extends RejectedError {
  readonly code: 'RESIL_DEADLINE';
}
/** As many attempts as `maxConcurrent` allows are in flight. */
export class BusyError extends RejectedError {
  readonly code: 'RESIL_BUSY';
}
/** The target's `rateLimit` is used up. */
export class RateLimitedError extends RejectedError {
  readonly code: 'RESIL_RATE_LIMITED';
}
/** The server asked, by Retry-After, to be left alone for a while (`holdOnRetryAfter`). */
export class HeldError extends RejectedError {
  readonly code: 'RESIL_HELD';
}
export class TimeoutError extends ResilError {
  readonly code: 'RESIL_TIMEOUT';
  readonly endpoint: Endpoint;
  readonly timeoutMs: number;
  readonly attempt: number;
}
/** The last of several attempts failed; `cause` is its error. */
export class ExhaustedError extends ResilError {
  readonly code: 'RESIL_EXHAUSTED';
  /** 'retries-exhausted' or 'retry-budget'. */
  readonly reason: string;
  readonly endpoint: Endpoint;
  readonly attempts: number;
  readonly cause: unknown;
}
/** The policy would have retried, but the caller could not; `cause` is the failure. */
export class RetryRefusedError extends ResilError {
  readonly code: 'RESIL_RETRY_REFUSED';
  readonly endpoint: Endpoint;
  readonly reason: string;
  readonly cause: unknown;
}
export class ConfigError extends ResilError {
  readonly code: 'RESIL_CONFIG';
  /** From 1; undefined = not about a place in a text. */
  readonly line: number | undefined;
  readonly column: number | undefined;
}
export class ClosedError extends ResilError {
  readonly code: 'RESIL_CLOSED';
}
export class LimitError extends ResilError {
  readonly code: 'RESIL_FULL';
}
export class NativeError extends ResilError {
  readonly code: 'RESIL_NATIVE';
}

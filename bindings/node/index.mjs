import resil from './index.js';

export const {
  Engine,
  Endpoint,
  Attempt,
  Outcome,
  version,
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
} = resil;
export default resil;

'use strict';
// The options of one call, checked.

const LONGEST_MS = 9e11; // 28 years; its nanoseconds still fit the engine's 64 bits

class CallOptions {
  constructor(options) {
    this.signal = checkSignal(options.signal ?? undefined);
    this.deadlineMs = checkDeadline(options.deadline ?? undefined);
    this.waitWhenOpen = options.waitWhenOpen === true;
    this.blocking = options.blocking === true; // executeSync only
    this.outcome = checkFunction(options.outcome ?? undefined, 'outcome');
    this.refuseRetry = options.refuseRetry ?? undefined;
    this.discard = checkFunction(options.discard ?? undefined, 'discard');
  }

  /** Why the host could not make another attempt, or undefined. */
  get refusal() {
    return typeof this.refuseRetry === 'function' ? this.refuseRetry() : this.refuseRetry;
  }
}

const NONE = Object.freeze(new CallOptions({}));

const callOptions = (options) =>
  options === undefined || options === null
    ? NONE
    : options instanceof CallOptions
      ? options
      : new CallOptions(options);

/** Whether a healthy call needs nothing but its function: no signal, no deadline, no judgement of its own. */
const isPlain = (options) =>
  options === undefined ||
  options === null ||
  ((options.signal ?? undefined) === undefined &&
    (options.deadline ?? undefined) === undefined &&
    (options.outcome ?? undefined) === undefined);

function checkSignal(signal) {
  if (signal === undefined || (typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function'))
    return signal;
  throw new TypeError('signal is an AbortSignal');
}

// 0 = none, negative = it has passed.
function checkDeadline(deadline) {
  if (deadline === undefined || deadline === Infinity) return 0;
  const ms = deadline instanceof Date ? deadline.getTime() - Date.now() : deadline;
  if (typeof ms !== 'number' || Number.isNaN(ms))
    throw new TypeError('deadline is a Date, or a number of milliseconds from now');
  return ms > 0 ? Math.min(ms, LONGEST_MS) : -1;
}

function checkFunction(value, name) {
  if (value === undefined || typeof value === 'function') return value;
  throw new TypeError(`${name} is a function`);
}

module.exports = { callOptions, isPlain, NONE, LONGEST_MS };

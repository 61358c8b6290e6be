'use strict';
// The options of one call, checked.

const { Outcome, isOutcome, ofValue, ofError } = require('./outcome');
const { NO_RETRY } = require('./codes');

const LONGEST_MS = 9e11; // 28 years; its nanoseconds still fit the engine's 64 bits

class CallOptions {
  constructor(options) {
    this.signal = checkSignal(options.signal ?? undefined);
    this.deadline = checkDeadline(options.deadline ?? undefined);
    this.waitWhenOpen = options.waitWhenOpen === true;
    this.blocking = options.blocking === true; // executeSync only
    this.outcome = checkFunction(options.outcome ?? undefined, 'outcome');
    this.refuseRetry = options.refuseRetry ?? undefined;
    this.discard = checkFunction(options.discard ?? undefined, 'discard');
    this.discardError = checkFunction(options.discardError ?? undefined, 'discardError');
  }

  /** From now; 0 = none, negative = it has passed. Options that wrap() keeps may hold a Date, so each call asks anew. */
  get deadlineMs() {
    const { deadline } = this;
    if (deadline === undefined) return 0;
    const ms = deadline instanceof Date ? deadline.getTime() - Date.now() : deadline;
    return ms > 0 ? Math.min(ms, LONGEST_MS) : -1;
  }

  /** Why the host could not make another attempt, or undefined. */
  get refusal() {
    if (typeof this.refuseRetry !== 'function') return this.refuseRetry;
    try {
      return this.refuseRetry();
    } catch (error) {
      return `refuseRetry threw ${error}`;
    }
  }

  /** What an attempt means that threw, or returned, `value`. */
  judge(value, threw) {
    const own = this.outcome?.(threw ? value : undefined, threw ? undefined : value) ?? undefined;
    if (own === undefined) return threw ? ofError(value) : ofValue(value);
    if (isOutcome(own)) return own === NO_RETRY ? Outcome.SUCCESS : own;
    throw new TypeError(`outcome answers undefined or one of Outcome's numbers, not ${String(own)}`);
  }

  /** Takes a result, or what was thrown, that nobody will get. */
  drop(value, threw) {
    try {
      if (threw) this.discardError?.(value);
      else this.discard?.(value);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

const NONE = Object.freeze(new CallOptions({}));

const callOptions = (options) =>
  options === undefined || options === null
    ? NONE
    : options instanceof CallOptions
      ? options
      : new CallOptions(options);

/**
 * Whether a healthy call needs nothing but its function: no signal, no deadline, no judgement of its own. What is wrong is not plain
 * either: it is told before the call begins.
 */
const isPlain = (options) =>
  options === undefined ||
  options === null ||
  ((options.signal ?? undefined) === undefined &&
    (options.deadline ?? undefined) === undefined &&
    (options.outcome ?? undefined) === undefined &&
    isFunctionOrNone(options.discard) &&
    isFunctionOrNone(options.discardError));

const isFunctionOrNone = (value) => value === undefined || value === null || typeof value === 'function';

/**
 * The options of a call that began as a plain one and turns out to need them. Their object is the caller's, who may have used it for
 * another call since: so a signal, deadline or judgement in it now is not this call's, and nothing in it can be wrong.
 */
function plainOptions(options) {
  if (options === undefined || options === null) return NONE;
  if (options instanceof CallOptions) return options;
  const { waitWhenOpen, blocking, refuseRetry, discard, discardError } = options;
  return new CallOptions({
    waitWhenOpen,
    blocking,
    refuseRetry,
    discard: isFunctionOrNone(discard) ? discard : undefined,
    discardError: isFunctionOrNone(discardError) ? discardError : undefined,
  });
}

function checkSignal(signal) {
  if (signal === undefined || (typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function'))
    return signal;
  throw new TypeError('signal is an AbortSignal');
}

function checkDeadline(deadline) {
  const ms = deadline instanceof Date ? deadline.getTime() : deadline;
  if (deadline !== undefined && (typeof ms !== 'number' || Number.isNaN(ms)))
    throw new TypeError('deadline is a Date, or a number of milliseconds from now');
  return deadline === Infinity ? undefined : deadline;
}

function checkFunction(value, name) {
  if (value === undefined || typeof value === 'function') return value;
  throw new TypeError(`${name} is a function`);
}

module.exports = { callOptions, plainOptions, isPlain, LONGEST_MS };

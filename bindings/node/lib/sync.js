'use strict';
// Operations whose function answers at once. A wait would stop the whole thread, so there is none unless the caller says
// `blocking`: then a retry and an open breaker are waited for in place.

const { INT, DOUBLE, MODE, ints, doubles } = require('./registers');
const { VERDICT, DECISION, WHY } = require('./codes');
const { Outcome, isThenable } = require('./outcome');
const { begin, end, endAdopted, until, worthWaiting } = require('./crossing');
const { takeTicket, giveTicket } = require('./tickets');
const { retryAfterMs } = require('./retry_after');
const { rejectedNow, Success, Failure } = require('./result');
const { AttemptContext } = require('./context');
const { sleepSync, nowNs } = require('./clock');
const { make } = require('./errors');

const FAST = 1;

class SyncOperation {
  constructor(endpoint, fn, options) {
    this.endpoint = endpoint;
    this.fn = fn;
    this.options = options;
    this.ticket = null;
    this.low = 0;
    this.high = 0;
    this.beganNs = NaN;
    this.untilMs = Infinity;
    this.lastError = undefined;
  }

  /** Answers a Success, Rejection or Failure. */
  run() {
    const { endpoint, options } = this;
    if (endpoint.engine.disposed) return new Failure(make.closed());
    if (options.signal !== undefined && options.signal.aborted) return new Failure(options.signal.reason);
    endpoint._begun++;
    try {
      return this._attempts();
    } finally {
      if (this.ticket !== null) giveTicket(this.ticket);
      endpoint._leave();
    }
  }

  /** Like run(), for a first attempt that has been made already, by the word alone. */
  takeOver(low, high, value, threw) {
    this.low = low;
    this.high = high;
    try {
      return this._settle(new AttemptContext(1, undefined, undefined), value, threw) ?? this._attempts();
    } finally {
      if (this.ticket !== null) giveTicket(this.ticket);
      this.endpoint._leave();
    }
  }

  _attempts() {
    for (;;) {
      const context = this._begin();
      if (!(context instanceof AttemptContext)) return context;
      if (this._deserted) return this._settleAs(Outcome.CANCELLED, context, this.options.signal.reason, true);
      let value;
      let threw = false;
      try {
        value = this.fn(context);
      } catch (error) {
        value = error;
        threw = true;
      }
      const result = this._settle(context, value, threw);
      if (result !== undefined) return result;
    }
  }

  // The caller left: in the function itself, or in a listener.
  get _deserted() {
    return this.options.signal !== undefined && this.options.signal.aborted;
  }

  // What there is no use in waiting after, as a Failure; or undefined.
  _ended() {
    if (this.endpoint.engine.disposed) return new Failure(make.closed(this.lastError));
    return this._deserted ? new Failure(this.options.signal.reason) : undefined;
  }

  // An AttemptContext, or the result that ends the operation.
  _begin() {
    const { endpoint, options } = this;
    const deadlineMs = this.ticket === null ? options.deadlineMs : 0;
    this.low = endpoint._words[0];
    this.high = endpoint._words[1];
    if (this.ticket === null && (this.low & FAST) !== 0 && deadlineMs === 0) {
      this.beganNs = nowNs(endpoint.engine._clock);
      return new AttemptContext(1, (this.low >>> 1) & 0xffffff || undefined, options.signal);
    }
    const fresh = this.ticket === null;
    const clock = endpoint.engine._clock;
    if (fresh) {
      this.ticket = takeTicket();
      this.untilMs = until(clock, deadlineMs);
    }
    let verdict = begin(endpoint, this.ticket, fresh ? MODE.FRESH : MODE.CONTINUE, deadlineMs);
    while (verdict === VERDICT.REJECT) {
      if (!options.blocking || !worthWaiting(options, clock, this.untilMs))
        return rejectedNow(endpoint, this.lastError);
      const delayMs = doubles[DOUBLE.DELAY] / 1e6;
      const ended = this._ended();
      if (ended !== undefined) return ended;
      sleepSync(clock, delayMs);
      verdict = begin(endpoint, this.ticket, MODE.CONTINUE, 0);
    }
    const timeoutMs = doubles[DOUBLE.TIMEOUT] > 0 ? doubles[DOUBLE.TIMEOUT] / 1e6 : undefined;
    return new AttemptContext(ints[INT.ATTEMPT], timeoutMs, options.signal);
  }

  // The operation's result, or undefined for another attempt.
  _settle(context, value, threw) {
    const promised = !threw && isThenable(value);
    if (promised) Promise.resolve(value).then(undefined, () => {}); // nobody will look at it
    if (this._deserted) {
      if (!threw && !promised) this.options.drop(value);
      return this._settleAs(Outcome.CANCELLED, context, this.options.signal.reason, true);
    }
    if (promised) {
      this._settleAs(Outcome.CANCELLED, context, value, true);
      return new Failure(new TypeError('the function given to executeSync answered a promise; use execute'));
    }
    let outcome;
    try {
      outcome = this.options.judge(value, threw);
    } catch (error) {
      return this._settleAs(Outcome.FAILURE, context, error, true);
    }
    return this._settleAs(outcome, context, value, threw);
  }

  _settleAs(outcome, context, value, threw) {
    const { endpoint, options } = this;
    const succeeded = outcome === Outcome.SUCCESS;
    if (succeeded && this.ticket === null && endpoint._words[0] === this.low && endpoint._words[1] === this.high) {
      endpoint._elided++;
      return threw ? new Failure(value) : new Success(value);
    }
    const refused = succeeded ? undefined : options.blocking ? options.refusal : 'executeSync does not wait';
    const decision = this._end(outcome, succeeded ? 0 : retryAfterMs(value), refused === undefined ? 0 : MODE.ONCE);
    if (threw) this.lastError = value;
    if (decision === DECISION.RETRY && refused === undefined) {
      const delayMs = doubles[DOUBLE.DELAY] / 1e6;
      if (!threw) options.drop(value);
      const ended = this._ended();
      if (ended === undefined) sleepSync(endpoint.engine._clock, delayMs);
      return ended;
    }
    if (!threw) return new Success(value);
    const exhausted = decision === DECISION.GIVE_UP && ints[INT.REASON] === WHY.EXHAUSTED && context.attempt > 1;
    return new Failure(exhausted ? make.exhausted(endpoint, context.attempt, value) : value);
  }

  _end(outcome, hintMs, mode) {
    if (this.ticket !== null) return end(this.endpoint, this.ticket, outcome, hintMs, mode);
    this.ticket = takeTicket();
    return endAdopted(this.endpoint, this.ticket, outcome, hintMs, mode, this.low, this.high, this.beganNs);
  }
}

module.exports = { SyncOperation };

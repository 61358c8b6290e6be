'use strict';
// Operations whose function answers at once. A wait would stop the whole thread, so there is none unless the caller says
// `blocking`: then a retry and an open breaker are waited for in place.

const { INT, DOUBLE, MODE, ints, doubles } = require('./registers');
const { BEGIN, END, NO_RETRY } = require('./codes');
const { Outcome, isThenable, ofAbort } = require('./outcome');
const { begin, end, endAdopted, worthWaiting } = require('./crossing');
const { takeTicket, giveTicket } = require('./tickets');
const { retryAfterMs } = require('./retry_after');
const { rejectedNow, givenUp, handed, Failure } = require('./result');
const { AttemptContext } = require('./context');
const { sleepSync, nowNs } = require('./clock');
const { make } = require('./errors');
const { admits, budgetOf } = require('./word');

class SyncOperation {
  constructor(endpoint, fn, options) {
    this.endpoint = endpoint;
    this.fn = fn;
    this.options = options;
    this.ticket = null;
    this.low = 0;
    this.high = 0;
    this.beganNs = NaN;
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
  takeOver(low, high, value, threw, promised = false) {
    this.low = low;
    this.high = high;
    try {
      return this._settle(new AttemptContext(1, undefined, undefined), value, threw, promised) ?? this._attempts();
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
      let promised = false;
      try {
        value = this.fn(context);
        promised = isThenable(value);
      } catch (error) {
        value = error;
        threw = true;
      }
      const result = this._settle(context, value, threw, promised);
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
    if (this.ticket === null && deadlineMs === 0 && admits(endpoint, this.low)) {
      this.beganNs = nowNs(endpoint.engine._clock);
      return new AttemptContext(1, budgetOf(this.low), options.signal);
    }
    const fresh = this.ticket === null;
    const clock = endpoint.engine._clock;
    if (fresh) {
      this.ticket = takeTicket();
    }
    let answer = begin(endpoint, this.ticket, fresh ? MODE.FRESH : MODE.CONTINUE, deadlineMs);
    while (answer === BEGIN.REJECT) {
      if (!options.blocking || !worthWaiting(options)) return rejectedNow(endpoint, this.lastError);
      const delayMs = doubles[DOUBLE.DELAY] / 1e6;
      const ended = this._ended();
      if (ended !== undefined) return ended;
      sleepSync(clock, delayMs);
      answer = begin(endpoint, this.ticket, MODE.CONTINUE, 0);
    }
    const timeoutMs = doubles[DOUBLE.TIMEOUT] > 0 ? doubles[DOUBLE.TIMEOUT] / 1e6 : undefined;
    return new AttemptContext(ints[INT.ATTEMPT], timeoutMs, options.signal);
  }

  // The operation's result, or undefined for another attempt.
  _settle(context, value, threw, promised) {
    if (promised) Promise.resolve(value).then(undefined, () => {}); // nobody will look at it
    if (this._deserted) {
      if (!promised) this.options.drop(value, threw);
      const { reason } = this.options.signal;
      return this._settleAs(ofAbort(reason), context, reason, true, true);
    }
    if (promised) {
      this._settleAs(Outcome.CANCELLED, context, value, true);
      return new Failure(new TypeError('the function given to executeSync answered a promise; use execute'));
    }
    let outcome;
    try {
      outcome = this.options.judge(value, threw);
    } catch (error) {
      this.options.drop(value, threw);
      return this._settleAs(Outcome.CANCELLED, context, error, true); // the caller's own mistake says nothing about the target
    }
    return this._settleAs(outcome, context, value, threw);
  }

  // `last`: whatever the engine would say, the caller has no time for another attempt.
  _settleAs(outcome, context, value, threw, last = false) {
    const { endpoint, options } = this;
    const succeeded = outcome === Outcome.SUCCESS;
    if (succeeded && this.ticket === null && endpoint._words[0] === this.low && endpoint._words[1] === this.high) {
      endpoint._elided++;
      return handed(value, threw);
    }
    const refused = succeeded || last || !options.blocking ? undefined : options.refusal;
    const told = succeeded || options.blocking ? outcome : outcome | NO_RETRY; // who may not block waits for no retry
    const hintMs = succeeded || last ? 0 : retryAfterMs(value);
    const answer = this._end(told, hintMs, last || refused !== undefined ? MODE.NO_TIME : 0);
    if (threw) this.lastError = value;
    if (answer === END.RETRY) {
      const delayMs = doubles[DOUBLE.DELAY] / 1e6;
      options.drop(value, threw);
      const ended = this._ended();
      if (ended === undefined) sleepSync(endpoint.engine._clock, delayMs);
      return ended;
    }
    if (answer === END.DONE || outcome === Outcome.CANCELLED || last) return handed(value, threw);
    return givenUp(endpoint, value, threw, ints[INT.REASON], context.attempt, refused);
  }

  _end(outcome, hintMs, mode) {
    if (this.ticket !== null) return end(this.endpoint, this.ticket, outcome, hintMs, mode);
    this.ticket = takeTicket();
    return endAdopted(this.endpoint, this.ticket, outcome, hintMs, mode, this.low, this.high, this.beganNs);
  }
}

module.exports = { SyncOperation };

'use strict';
// One operation that returns a promise: its attempts, its waits, and the many ways it can end early. The engine decides, this
// waits and calls.

const { AsyncResource } = require('async_hooks');
const { INT, DOUBLE, MODE, ints, doubles } = require('./registers');
const { BEGIN, END } = require('./codes');
const { Outcome, isThenable, ofAbort } = require('./outcome');
const { begin, end, endAdopted, worthWaiting } = require('./crossing');
const { takeTicket, giveTicket } = require('./tickets');
const { retryAfterMs } = require('./retry_after');
const { rejectedNow, givenUp, handed, Failure } = require('./result');
const { AttemptContext } = require('./context');
const { after, nowNs } = require('./clock');
const { watch, unwatch } = require('./signals');
const { make } = require('./errors');
const { NOWHERE } = require('./wheel');
const { admits, budgetOf } = require('./word');

// The handles of the promise that is being made; one function for all of them.
let capturing;
const capture = (resolve, reject) => {
  capturing.resolve = resolve;
  capturing.reject = reject;
};

const inMs = (ns) => (ns > 0 ? ns / 1e6 : undefined);

// An AsyncResource, so that an attempt that a shared timer starts runs in the asynchronous context of the call it belongs to.
class Operation extends AsyncResource {
  constructor(endpoint, fn, options, wantsValue) {
    super('RESIL_OPERATION');
    this.endpoint = endpoint;
    this.fn = fn;
    this.options = options;
    this.wantsValue = wantsValue;
    this.resolve = undefined;
    this.reject = undefined;
    this.ticket = null; // none while the first attempt goes by the word
    this.low = 0;
    this.high = 0;
    this.beganNs = NaN;
    this.context = null; // of the attempt in flight
    this.cancelWait = null;
    this.rejected = false; // waiting for the breaker, not for a retry
    this.lastError = undefined;
    // For the wheel:
    this.place = NOWHERE;
    this.budgetMs = 0;
    this.due = 0;
    this.older = null;
    this.newer = null;
  }

  /** Calls `fn` under the endpoint's policies. Answers a promise. */
  static run(endpoint, fn, options, wantsValue) {
    if (endpoint.engine.disposed) return failed(make.closed(), wantsValue);
    if (options.signal !== undefined && options.signal.aborted) return failed(options.signal.reason, wantsValue);
    const { deadlineMs } = options;
    endpoint._begun++; // before the engine hears of it: a listener may dispose the engine
    const low = endpoint._words[0];
    if (deadlineMs === 0 && admits(endpoint, low)) {
      const operation = new Operation(endpoint, fn, options, wantsValue);
      operation.goBy(low, endpoint._words[1], nowNs(endpoint.engine._clock));
      const promise = operation._promise();
      operation._attempt(1, budgetOf(low));
      return promise;
    }
    const ticket = takeTicket();
    const answer = begin(endpoint, ticket, MODE.FRESH, deadlineMs);
    return Operation.begun(endpoint, fn, options, wantsValue, ticket, answer);
  }

  /** Goes on from the first begin, whose answer is in the registers. Answers a promise; or a Rejection that is to be thrown. */
  static begun(endpoint, fn, options, wantsValue, ticket, answer) {
    const allowed = answer === BEGIN.ALLOW;
    if (!allowed && !worthWaiting(options)) {
      const rejection = rejectedNow(endpoint);
      giveTicket(ticket);
      endpoint._leave();
      return wantsValue ? Promise.resolve(rejection) : rejection;
    }
    const attempt = ints[INT.ATTEMPT];
    const timeoutMs = inMs(doubles[DOUBLE.TIMEOUT]);
    const delayMs = doubles[DOUBLE.DELAY] / 1e6;
    const operation = new Operation(endpoint, fn, options, wantsValue);
    operation.ticket = ticket;
    const promise = operation._promise();
    if (allowed) operation._attempt(attempt, timeoutMs);
    else operation._wait(delayMs, true);
    return promise;
  }

  /** Goes on from the end of the first attempt, which was made without this. Answers a promise. */
  takeOver(value, threw) {
    this.context = new AttemptContext(1, undefined, undefined);
    const promise = this._promise();
    this._report(this.context, value, threw);
    return promise;
  }

  /** Without a ticket, the first attempt goes by the word as it was read. */
  goBy(low, high, beganNs) {
    this.low = low;
    this.high = high;
    this.beganNs = beganNs;
  }

  _promise() {
    capturing = this;
    const promise = new Promise(capture);
    if (this.options.signal !== undefined) watch(this.options.signal, this);
    return promise;
  }

  // The caller may have left in the middle of a begin or an end: a listener of the events that this caused did it.
  get _deserted() {
    return this.options.signal !== undefined && this.options.signal.aborted;
  }

  _attempt(attempt, timeoutMs) {
    if (this._deserted) {
      this._settle(Outcome.CANCELLED, this.options.signal.reason, true);
      return;
    }
    const context = new AttemptContext(attempt, timeoutMs, this.options.signal);
    this.context = context;
    if (timeoutMs !== undefined) this.endpoint.engine._wheel.add(this, timeoutMs);
    const { fn } = this;
    let promise;
    let later;
    try {
      promise = fn(context);
      later = isThenable(promise);
    } catch (error) {
      this._report(context, error, true);
      return;
    }
    if (later) {
      Promise.resolve(promise).then(
        (value) => this._report(context, value, false),
        (error) => this._report(context, error, true),
      );
    } else {
      this._report(context, promise, false);
    }
  }

  // An attempt came back. One that had been given up before (its budget ended, its caller left) comes back to nobody.
  _report(context, value, threw) {
    if (this.context !== context) {
      this.options.drop(value, threw);
      return;
    }
    let outcome;
    try {
      outcome = this.options.judge(value, threw);
    } catch (error) {
      this.options.drop(value, threw);
      this._settle(Outcome.CANCELLED, error, true); // the caller's own mistake says nothing about the target
      return;
    }
    this._settle(outcome, value, threw);
  }

  /** The wheel's: the budget of the attempt in flight has ended. */
  expire() {
    this.runInAsyncScope(() => {
      const { context } = this;
      const error = make.timedOut(this.endpoint, context.timeoutMs, context.attempt);
      this._settle(Outcome.TIMEOUT, error, true);
      context._abort(error);
    });
  }

  /** The caller's signal aborted. */
  cancel(reason) {
    const { context } = this;
    if (context !== null) {
      this._settle(ofAbort(reason), reason, true, true);
      context._abort(reason);
    } else if (this.cancelWait !== null) {
      this._throw(reason);
    } // otherwise it is in the middle of a begin or an end, and will look at the signal; or over
  }

  // `last`: whatever the engine would say, the caller has no time for another attempt.
  _settle(outcome, value, threw, last = false) {
    const { endpoint, context } = this;
    this.context = null;
    if (this.place !== NOWHERE) endpoint.engine._wheel.remove(this);
    const succeeded = outcome === Outcome.SUCCESS;
    if (succeeded && this.ticket === null && endpoint._words[0] === this.low && endpoint._words[1] === this.high) {
      endpoint._elided++;
      this._hand(value, threw); // what was thrown may be an answer, if the caller's outcome() says so
      return;
    }
    const refused = succeeded || last ? undefined : this.options.refusal;
    const mode = refused === undefined && !last ? 0 : MODE.NO_TIME;
    let answer;
    try {
      answer = this._end(outcome, succeeded || last ? 0 : retryAfterMs(value), mode);
    } catch (error) {
      this._throw(error);
      return;
    }
    if (threw) this.lastError = value;
    if (answer === END.RETRY && refused === undefined) {
      this.options.drop(value, threw);
      this._wait(doubles[DOUBLE.DELAY] / 1e6, false);
    } else if (answer === END.DONE || outcome === Outcome.CANCELLED || last) {
      this._hand(value, threw);
    } else {
      this._finish(givenUp(endpoint, value, threw, ints[INT.REASON], context.attempt, refused));
    }
  }

  _end(outcome, hintMs, mode) {
    if (this.ticket !== null) return end(this.endpoint, this.ticket, outcome, hintMs, mode);
    this.ticket = takeTicket();
    return endAdopted(this.endpoint, this.ticket, outcome, hintMs, mode, this.low, this.high, this.beganNs);
  }

  _wait(ms, rejected) {
    const { engine } = this.endpoint;
    if (engine.disposed) {
      this.disposed();
      return;
    }
    if (this._deserted) {
      this._throw(this.options.signal.reason);
      return;
    }
    this.rejected = rejected;
    engine._waiting.add(this);
    this.cancelWait = after(engine._clock, ms, () => this.again());
  }

  /** The wait is over, or the breaker has changed so that it may be. */
  again() {
    this._stopWaiting();
    this.runInAsyncScope(this._again, this);
  }

  _again() {
    let answer;
    try {
      answer = begin(this.endpoint, this.ticket, MODE.CONTINUE, 0);
    } catch (error) {
      this._throw(error);
      return;
    }
    if (answer === BEGIN.ALLOW) {
      this._attempt(ints[INT.ATTEMPT], inMs(doubles[DOUBLE.TIMEOUT]));
    } else if (worthWaiting(this.options)) {
      this._wait(doubles[DOUBLE.DELAY] / 1e6, true);
    } else {
      this._finish(rejectedNow(this.endpoint, this.lastError));
    }
  }

  /** The engine was disposed while this waited. */
  disposed() {
    this._throw(make.closed(this.lastError));
  }

  _stopWaiting() {
    if (this.cancelWait === null) return;
    this.cancelWait();
    this.cancelWait = null;
    this.endpoint.engine._waiting.delete(this);
  }

  _hand(value, threw) {
    this._finish(handed(value, threw));
  }

  _throw(error) {
    this._finish(new Failure(error));
  }

  _finish(result) {
    this._leave();
    if (this.wantsValue) this.resolve(result);
    else if (result.ok) this.resolve(result.value);
    else this.reject(result.error);
  }

  // Over, however it went.
  _leave() {
    this._stopWaiting();
    if (this.options.signal !== undefined) unwatch(this.options.signal, this);
    if (this.ticket !== null) giveTicket(this.ticket);
    this.ticket = null;
    this.endpoint._leave();
  }
}

const failed = (error, wantsValue) => (wantsValue ? Promise.resolve(new Failure(error)) : Promise.reject(error));

module.exports = { Operation };

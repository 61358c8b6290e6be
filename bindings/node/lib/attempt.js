'use strict';
// One attempt by hand, for hosts that do their own waiting and calling.

const { INT, DOUBLE, MODE, ints, doubles } = require('./registers');
const { BEGIN, END, MAY_WAIT, nameOf } = require('./codes');
const { Outcome, isOutcome } = require('./outcome');
const { begin, end, endAdopted } = require('./crossing');
const { takeTicket, giveTicket } = require('./tickets');
const { Rejection } = require('./result');
const { nowNs } = require('./clock');
const { make } = require('./errors');
const { LONGEST_MS } = require('./options');
const { admits, budgetOf } = require('./word');

const END_ANSWERS = ['done', 'retry', 'giveUp'];

class Attempt {
  constructor(endpoint, deadlineMs) {
    this.endpoint = endpoint;
    this.allowed = false;
    this.attempt = 0;
    this.timeoutMs = undefined;
    this.delayMs = 0;
    this.retryAfterMs = 0;
    this.reason = undefined;
    this.mayWait = false;
    this._why = 0;
    this._reasonCode = 0;
    this._ticket = null;
    this._low = 0;
    this._high = 0;
    this._beganNs = NaN;
    this._over = false;
    this._untilMs = deadlineMs === 0 ? Infinity : endpoint.engine._clock.now() + deadlineMs;
    this._begin(deadlineMs);
  }

  /** After 'retry' or a rejection, when delayMs or retryAfterMs have passed: the next attempt of the same operation. */
  begin() {
    if (this._over || this.allowed)
      throw make.other(
        'RESIL_ATTEMPT',
        this.allowed ? 'this attempt is in flight; end it first' : 'this operation is over; begin a new one',
      );
    this._begin(0);
    return this.allowed;
  }

  /** Tells what came of the attempt. */
  end(outcome, { retryAfterMs = 0 } = {}) {
    if (!this.allowed) throw make.other('RESIL_ATTEMPT', 'no attempt is in flight');
    if (!isOutcome(outcome))
      throw new TypeError(
        'an outcome is one of Outcome.SUCCESS, FAILURE, TIMEOUT, CANCELLED, Outcome.http(status) or Outcome.grpc(code), or one of these by Outcome.noRetry()',
      );
    this.allowed = false;
    this.delayMs = 0;
    this.reason = undefined;
    const { endpoint } = this;
    let answer = END.DONE;
    try {
      if (this._ticket !== null) {
        answer = end(endpoint, this._ticket, outcome, hint(retryAfterMs), 0);
      } else if (outcome === Outcome.SUCCESS && endpoint._words[0] === this._low && endpoint._words[1] === this._high) {
        endpoint._elided++;
        return this._answered(END.DONE);
      } else {
        this._ticket = takeTicket();
        answer = endAdopted(
          endpoint,
          this._ticket,
          outcome,
          hint(retryAfterMs),
          0,
          this._low,
          this._high,
          this._beganNs,
        );
      }
      if (answer === END.RETRY) this.delayMs = doubles[DOUBLE.DELAY] / 1e6;
      this._reasonCode = ints[INT.REASON];
      if (this._reasonCode !== 0) this.reason = nameOf(this._reasonCode);
      return this._answered(answer);
    } finally {
      endpoint._leave();
    }
  }

  get answer() {
    return this._why === 0 ? 'allow' : 'reject';
  }

  /** The number of `reason`, which says more than its text where the engine is newer than this. */
  get reasonCode() {
    return this.reason === undefined ? undefined : this._reasonCode;
  }

  /** The rejection as an error, for who wants to throw it. */
  get error() {
    return this._why === 0 ? undefined : new Rejection(this.endpoint, this._why, this.retryAfterMs).error;
  }

  /** No further attempt: frees what the operation holds. An attempt in flight was cancelled, or the deadline was faster. */
  dispose() {
    if (this.allowed) this.end(this.endpoint.engine._clock.now() < this._untilMs ? Outcome.CANCELLED : Outcome.TIMEOUT);
    this._drop();
  }

  _begin(deadlineMs) {
    const { endpoint } = this;
    if (endpoint.engine.disposed) {
      this._drop();
      throw make.closed();
    }
    endpoint._begun++; // in flight until its end: an engine that is disposed waits for it
    const low = endpoint._words[0];
    if (this._ticket === null && this.attempt === 0 && deadlineMs === 0 && admits(endpoint, low)) {
      this._low = low;
      this._high = endpoint._words[1];
      this._beganNs = nowNs(endpoint.engine._clock);
      this._admit(1, budgetOf(low));
      return;
    }
    const fresh = this._ticket === null;
    if (fresh) this._ticket = takeTicket();
    if (begin(endpoint, this._ticket, fresh ? MODE.FRESH : MODE.CONTINUE, deadlineMs) === BEGIN.ALLOW) {
      this._admit(ints[INT.ATTEMPT], doubles[DOUBLE.TIMEOUT] > 0 ? doubles[DOUBLE.TIMEOUT] / 1e6 : undefined);
    } else {
      this._why = ints[INT.REASON];
      this._reasonCode = this._why;
      this.reason = nameOf(this._why);
      this.mayWait = (ints[INT.FLAGS] & MAY_WAIT) !== 0;
      this.retryAfterMs = doubles[DOUBLE.DELAY] / 1e6;
      endpoint._leave();
    }
  }

  _admit(attempt, timeoutMs) {
    this.allowed = true;
    this.attempt = attempt;
    this.timeoutMs = timeoutMs;
    this.delayMs = 0;
    this.retryAfterMs = 0;
    this.mayWait = false;
    this.reason = undefined;
    this._why = 0;
  }

  _answered(answer) {
    if (answer !== END.RETRY) this._drop();
    return END_ANSWERS[answer];
  }

  _drop() {
    this._over = true;
    if (this._ticket !== null) giveTicket(this._ticket);
    this._ticket = null;
  }
}

const hint = (ms) => (ms > 0 ? Math.min(ms, LONGEST_MS) : 0);

if (Symbol.dispose !== undefined) Attempt.prototype[Symbol.dispose] = Attempt.prototype.dispose;

module.exports = { Attempt };

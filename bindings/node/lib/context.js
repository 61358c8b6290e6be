'use strict';
// What a function that makes an attempt is given: {attempt, timeoutMs, signal}.

const { never } = require('./signals');
const { follow } = require('./follow');

class AttemptContext {
  constructor(attempt, timeoutMs, callerSignal) {
    this.attempt = attempt;
    this.timeoutMs = timeoutMs;
    this._callerSignal = callerSignal;
    this._controller = null;
    this._aborted = false;
    this._reason = undefined;
  }

  /** Made when somebody reads it: an AbortController costs more than everything else here together. */
  get signal() {
    if (this._controller !== null) return this._controller.signal;
    if (this.timeoutMs === undefined && !this._aborted) return this._callerSignal ?? never();
    this._controller = new AbortController();
    if (this._aborted) this._controller.abort(this._reason);
    return this._controller.signal;
  }

  /** After the attempt: the caller's signal goes on counting for as long as one of the answers is in use. */
  _follow(...answers) {
    if (this._controller !== null && this._callerSignal !== undefined)
      follow(this._callerSignal, this._controller, ...answers);
  }

  _abort(reason) {
    this._aborted = true;
    this._reason = reason;
    if (this._controller !== null) this._controller.abort(reason);
  }
}

/** For the first attempt of an operation with neither budget nor caller's signal: all of these are alike. */
const PLAIN = Object.freeze(new AttemptContext(1, undefined, undefined));

module.exports = { AttemptContext, PLAIN };

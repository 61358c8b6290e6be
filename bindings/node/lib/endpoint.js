'use strict';
// An endpoint: what has a circuit breaker of its own. It is interned once and lives as long as its engine.

const util = require('util');
const native = require('./native');
const { Operation } = require('./operation');
const { SyncOperation } = require('./sync');
const { Attempt } = require('./attempt');
const { start } = require('./call');
const { FAST, UNTIMED_FAST, NO_WORD, admitsUntimed } = require('./word');
const { callOptions, plainOptions, isPlain } = require('./options');
const { isThenable, carriesStatus } = require('./outcome');
const { Success, Rejection } = require('./result');
const { rejectionText, asRejected } = require('./errors');
const { PLAIN } = require('./context');
const { system, nowNs } = require('./clock');
const { stateOf } = require('./codes');

class Endpoint {
  constructor(engine, id, target) {
    const buffer = native.word(engine._number, id);
    this.engine = engine;
    this.id = id;
    this.target = target;
    // The word as two halves. The engine changes it only inside calls made by this thread, so they always match.
    this._words = buffer === null ? NO_WORD : new Int32Array(buffer);
    this._cell = null; // where requests are counted, once the word has asked for it
    this._virtual = engine._clock !== system; // the engine cannot read such a clock: calls must, when they begin
    this._begun = 0; // operations that began
    this._healthy = 0; // operations that ended well without a crossing: the engine did not hear of them
    this._left = 0; // operations that ended in any other way
    this._elided = 0; // those of them that the engine did not hear of
    this._credited = 0;
  }

  execute(fn, options) {
    if (typeof fn !== 'function') throw notAFunction('execute', fn);
    const answer = start(this, fn, options, false);
    if (!(answer instanceof Rejection)) return answer;
    return Promise.reject(asRejected(new Error(rejectionText(answer)), answer));
  }

  tryExecute(fn, options) {
    if (typeof fn !== 'function') throw notAFunction('tryExecute', fn);
    return start(this, fn, options, true);
  }

  executeSync(fn, options) {
    if (typeof fn !== 'function') throw notAFunction('executeSync', fn);
    const word = this._words;
    const low = word[0];
    if (isPlain(options) && !this._virtual && ((low & UNTIMED_FAST) === FAST || admitsUntimed(this, low))) {
      const high = word[1];
      this._begun++;
      let value;
      let promised;
      try {
        value = fn(PLAIN);
        promised = isThenable(value);
      } catch (error) {
        return unwrap(new SyncOperation(this, fn, plainOptions(options)).takeOver(low, high, error, true));
      }
      const now = this._words;
      if (now[0] === low && now[1] === high && !carriesStatus(value) && !promised) {
        this._healthy++;
        return value;
      }
      return unwrap(new SyncOperation(this, fn, plainOptions(options)).takeOver(low, high, value, false, promised));
    }
    return unwrap(new SyncOperation(this, fn, callOptions(options)).run());
  }

  tryExecuteSync(fn, options) {
    if (typeof fn !== 'function') throw notAFunction('tryExecuteSync', fn);
    return new SyncOperation(this, fn, callOptions(options)).run();
  }

  wrap(fn, options) {
    if (typeof fn !== 'function') throw notAFunction('wrap', fn);
    const endpoint = this;
    const checked = callOptions(options);
    const wrapped = function (...args) {
      return endpoint.execute(() => fn.apply(this, args), checked);
    };
    return Object.defineProperty(wrapped, 'name', { value: fn.name, configurable: true });
  }

  begin(options) {
    return new Attempt(this, callOptions(options).deadlineMs);
  }

  /** 'closed', 'open', 'half-open', or undefined where no policy gives this endpoint a breaker. */
  get state() {
    this.engine._open();
    const number = native.state(this.engine._number, this.id, nowNs(this.engine._clock));
    return number < 0 ? undefined : stateOf(number);
  }

  /** How often its circuit breaker changed into each state since the engine was loaded. */
  get transitions() {
    this.engine._open();
    const into = (state) => native.transitions(this.engine._number, this.id, state);
    return { closed: into(0), open: into(1), halfOpen: into(2) };
  }

  toString() {
    return this.target.toString();
  }

  /** Events, results and logs name it; its engine is not theirs to tell. */
  toJSON() {
    return this.toString();
  }

  [util.inspect.custom]() {
    return `Endpoint <${this}>`;
  }

  /** Calls that are begun and not over. */
  _inFlight() {
    return this._begun - this._healthy - this._left;
  }

  // An operation that the engine may have heard of is over.
  _leave() {
    this._left++;
    this.engine._left();
  }

  /** Tells the engine's statistics of the calls that it did not hear of. */
  _credit() {
    const unheard = this._healthy + this._elided - this._credited;
    if (unheard === 0) return;
    native.credit(this.engine._number, this.id, unheard);
    this._credited += unheard;
  }

  /** From now on every call crosses, and finds the engine disposed. */
  _close() {
    this._credit();
    this._words = NO_WORD;
    this._cell = null;
  }
}

function unwrap(result) {
  if (result instanceof Success) return result.value;
  throw result.error;
}

const notAFunction = (method, value) =>
  new TypeError(`${method} needs a function, not ${value === null ? 'null' : typeof value}`);

module.exports = { Endpoint };

'use strict';
// For the tests of those who use resil: time that moves when it is told to.

class VirtualClock {
  constructor(startMs = 0) {
    this._now = startMs;
    this._timers = [];
    this._made = 0;
  }

  now() {
    return this._now;
  }

  setTimeout(callback, ms) {
    const timer = { due: this._now + Math.max(0, ms), order: this._made++, callback };
    this._timers.push(timer);
    return timer;
  }

  clearTimeout(timer) {
    const at = this._timers.indexOf(timer);
    if (at >= 0) this._timers.splice(at, 1);
  }

  sleepSync(ms) {
    this._now += ms;
  }

  /** Sets the time without running a timer. */
  set(ms) {
    if (!(ms >= this._now)) throw new RangeError(`time does not run backwards: it is ${this._now}, not ${ms}`);
    this._now = ms;
  }

  /** Lets `ms` pass: runs every timer that comes due, at its time, and what follows from it. */
  async advance(ms) {
    const end = this._now + ms;
    await settled();
    for (let next = this._next(end); next !== undefined; next = this._next(end)) await this._run(next);
    this._now = Math.max(this._now, end);
    await settled();
  }

  /** Lets as much time pass as the promise needs; answers like the promise. */
  async run(promise) {
    let over = false;
    const done = () => void (over = true);
    Promise.resolve(promise).then(done, done);
    await settled();
    for (let next = this._next(Infinity); !over; next = this._next(Infinity)) {
      if (next === undefined) throw new Error('the promise waits for something other than this clock');
      await this._run(next);
    }
    return promise;
  }

  /** How many timers are set. */
  get pending() {
    return this._timers.length;
  }

  _next(end) {
    const due = this._timers.filter((timer) => timer.due <= end);
    return due.sort((a, b) => a.due - b.due || a.order - b.order)[0];
  }

  async _run(timer) {
    this.clearTimeout(timer);
    this._now = Math.max(this._now, timer.due);
    timer.callback();
    await settled();
  }
}

// All promise callbacks have run by the next turn of the event loop, those that they caused included. Kept from before any
// fake timers.
const { setImmediate } = require('timers');
const settled = () => new Promise((resolve) => setImmediate(resolve));

module.exports = { VirtualClock };

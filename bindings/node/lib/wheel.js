'use strict';
// All attempts of a thread that have a time budget, on at most two timers.
//
// Most attempts are over before anything needs to be known about them, so a new one only joins a list: no clock is read and
// no timer made. A tick later the few that are still in flight get a place in a heap, ordered by when their budget ends, and
// one timer waits for the first of them. A budget can therefore end up to a tick late, never early.
//
// Fake timers move when a test tells them to, and most do not move the clock: under them each budget has a timer of its own.

// Kept from before any fake timers. What runs on them goes on under fakes, and fakes that are taken away take nothing with them.
const { setTimeout, clearTimeout } = require('timers');
const { system, LONGEST_TIMEOUT } = require('./clock');

const machine = { now: performance.now.bind(performance), setTimeout, clearTimeout };

const TICK_MS = 4;
const ROUNDING_MS = 0.001; // sums of fractional milliseconds differ by less
const YOUNG = -1; // in the list; otherwise `place` is the index in the heap
const NOWHERE = -2;
const FAKED = -3; // on a fake timer

// An item of the wheel has these fields, and a method expire().
const item = () => ({ place: NOWHERE, budgetMs: 0, due: 0, older: null, newer: null });

class Wheel {
  constructor(clock) {
    this._clock = clock === system ? machine : clock;
    this._coarse = clock === system; // a virtual clock's time is exact and reading it costs nothing
    this._newest = null;
    this._ticking = false;
    this._heap = [];
    this._timer = undefined;
    this._timerDue = Infinity;
    this._faked = new Map(); // item -> what takes its fake timer away
    this._tick = () => this._promote();
    this._fire = () => this._expire();
  }

  /** Calls item.expire() once `ms` have passed, unless it is removed before. */
  add(item, ms) {
    item.budgetMs = ms;
    if (!this._coarse) {
      this._insert(item, this._clock.now() + ms);
      this._arm();
      return;
    }
    if (globalThis.setTimeout !== setTimeout) {
      this._fake(item, ms);
      return;
    }
    item.place = YOUNG;
    item.older = this._newest;
    if (this._newest !== null) this._newest.newer = item;
    this._newest = item;
    if (!this._ticking) {
      this._ticking = true;
      // Keeps the process alive, as an attempt in flight should; for one tick at most if it is over by then.
      this._clock.setTimeout(this._tick, TICK_MS);
    }
  }

  remove(item) {
    if (item.place === YOUNG) {
      if (item.newer !== null) item.newer.older = item.older;
      else this._newest = item.older;
      if (item.older !== null) item.older.newer = item.newer;
      item.older = item.newer = null;
      item.place = NOWHERE;
    } else if (item.place === FAKED) {
      this._faked.get(item)();
      this._unfake(item);
    } else if (item.place !== NOWHERE) {
      this._take(item.place);
      if (this._heap.length === 0) this._disarm(); // an idle engine keeps nothing alive
    }
  }

  _fake(item, ms) {
    const { setTimeout: set, clearTimeout: clear } = globalThis;
    item.place = FAKED;
    const expire = () => {
      this._unfake(item);
      item.expire();
    };
    const handle = set(expire, Math.min(Math.ceil(ms), LONGEST_TIMEOUT)); // a budget of more than 24 days ends then
    this._faked.set(item, () => clear(handle));
  }

  _unfake(item) {
    this._faked.delete(item);
    item.place = NOWHERE;
  }

  _promote() {
    this._ticking = false;
    const now = this._clock.now();
    let item = this._newest;
    this._newest = null;
    while (item !== null) {
      const { older } = item;
      item.older = item.newer = null;
      this._insert(item, now + item.budgetMs);
      item = older;
    }
    this._arm();
  }

  _expire() {
    this._timer = undefined;
    this._timerDue = Infinity;
    const until = this._clock.now() + ROUNDING_MS;
    while (this._heap.length > 0 && this._heap[0].due <= until) this._take(0).expire();
    this._arm();
  }

  _arm() {
    if (this._heap.length === 0) return;
    const { due } = this._heap[0];
    if (due >= this._timerDue) return; // it fires before, and arms itself again
    this._disarm();
    this._timerDue = due;
    const left = Math.min(Math.max(due - this._clock.now(), 0), LONGEST_TIMEOUT);
    this._timer = this._clock.setTimeout(this._fire, this._coarse ? Math.ceil(left) : left);
  }

  _disarm() {
    if (this._timer === undefined) return;
    this._clock.clearTimeout(this._timer);
    this._timer = undefined;
    this._timerDue = Infinity;
  }

  _insert(item, due) {
    item.due = due;
    item.place = this._heap.length;
    this._heap.push(item);
    this._up(item);
  }

  _take(index) {
    const heap = this._heap;
    const item = heap[index];
    const last = heap.pop();
    item.place = NOWHERE;
    if (last !== item) {
      heap[index] = last;
      last.place = index;
      this._up(last);
      this._down(last);
    }
    return item;
  }

  _up(item) {
    const heap = this._heap;
    while (item.place > 0) {
      const parent = heap[(item.place - 1) >> 1];
      if (parent.due <= item.due) return;
      this._swap(parent, item);
    }
  }

  _down(item) {
    const heap = this._heap;
    for (;;) {
      let child = heap[2 * item.place + 1];
      if (child === undefined) return;
      const right = heap[2 * item.place + 2];
      if (right !== undefined && right.due < child.due) child = right;
      if (item.due <= child.due) return;
      this._swap(item, child);
    }
  }

  // `lower` comes nearer to the root.
  _swap(upper, lower) {
    const { place } = upper;
    this._heap[place] = lower;
    this._heap[lower.place] = upper;
    upper.place = lower.place;
    lower.place = place;
  }
}

const wheels = new WeakMap();

/** The wheel of a clock: one a thread for the machine's clock. */
function wheelOf(clock) {
  let wheel = wheels.get(clock);
  if (wheel === undefined) wheels.set(clock, (wheel = new Wheel(clock)));
  return wheel;
}

module.exports = { Wheel, wheelOf, item, TICK_MS, NOWHERE };

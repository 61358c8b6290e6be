'use strict';
// Operations, cancellations, disposals and reloads in every order that a seeded die throws, from outside, from the functions and
// from listeners: each operation settles once, the books come out even, and each engine is closed once.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Engine, Outcome } = require('..');
const native = require('../lib/native');
const { VirtualClock } = require('../testing');
const { COMMON } = require('./support/policies');

const NAMES = ['plain', 'window', 'retry', 'timeout', 'slow', 'all', 'status', 'eager', 'unknown'];
const EVENTS = ['stateChange', 'retry', 'reject', 'giveUp', 'timeout', 'recovered'];
const OUTCOMES = [Outcome.SUCCESS, Outcome.FAILURE, Outcome.TIMEOUT, Outcome.CANCELLED, Outcome.http(503)];

class Story {
  constructor(seed) {
    this.seed = seed;
    this.clock = new VirtualClock();
    this.engine = Engine.fromText(COMMON, { clock: this.clock });
    this.controllers = [];
    this.gates = [];
    this.started = 0;
    this.settled = 0;
    for (const type of EVENTS) this.engine.on(type, () => this.interfere());
  }

  die(sides) {
    return (this.seed = (this.seed * 48271) % 2147483647) % sides;
  }

  any(list) {
    return list[this.die(list.length)];
  }

  abortOne() {
    if (this.controllers.length > 0) this.any(this.controllers).abort();
  }

  // In the middle of whatever caused the event.
  interfere() {
    const what = this.die(300);
    if (what < 10) this.abortOne();
    else if (what < 20) this.operate();
    else if (what === 20) this.engine.dispose();
  }

  attempt(context) {
    switch (this.die(9)) {
      case 0:
        throw new Error('at once');
      case 1:
        return 'a value';
      case 2:
        return Promise.reject(new Error('later'));
      case 3:
        return new Promise((resolve) => this.gates.push(resolve));
      case 4:
        return { status: 503, headers: { 'retry-after': '1' } };
      case 5:
        if (context.timeoutMs === undefined) return Promise.resolve('promised');
        return new Promise((_, reject) =>
          context.signal.addEventListener('abort', () => reject(context.signal.reason)),
        );
      case 6:
        return {
          then(resolve) {
            resolve('once');
            resolve('twice');
            throw new Error('and then');
          },
        };
      case 7:
        this.abortOne();
        return Promise.resolve('promised');
      default:
        return Promise.resolve('promised');
    }
  }

  options() {
    const options = {};
    const controller = new AbortController();
    if (this.die(2) === 0) this.controllers.push(controller);
    if (this.die(2) === 0) options.signal = controller.signal;
    if (this.die(3) === 0) options.waitWhenOpen = true;
    if (this.die(5) === 0) options.deadline = this.die(8000);
    if (this.die(7) === 0) options.refuseRetry = 'no';
    return options;
  }

  operate() {
    if (this.engine.disposed) return;
    const endpoint = this.engine.app(this.any(NAMES), this.any(['m', 'n']));
    const settle = () => void this.settled++;
    this.started++;
    switch (this.die(4)) {
      case 0:
        endpoint.execute((context) => this.attempt(context), this.options()).then(settle, settle);
        break;
      case 1:
        endpoint.tryExecute((context) => this.attempt(context), this.options()).then(settle);
        break;
      case 2:
        endpoint.tryExecuteSync((context) => this.atOnce(context), { ...this.options(), blocking: this.die(2) === 0 });
        settle();
        break;
      default:
        this.byHand(endpoint);
        settle();
    }
  }

  // What executeSync's function answers must not be a promise; one that is a failure elsewhere is a failure here.
  atOnce(context) {
    const value = this.attempt(context);
    if (value instanceof Promise) value.catch(() => {});
    return typeof value.then === 'function' ? 'a value' : value;
  }

  byHand(endpoint) {
    const attempt = endpoint.begin(this.options());
    if (attempt.allowed && this.die(2) === 0) attempt.end(this.any(OUTCOMES));
    attempt.dispose();
  }

  async run(steps) {
    for (let i = 0; i < steps && !this.engine.disposed; i++) {
      this.operate();
      if (this.die(4) === 0) await this.clock.advance(this.die(3000));
      if (this.die(6) === 0) this.gates.splice(0, 1).forEach((open) => open('late'));
      if (this.die(15) === 0) this.abortOne();
      if (this.die(60) === 0 && !this.engine.disposed) this.engine.reloadText(COMMON);
    }
    await this.clock.advance(100);
    this.engine.dispose();
    do {
      this.gates.splice(0).forEach((open) => open('at the end'));
      await this.clock.advance(1e5);
    } while (this.gates.length > 0);
  }
}

test('in whatever order things happen', async (t) => {
  const { close } = native;
  const closed = [];
  native.close = (number) => {
    closed.push(number);
    return close(number);
  };
  t.after(() => void (native.close = close));
  for (let seed = 1; seed <= 100; seed++) {
    const story = new Story(seed * 7919);
    await story.run(120);
    assert.equal(story.settled, story.started, `seed ${seed}`);
    for (const endpoint of story.engine._byId.values())
      assert.equal(endpoint._inFlight(), 0, `seed ${seed}: ${endpoint}`);
    assert.deepEqual(closed.splice(0), [story.engine._number], `seed ${seed}`);
  }
});

'use strict';
// Timers that a test moves: node:test's mock.timers, Sinon's, Jest's, Vitest's. Most leave the clock as it is.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Engine } = require('..');
const { policies } = require('./support/policies');

const never = () => new Promise(() => {});
const real = { setTimeout, clearTimeout };

function fakes(t) {
  let now = 0;
  const timers = new Set(); // that have not fired
  const made = new Set();
  const install = () => {
    globalThis.setTimeout = (callback, ms) => {
      const timer = { callback, due: now + ms };
      timers.add(timer);
      made.add(timer);
      return timer;
    };
    globalThis.clearTimeout = (timer) => {
      assert.ok(made.has(timer), 'the fakes were told to clear a timer that is not theirs');
      timers.delete(timer);
    };
  };
  const restore = () => Object.assign(globalThis, real);
  t.after(restore);
  install();
  return {
    timers,
    restore,
    async tick(ms) {
      now += ms;
      for (const timer of [...timers].sort((a, b) => a.due - b.due))
        if (timer.due <= now && timers.delete(timer)) timer.callback();
      await new Promise(setImmediate);
    },
  };
}

function engineFor(t) {
  const engine = Engine.fromText(
    policies({
      timeouts: '{second: 1s, hour: 1h}',
      retries: '{once: {policy: constant, duration: 2s, maxRetries: 1}}',
      apps: '{a: {timeout: second}, b: {timeout: second, retry: once}, c: {timeout: hour}}',
    }),
  );
  t.after(() => engine.dispose());
  return engine;
}

test('a budget ends when they say that it has passed, not before', async (t) => {
  const engine = engineFor(t);
  const { tick, timers } = fakes(t);
  const over = [];
  const call = (name) => engine.app(name).execute(never).catch(({ code }) => over.push(`${name} ${code}`));
  call('a');
  await tick(600);
  call('b');
  await tick(399);
  assert.deepEqual(over, []);
  await tick(1);
  assert.deepEqual(over, ['a RESIL_TIMEOUT']);
  await tick(600); // the first attempt of b
  await tick(2000); // its wait
  await tick(999);
  assert.equal(over.length, 1);
  await tick(1);
  assert.deepEqual(over, ['a RESIL_TIMEOUT', 'b RESIL_EXHAUSTED']);
  assert.equal(timers.size, 0);
});

test('an attempt that ends takes its fake timer away, and one that began before them ends on its own timer', async (t) => {
  const engine = engineFor(t);
  let end;
  const before = engine.app('c').execute(() => new Promise((resolve) => (end = resolve)));
  engine._wheel._promote(); // the tick is over: it waits on a timer of the machine's
  const { timers } = fakes(t);
  assert.equal(await engine.app('a').execute(async () => timers.size), 1);
  assert.equal(timers.size, 0);
  end('answer');
  assert.equal(await before, 'answer'); // clearing its timer is not the fakes' business
});

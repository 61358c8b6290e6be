'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Engine, ClosedError, Outcome } = require('..');
const native = require('../lib/native');
const { VirtualClock } = require('../testing');
const { COMMON, deferred, flaky } = require('./support/policies');

// How often the native engine was really closed.
function closings(t) {
  const { close } = native;
  let n = 0;
  native.close = (...args) => {
    n++;
    return close(...args);
  };
  t.after(() => void (native.close = close));
  return () => n;
}

test('after dispose every door is shut, with a sentence', async (t) => {
  const closed = closings(t);
  const engine = Engine.fromText(COMMON);
  const endpoints = ['plain', 'window', 'timeout', 'unknown'].map((name) => engine.app(name, 'm'));
  for (const endpoint of endpoints) await endpoint.execute(async () => 1);
  assert.equal(engine.disposed, false);
  engine.dispose();
  engine.dispose();
  assert.equal(engine.disposed, true);
  assert.equal(closed(), 1);
  for (const endpoint of endpoints) {
    const fn = flaky(0);
    await assert.rejects(endpoint.execute(fn), ClosedError);
    assert.equal((await endpoint.tryExecute(fn)).code, 'RESIL_CLOSED');
    assert.throws(() => endpoint.executeSync(fn), ClosedError);
    assert.throws(() => endpoint.begin(), ClosedError);
    assert.throws(() => endpoint.state, ClosedError);
    assert.equal(fn.calls, 0);
  }
  assert.throws(() => engine.app('x'), { code: 'RESIL_CLOSED', message: /disposed/ });
  assert.throws(() => engine.snapshot(), ClosedError);
  assert.throws(() => engine.reloadText(COMMON), ClosedError);
});

test('calls in flight end as they would have; the last one out frees the engine', async (t) => {
  const closed = closings(t);
  const engine = Engine.fromText(COMMON);
  const gates = [];
  const start = (name) => engine.app(name, 'm').execute(() => (gates.push(deferred()), gates.at(-1).promise));
  const calls = ['plain', 'window', 'timeout', 'plain'].map(start);
  const attempt = engine.app('plain', 'm').begin();
  engine.dispose();
  assert.equal(closed(), 0);
  gates[0].resolve('a');
  gates[1].resolve('b');
  gates[2].resolve('c');
  assert.deepEqual(await Promise.all(calls.slice(0, 3)), ['a', 'b', 'c']);
  assert.equal(closed(), 0);
  gates[3].reject(new Error('down'));
  await assert.rejects(calls[3], { message: 'down' });
  assert.equal(closed(), 0);
  attempt.end(Outcome.SUCCESS);
  assert.equal(closed(), 1);
});

test('waits end at once, with what they waited after as the cause', async (t) => {
  const closed = closings(t);
  const clock = new VirtualClock();
  const engine = Engine.fromText(COMMON, { clock });
  const retrying = engine.app('retry', 'm').execute(flaky(9));
  for (let i = 0; i < 2; i++) await engine.app('plain', 'm').tryExecute(flaky(9));
  const waiting = engine.app('plain', 'm').execute(flaky(0), { waitWhenOpen: true });
  await new Promise(setImmediate);
  assert.equal(clock.pending, 2);
  engine.dispose();
  assert.equal(clock.pending, 0);
  await assert.rejects(retrying, (error) => error instanceof ClosedError && error.cause.message === 'down');
  await assert.rejects(waiting, ClosedError);
  assert.equal(closed(), 1);
});

test('an attempt that fails after dispose is not retried', async () => {
  const engine = Engine.fromText(COMMON, { clock: new VirtualClock() });
  const gate = deferred();
  const call = engine.app('retry', 'm').execute(() => gate.promise);
  engine.dispose();
  gate.reject(new Error('down'));
  await assert.rejects(call, (error) => error instanceof ClosedError && error.cause.message === 'down');
});

test('dispose from within a call, and from a listener', async (t) => {
  const closed = closings(t);
  const one = Engine.fromText(COMMON);
  assert.equal(await one.app('plain', 'm').execute(() => (one.dispose(), 1)), 1);
  assert.equal(closed(), 1);
  const two = Engine.fromText(COMMON);
  assert.equal(
    two.app('plain', 'm').executeSync(() => (two.dispose(), 2)),
    2,
  );
  assert.equal(closed(), 2);
  const three = Engine.fromText(COMMON);
  three.on('retry', () => three.dispose());
  await assert.rejects(three.app('retry', 'm').execute(flaky(9)), ClosedError);
  assert.equal(closed(), 3);
  const clock = new VirtualClock();
  const four = Engine.fromText(COMMON, { clock });
  for (let i = 0; i < 2; i++) four.app('plain', 'm').begin().end(Outcome.FAILURE);
  await clock.advance(6000);
  four.on('stateChange', () => four.dispose()); // by the probe's own begin
  assert.equal(await four.app('plain', 'm').execute(flaky(0)), 'ok');
  assert.equal(closed(), 4);
});

test('using disposes', { skip: Symbol.dispose === undefined && 'no Symbol.dispose here' }, () => {
  const engine = Engine.fromText(COMMON);
  engine[Symbol.dispose]();
  assert.equal(engine.disposed, true);
});

const collect = async () => {
  for (let i = 0; i < 5; i++) {
    global.gc();
    await new Promise(setImmediate);
  }
};

test(
  'an engine that is forgotten is collected, with all that hangs on it',
  { skip: global.gc === undefined && 'needs --expose-gc' },
  async () => {
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    const make = async () => {
      const engine = Engine.fromText(COMMON);
      registry.register(engine, 0);
      engine.on('retry', () => {});
      for (const name of ['plain', 'window', 'timeout']) await engine.app(name, 'm').execute(async () => 1);
      engine.app('window', 'm').begin(); // never ended
      engine.app('plain', 'm').execute(() => new Promise(() => {})); // never settles
    };
    for (let i = 0; i < 20; i++) await make();
    for (let i = 0; i < 20 && collected < 19; i++) await collect();
    assert.ok(collected >= 19, `${collected} of 20`); // the last may still be on the stack
  },
);

test(
  'tickets of attempts that nobody ended come back',
  { skip: global.gc === undefined && 'needs --expose-gc' },
  async (t) => {
    const engine = Engine.fromText(COMMON);
    t.after(() => engine.dispose());
    const before = native.ticketsHeld();
    for (let i = 0; i < 500; i++) engine.app('window', 'm').begin();
    assert.ok(native.ticketsHeld() >= 500);
    for (let i = 0; i < 20 && native.ticketsHeld() > before + 50; i++) await collect();
    assert.ok(native.ticketsHeld() <= before + 50, `${native.ticketsHeld()} held, ${before} before`);
  },
);

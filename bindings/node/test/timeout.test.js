'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { TimeoutError, Engine } = require('..');
const { Wheel, item, TICK_MS } = require('../lib/wheel');
const { system } = require('../lib/clock');
const { VirtualClock } = require('../testing');
const { virtual, policies, flaky, deferred, counts } = require('./support/policies');

const never = () => new Promise(() => {});

test('an attempt that outlives its budget is over, whatever its function does', async (t) => {
  const { app, clock, engine } = virtual(t);
  let signal;
  const call = app('timeout').execute((context) => {
    signal = context.signal;
    return never();
  });
  const rejected = assert.rejects(call, (error) => {
    assert.ok(error instanceof TimeoutError);
    assert.deepEqual([error.code, error.timeoutMs, error.attempt], ['RESIL_TIMEOUT', 1000, 1]);
    assert.equal(signal.reason, error);
    return true;
  });
  await clock.advance(999);
  assert.equal(signal.aborted, false);
  await clock.advance(1);
  assert.equal(signal.aborted, true);
  await rejected;
  assert.equal(counts(engine, app('timeout')).timeouts, 1);
});

test('a signal read after the budget has ended has aborted', async (t) => {
  const { app, clock } = virtual(t);
  let context;
  const call = app('timeout').execute((each) => {
    context = each;
    return never();
  });
  const failed = assert.rejects(call);
  await clock.advance(1000);
  await failed;
  assert.equal(context.signal.aborted, true);
});

test('every attempt has a budget of its own', async (t) => {
  const { app, clock } = virtual(t);
  const fn = async ({ attempt }) => (attempt < 3 ? never() : attempt);
  const call = app('slow').execute(fn);
  assert.equal(await clock.run(call), 3);
  assert.ok(Math.abs(clock.now() - 6000) < 1e-6, String(clock.now())); // 1 + 2 + 1 + 2
});

test('the result of an attempt that was given up is discarded, and so is its error', async (t) => {
  const { app, clock } = virtual(t);
  const [late, failing] = [deferred(), deferred()];
  const discarded = [];
  const fn = async ({ attempt }) => [late.promise, failing.promise, 'third'][attempt - 1];
  const call = app('slow').execute(fn, { discard: (value) => discarded.push(value) });
  const result = clock.run(call);
  await result;
  late.resolve('late');
  failing.reject(new Error('late too')); // would be an unhandled rejection if nobody looked
  await new Promise(setImmediate);
  assert.equal(await result, 'third');
  assert.deepEqual(discarded, ['late']);
});

test('a call that is over leaves no timer', async (t) => {
  const { app, clock } = virtual(t);
  for (let i = 0; i < 3; i++) await app('timeout').execute(async () => i);
  await assert.rejects(app('timeout').execute(flaky(1)));
  assert.equal(clock.pending, 0);
});

test("on the machine's clock: budgets end after their time, not before, and in their order", async () => {
  const engine = Engine.fromText(
    policies({ timeouts: '{t: 50ms, u: 120ms}', apps: '{a: {timeout: t}, b: {timeout: u}}' }),
  );
  const order = [];
  const took = async (name) => {
    const start = performance.now();
    await assert.rejects(engine.app(name, 'm').execute(never), TimeoutError);
    order.push(name);
    return performance.now() - start;
  };
  const [b, a, c] = await Promise.all([took('b'), took('a'), took('a')]);
  for (const each of [a, c]) assert.ok(each >= 50, String(each));
  assert.ok(b >= 120, String(b));
  assert.deepEqual(order, ['a', 'a', 'b']);
  engine.dispose();
});

// The wheel by itself, as the machine's clock uses it but on virtual time.
function coarse(now = 0) {
  const clock = new VirtualClock(now);
  const wheel = new Wheel(clock);
  wheel._coarse = true;
  const expired = [];
  const add = (ms) => {
    const each = { ...item(), expire: () => expired.push([ms, clock.now()]) };
    wheel.add(each, ms);
    return each;
  };
  return { clock, wheel, expired, add };
}

test('wheel: items expire in order of their time, at most a tick late', async () => {
  const { clock, expired, add } = coarse();
  const delays = [500, 20, 70, 20, 3000, 1, 250];
  delays.forEach(add);
  await clock.advance(5000);
  assert.deepEqual(
    expired.map(([ms]) => ms),
    [...delays].sort((a, b) => a - b),
  );
  for (const [ms, at] of expired) assert.ok(at >= ms && at <= ms + TICK_MS + 1, `${ms} at ${at}`);
  assert.equal(clock.pending, 0);
});

test('wheel: whatever is removed does not expire, and an empty wheel has no timer', async () => {
  const { clock, wheel, expired, add } = coarse();
  let random = 1;
  const next = (limit) => (random = (random * 48271) % 2147483647) % limit;
  const kept = new Set();
  for (let i = 0; i < 2000; i++) {
    const each = add(1 + next(300));
    kept.add(each);
    if (next(3) === 0) await clock.advance(next(9));
    for (const old of kept) {
      if (old.place !== -2 && next(4) === 0) {
        wheel.remove(old);
        wheel.remove(old);
        kept.delete(old);
        old.expire = () => assert.fail('expired after it was removed');
      }
    }
  }
  await clock.advance(1000);
  assert.equal(clock.pending, 0);
  assert.equal(wheel._heap.length, 0);
  assert.ok(expired.length > 0 && [...kept].every((each) => each.place === -2));
});

test('wheel: many calls that end at once make one timer a tick', async () => {
  const { clock, wheel, add } = coarse();
  for (let i = 0; i < 10_000; i++) wheel.remove(add(1000));
  assert.equal(clock._made, 1);
  await clock.advance(TICK_MS);
  assert.equal(clock.pending, 0);
  const long = add(1000);
  await clock.advance(TICK_MS);
  assert.equal(clock.pending, 1);
  wheel.remove(long);
  assert.equal(clock.pending, 0);
});

test('wheel: a budget longer than a timer can wait', async () => {
  const { clock, expired, add } = coarse();
  const days = 40 * 86_400_000;
  add(days);
  await clock.advance(days - 1);
  assert.equal(expired.length, 0);
  await clock.advance(TICK_MS + 2);
  assert.equal(expired.length, 1);
  assert.equal(typeof system.now(), 'number');
});

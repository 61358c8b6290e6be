'use strict';
// What a circuit breaker that admits nobody gives those who call, and those who wait for it.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { isNativeError } = require('util/types');
const { ResilError, RejectedError, OpenError, TooManyRequestsError } = require('..');
const { virtual, flaky, deferred } = require('./support/policies');

test('an open breaker rejects with the time until a probe', async (t) => {
  const { clock, app } = virtual(t);
  for (const name of ['plain', 'window']) {
    for (let i = 0; i < 2; i++) await assert.rejects(app(name).execute(flaky(9)));
    assert.equal(app(name).state, 'open');
    await clock.advance(1000);
    const fn = flaky(0);
    await assert.rejects(app(name).execute(fn), (error) => {
      assert.ok(error instanceof OpenError);
      assert.equal(error.code, 'RESIL_OPEN');
      assert.ok(Math.abs(error.retryAfterMs - 4000) < 0.01, String(error.retryAfterMs));
      assert.equal(error.endpoint, app(name));
      return true;
    });
    assert.equal(fn.calls, 0);
    const result = await app(name).tryExecute(fn);
    assert.deepEqual([result.ok, result.code, Math.round(result.retryAfterMs)], [false, 'RESIL_OPEN', 4000]);
    assert.ok(result.error instanceof OpenError);
  }
});

test('a half-open breaker lets its probe through and rejects the rest', async (t) => {
  const { clock, app } = virtual(t);
  for (let i = 0; i < 2; i++) await assert.rejects(app('plain').execute(flaky(9)));
  await clock.advance(5001);
  assert.equal(app('plain').state, 'half-open');
  const probe = deferred();
  const first = app('plain').execute(() => probe.promise);
  await assert.rejects(app('plain').execute(flaky(0)), TooManyRequestsError);
  const second = await app('plain').tryExecute(flaky(0));
  assert.equal(second.code, 'RESIL_TOO_MANY_REQUESTS');
  probe.resolve('up');
  assert.equal(await first, 'up');
  assert.equal(app('plain').state, 'closed');
});

test('who waits for an open breaker loses no call, and hears of its recovery at once', async (t) => {
  const { clock, app } = virtual(t);
  for (let i = 0; i < 2; i++) await assert.rejects(app('plain').execute(flaky(9)));
  const gate = deferred();
  const started = [];
  const waiting = [1, 2, 3].map((n) =>
    app('plain').execute(() => (started.push(n), n === 1 ? gate.promise : n), { waitWhenOpen: true }),
  );
  await clock.advance(5001);
  assert.deepEqual(started, [1]); // the probe
  const before = clock.now();
  gate.resolve(1);
  assert.deepEqual(await Promise.all(waiting), [1, 2, 3]);
  assert.equal(clock.now(), before);
});

test('with a retry policy, the breaker that opens ends the operation, with the failure as the cause', async (t) => {
  const { clock, app } = virtual(t);
  const fn = flaky(9);
  await assert.rejects(
    clock.run(app('all').execute(fn)),
    (error) => error instanceof OpenError && error.cause.message === 'down',
  );
  assert.equal(fn.calls, 2);
  const patient = flaky(3);
  assert.equal(await clock.run(app('all', 'other').execute(patient, { waitWhenOpen: true })), 'ok');
  assert.equal(patient.calls, 4);
});

test("a thrown rejection's stack begins where the call was made", async (t) => {
  const { app } = virtual(t);
  for (let i = 0; i < 2; i++) await assert.rejects(app('plain').execute(flaky(9)));
  const place = async () => app('plain').execute(flaky(0)); // the caller
  const error = await place().catch((thrown) => thrown);
  assert.ok(error instanceof OpenError && error instanceof RejectedError && error instanceof ResilError);
  assert.ok(isNativeError(error));
  const [head, ours, caller] = error.stack.split('\n');
  assert.equal(head, `OpenError: ${error.message}`);
  assert.match(ours, /Endpoint\.execute/);
  assert.match(caller, /place .*rejections\.test\.js/);
});

test('a breaker that opens between the attempts is not waited for past the deadline either', async (t) => {
  const { clock, app } = virtual(t);
  const options = { deadline: 5000, waitWhenOpen: true }; // open from 2 s, the next attempt at 4 s, a probe at 7 s
  const error = new Error('down');
  await assert.rejects(clock.run(app('all').execute(flaky(9, error), options)), { name: 'OpenError', cause: error });
  assert.equal(clock.now(), 4000);
  const fails = () => {
    throw error;
  };
  const sync = () => app('all', 'other').executeSync(fails, { ...options, blocking: true });
  assert.throws(sync, { name: 'OpenError', cause: error });
  assert.equal(clock.now(), 8000);
  const { code } = await clock.run(app('all', 'third').tryExecute(fails, options));
  assert.deepEqual([code, clock.now()], ['RESIL_OPEN', 12_000]);
  assert.equal(await clock.run(app('all', 'fourth').execute(flaky(2), { ...options, deadline: 10_000 })), 'ok');
});

'use strict';
// What the caller's own functions answer, or throw, in the middle of an operation.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Outcome, RetryRefusedError, ExhaustedError } = require('..');
const { virtual, real, flaky, counts } = require('./support/policies');
const { child } = require('./support/child');

const signal = new AbortController().signal;

test('an outcome that is none is a failure, and the error says what to answer', async (t) => {
  for (const wrong of ['failure', true, 999, -1, 1.5, {}]) {
    const { clock, app, engine } = virtual(t);
    const outcome = () => wrong;
    const says = (error) =>
      error instanceof ExhaustedError && /outcome answers undefined or one of/.test(error.message);
    await assert.rejects(clock.run(app('retry').execute(flaky(0), { outcome })), says);
    assert.equal(counts(engine, app('retry')).failures, 4);
    assert.throws(() => app('window').executeSync(() => 1, { outcome }), TypeError);
    assert.equal(counts(engine, app('window')).failures, 1);
  }
});

test('a refuseRetry that throws refuses, and its mistake is the reason', async (t) => {
  const { app } = virtual(t);
  const refuseRetry = () => {
    throw new RangeError('oops');
  };
  for (const options of [{ refuseRetry }, { refuseRetry, signal }]) {
    await assert.rejects(app('retry').execute(flaky(9), options), (error) => {
      assert.ok(error instanceof RetryRefusedError);
      assert.match(error.reason, /refuseRetry threw RangeError: oops/);
      return error.cause.message === 'down';
    });
  }
});

test('a discard that throws harms no call: it is an uncaught exception', async () => {
  const { code, out } = await child(`
    process.on('uncaughtException', (error) => console.log('uncaught', error.message));
    const engine = Engine.fromText(policies({ retries: '{r: {duration: 0s, maxRetries: 1}}', apps: '{a: {retry: r}}' }));
    const discard = () => { throw new Error('oops'); };
    const answers = () => { const all = [{ status: 500, headers: {} }, { status: 200, headers: {} }]; return () => all.shift(); };
    console.log(engine.app('a').executeSync(answers(), { discard, blocking: true }).status);
    engine.app('a').execute(answers(), { discard }).then(({ status }) => console.log(status));
  `);
  assert.equal(code, 0);
  assert.deepEqual(out.trim().split('\n').sort(), ['200', '200', 'uncaught oops', 'uncaught oops']);
});

test('whatever can be awaited is awaited, and a then that cannot be read is a failure', async (t) => {
  const down = new Error('down');
  for (const { app, engine } of [virtual(t), real(t)]) {
    for (const name of ['plain', 'window', 'timeout']) {
      const endpoint = app(name);
      const callable = Object.assign(() => {}, { then: (_, reject) => reject(down) });
      await assert.rejects(
        endpoint.execute(() => callable),
        down,
      );
      assert.equal(await endpoint.execute(() => ({ then: (resolve) => resolve('ok') })), 'ok');
      const unreadable = {
        get then() {
          throw down;
        },
      };
      await assert.rejects(
        endpoint.execute(() => unreadable),
        down,
      );
      const { successes, failures } = counts(engine, endpoint);
      assert.deepEqual([successes, failures], [1, 2], name);
    }
  }
});

test('a deadline that wrap keeps holds for each call', async (t) => {
  const { clock, app } = virtual(t);
  const fn = flaky(99);
  const wrapped = app('retry').wrap(fn, { deadline: 3000 });
  for (let i = 1; i <= 2; i++) {
    await assert.rejects(clock.run(wrapped()), { message: 'down' });
    assert.equal(fn.calls, 2 * i); // a second retry would be at 4 s
  }
  const dated = app('plain').wrap(flaky(0), { deadline: new Date(Date.now() - 1) });
  await assert.rejects(dated(), { code: 'RESIL_DEADLINE' });
});

test("a server's hint of for ever and a day still fits the engine's clock", async (t) => {
  const { clock, app } = virtual(t);
  const headers = { 'retry-after': '99999999999999999999' };
  const call = app('retry').execute(async ({ attempt }) => (attempt === 1 ? { status: 503, headers } : 'ok'));
  await clock.advance(365 * 86_400_000);
  assert.equal(clock.pending, 1);
  assert.equal(await clock.run(call), 'ok');
  const attempt = app('retry').begin();
  assert.equal(attempt.end(Outcome.FAILURE, { retryAfterMs: Infinity }), 'retry');
  assert.ok(attempt.delayMs > 86_400_000);
});

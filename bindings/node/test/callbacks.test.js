'use strict';
// What the caller's own functions answer, or throw, in the middle of an operation.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Outcome, RetryRefusedError } = require('..');
const { retryAfterMs } = require('../lib/retry_after');
const { virtual, real, flaky, counts } = require('./support/policies');
const { child } = require('./support/child');

const signal = new AbortController().signal;

const NAMES = ['plain', 'window', 'retry', 'timeout', 'all', 'unknown'];

// Whatever calls a classifier: each is given (endpoint, fn, options).
const WAYS = {
  execute: (endpoint, fn, options) => endpoint.execute(fn, options),
  tryExecute: async (endpoint, fn, options) => {
    const { ok, error } = await endpoint.tryExecute(fn, options);
    assert.equal(ok, false);
    throw error;
  },
  wrap: (endpoint, fn, options) => endpoint.wrap(fn, options)(),
  executeSync: async (endpoint, fn, options) => endpoint.executeSync(fn, options),
  blocking: async (endpoint, fn, options) => endpoint.executeSync(fn, { ...options, blocking: true }),
  tryExecuteSync: async (endpoint, fn, options) => {
    throw endpoint.tryExecuteSync(fn, options).error;
  },
};

for (const [way, call] of Object.entries(WAYS)) {
  test(`${way}: a classifier that throws, or answers what is no outcome, is told at once and counts for nothing`, async (t) => {
    const mistake = new RangeError('oops');
    const throws = () => {
      throw mistake;
    };
    const classifiers = [throws, ...['failure', true, 999, -1, 1.5, {}].map((wrong) => () => wrong)];
    for (const name of NAMES) {
      const { app, engine, clock } = virtual(t);
      for (const outcome of classifiers) {
        for (const fails of [false, true]) {
          let calls = 0;
          const fn = () => {
            calls++;
            if (fails) throw new Error('down');
            return 'up';
          };
          const discarded = [];
          const options = { outcome, discard: (value) => discarded.push(value) };
          await assert.rejects(call(app(name), fn, options), (error) =>
            outcome === throws ? error === mistake : /outcome answers undefined or one of/.test(error.message),
          );
          assert.equal(calls, 1);
          assert.deepEqual(discarded, fails ? [] : ['up']);
        }
      }
      const { successes, failures, cancelled } = counts(engine, app(name));
      assert.deepEqual([successes, failures, cancelled], [0, 0, 2 * classifiers.length], name);
      assert.equal(app(name)._inFlight(), 0);
      assert.equal(clock.pending, 0);
    }
  });

  test(`${way}: a probe whose classifier throws frees its permit`, async (t) => {
    const { app, clock } = virtual(t);
    for (let i = 0; i < 2; i++) app('plain').begin().end(Outcome.FAILURE);
    await clock.advance(5001);
    const outcome = () => 'wrong';
    await assert.rejects(
      call(app('plain'), () => 1, { outcome }),
      TypeError,
    );
    assert.equal(app('plain').state, 'half-open');
    assert.equal(await app('plain').execute(flaky(0)), 'ok');
  });
}

test('a classifier that throws at a later attempt is told too, as it is', async (t) => {
  const { app, clock, engine } = virtual(t);
  const mistake = new RangeError('oops');
  const outcome = (error) => {
    if (error.message === 'down 2') throw mistake;
  };
  let n = 0;
  const fn = async () => Promise.reject(new Error(`down ${++n}`));
  await assert.rejects(clock.run(app('retry').execute(fn, { outcome })), (error) => error === mistake);
  const { failures, cancelled } = counts(engine, app('retry'));
  assert.deepEqual([n, failures, cancelled], [2, 1, 1]);
});

test('answers and errors that cannot be read are not responses, and harm no call', async (t) => {
  const secret = {
    get headers() {
      throw new Error('unreadable');
    },
  };
  const unreadable = new Proxy(
    {},
    {
      get() {
        throw new Error('unreadable');
      },
    },
  );
  const hint = { status: 503, headers: { get: () => secret.headers } };
  for (const name of NAMES) {
    const { app, engine, clock } = virtual(t);
    assert.equal(await app(name).execute(async () => secret), secret);
    assert.equal(
      app(name).executeSync(() => secret),
      secret,
    );
    assert.equal(await clock.run(app('retry', 'hint').execute(() => hint)), hint);
    assert.throws(() =>
      app(name).executeSync(() => {
        throw unreadable;
      }),
    );
    assert.throws(() => app(name).executeSync(() => unreadable), { message: 'unreadable' }); // its `then`
    assert.equal(app(name)._inFlight(), 0);
    assert.equal(counts(engine, app(name)).successes, 2);
  }
});

test('a refuseRetry that throws refuses, and its mistake is the reason', async (t) => {
  const { app } = virtual(t);
  const refuseRetry = () => {
    throw new RangeError('oops');
  };
  const refused = (error) => {
    assert.ok(error instanceof RetryRefusedError);
    assert.match(error.reason, /refuseRetry threw RangeError: oops/);
    return error.cause.message === 'down';
  };
  for (const options of [{ refuseRetry }, { refuseRetry, signal }])
    await assert.rejects(app('retry').execute(flaky(9), options), refused);
  const fails = () => {
    throw new Error('down');
  };
  assert.throws(() => app('retry').executeSync(fails, { refuseRetry, blocking: true }), refused);
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
    await assert.rejects(clock.run(wrapped()), { code: 'RESIL_EXHAUSTED', reason: 'deadline' });
    assert.equal(fn.calls, 2 * i); // a second retry would be at 4 s
  }
  const dated = app('plain').wrap(flaky(0), { deadline: new Date(Date.now() - 1) });
  await assert.rejects(dated(), { code: 'RESIL_DEADLINE' });
});

test("a server's hint of for ever and a day still fits the engine's clock; what follows is the engine's to say", (t) => {
  const { app } = virtual(t);
  const headers = { 'retry-after': '99999999999999999999' };
  for (const hint of [retryAfterMs({ headers }), Infinity, Number.MAX_VALUE]) {
    const attempt = app('retry').begin();
    const answer = attempt.end(Outcome.http(503), { retryAfterMs: hint });
    // It is waited for, or the operation ends; a number that wrapped round would be a hint of nothing, and two seconds' wait.
    assert.ok(
      answer === 'giveUp' || (answer === 'retry' && attempt.delayMs > 365 * 86_400_000),
      `${answer} ${attempt.delayMs}`,
    );
    attempt.dispose();
  }
});

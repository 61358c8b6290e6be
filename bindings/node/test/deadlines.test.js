'use strict';
// A deadline that passes while an attempt is in flight is a timeout of the target, whoever set it; only who leaves counts for nothing.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const axios = require('axios');
const undici = require('undici-6');
const { Outcome, Engine } = require('..');
const { wrapFetch } = require('../http/fetch');
const { interceptor } = require('../http/undici');
const { attach } = require('../http/axios');
const { serve, engineFor } = require('./support/server');
const { virtual, policies, counts } = require('./support/policies');

const never = () => new Promise(() => {});
const timeUp = () => new DOMException('The operation was aborted due to timeout', 'TimeoutError'); // AbortSignal.timeout's reason
const NAMES = ['plain', 'window', 'timeout', 'all', 'retry', 'unknown'];

/** Ends each of `n` calls in flight by aborting its signal. */
async function cutOff(endpoint, n, reason, { fn = never, between = (signal) => signal } = {}) {
  for (let i = 0; i < n; i++) {
    const controller = new AbortController();
    const call = endpoint.execute(fn, { signal: between(controller.signal) });
    controller.abort(reason);
    await assert.rejects(call, (error) => error === (reason ?? controller.signal.reason));
  }
}

test("a caller's time that runs out is a timeout; a caller who leaves is none", async (t) => {
  for (const name of NAMES) {
    const { app, engine, clock } = virtual(t);
    await cutOff(app(name), 1, timeUp());
    await cutOff(app(name, 'left'), 3);
    const { timeouts, failures, cancelled, retries } = counts(engine, app(name));
    assert.deepEqual([timeouts, failures, cancelled, retries], [1, 1, 0, 0], name);
    const left = counts(engine, app(name, 'left'));
    assert.deepEqual([left.timeouts, left.failures, left.cancelled], [0, 0, 3], name);
    assert.equal(app(name)._inFlight(), 0);
    assert.equal(clock.pending, 0);
  }
});

test('a target that hangs opens its breaker, whether the caller brings the time or the operation has a deadline', async (t) => {
  const { app, clock } = virtual(t);
  await cutOff(app('plain', 'signal'), 2, timeUp());
  assert.equal(app('plain', 'signal').state, 'open');
  await cutOff(app('plain', 'left'), 8);
  assert.equal(app('plain', 'left').state, 'closed');
  for (let i = 0; i < 2; i++) {
    const call = app('plain', 'deadline').execute(never, { deadline: 100 });
    await assert.rejects(clock.run(call), { code: 'RESIL_TIMEOUT' });
  }
  assert.equal(app('plain', 'deadline').state, 'open');
});

test("on the machine's clock: AbortSignal.timeout, alone, with another, and of an operation around this one", async (t) => {
  const engine = Engine.fromText(
    policies({
      timeouts: '{t: 20ms}',
      breakers: '{cb: {timeout: 1h, trip: consecutiveFailures >= 8}}',
      apps: '{a: {circuitBreaker: cb}, outer: {timeout: t}}',
    }),
  );
  const alive = setInterval(() => {}, 1000); // the timer of AbortSignal.timeout keeps no process alive
  t.after(() => (clearInterval(alive), engine.dispose()));
  const inner = (method, signal) => engine.app('a', method).execute(never, { signal });
  const eight = (call) =>
    Promise.all(Array.from({ length: 8 }, () => assert.rejects(call(), { name: 'TimeoutError' })));
  await eight(() => inner('alone', AbortSignal.timeout(20)));
  assert.equal(engine.app('a', 'alone').state, 'open');
  if (AbortSignal.any !== undefined) {
    await eight(() => inner('any', AbortSignal.any([new AbortController().signal, AbortSignal.timeout(20)])));
    assert.equal(engine.app('a', 'any').state, 'open');
  }
  await eight(() => engine.app('outer').execute(({ signal }) => inner('inner', signal)));
  assert.equal(engine.app('a', 'inner').state, 'open');
});

test('a probe that is cut off by the time of its caller opens the breaker again', async (t) => {
  const { app, clock } = virtual(t);
  for (let i = 0; i < 2; i++) app('plain').begin().end(Outcome.FAILURE);
  await clock.advance(5001);
  await cutOff(app('plain'), 1, timeUp());
  assert.equal(app('plain').state, 'open');
});

test('the time that runs out between attempts counts for nothing', async (t) => {
  const { app, engine, clock } = virtual(t);
  const controller = new AbortController();
  const call = app('retry').execute(() => Promise.reject(new Error('down')), { signal: controller.signal });
  await clock.advance(1000);
  controller.abort(timeUp());
  await assert.rejects(call, { name: 'TimeoutError' });
  assert.deepEqual([counts(engine, app('retry')).timeouts, counts(engine, app('retry')).failures], [0, 1]);
});

const THROWN = [
  [timeUp(), 'timeout'],
  [Object.assign(new Error('x'), { name: 'TimeoutError', code: 'ETIMEDOUT' }), 'timeout'], // got
  [new undici.errors.HeadersTimeoutError(), 'timeout'],
  [new undici.errors.BodyTimeoutError(), 'timeout'],
  [new undici.errors.ConnectTimeoutError(), 'timeout'],
  [new TypeError('fetch failed', { cause: new undici.errors.HeadersTimeoutError() }), 'timeout'],
  [new axios.AxiosError('timeout of 5ms exceeded', 'ECONNABORTED'), 'timeout'],
  [new axios.AxiosError('timeout of 5ms exceeded', 'ETIMEDOUT'), 'timeout'],
  [Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT', syscall: 'connect' }), 'timeout'],
  [new axios.AxiosError('Request aborted', 'ECONNABORTED'), 'failure'],
  [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }), 'failure'],
  [Object.assign(new Error('gateway'), { status: 504, cause: timeUp() }), 'http 504'],
  [Object.assign(new Error('late'), { code: 4, details: 'deadline exceeded' }), 'grpc 4'],
  [Object.assign(new Error('a ring'), {}), 'failure'],
];
THROWN.at(-1)[0].cause = THROWN.at(-1)[0];

test("a client's own time-out is a timeout, in every way to call", async (t) => {
  for (const [error, expected] of THROWN) {
    const { app, engine } = virtual(t);
    const outcomes = [];
    engine.on('giveUp', ({ outcome }) => outcomes.push(outcome));
    const retried = [];
    engine.on('retry', ({ outcome }) => retried.push(outcome));
    const throws = () => {
      throw error;
    };
    assert.throws(() => app('status').executeSync(throws));
    const fails = () => Promise.reject(error);
    await assert.rejects(app('status').execute(fails, { refuseRetry: 'no' }));
    await assert.rejects(app('status').wrap(fails, { refuseRetry: 'no' })());
    const attempt = app('status').begin();
    attempt.end(Outcome.ofError(error));
    attempt.dispose();
    const told = [...outcomes, ...retried];
    assert.deepEqual(told, Array(4).fill(expected), `${error.name} ${error.code}`);
  }
});

test('by hand: a signal is asked why, and dispose tells a deadline that has passed from an attempt that was dropped', async (t) => {
  assert.equal(Outcome.ofError(new Error('x'), AbortSignal.abort()), Outcome.CANCELLED);
  assert.equal(Outcome.ofError(new Error('x'), AbortSignal.abort(timeUp())), Outcome.TIMEOUT);
  assert.equal(Outcome.ofError(new Error('x'), new AbortController().signal), Outcome.FAILURE);
  assert.equal(Outcome.ofError(undefined), Outcome.FAILURE);
  const { app, engine, clock } = virtual(t);
  for (const name of NAMES) {
    for (const ms of [99, 100]) {
      const attempt = app(name).begin({ deadline: 100 });
      await clock.advance(ms);
      attempt.dispose();
    }
    app(name).begin().dispose();
    const { timeouts, cancelled } = counts(engine, app(name));
    assert.deepEqual([timeouts, cancelled], [1, 2], name);
  }
});

test('executeSync: a signal that aborted while its function ran is asked why', (t) => {
  const { app, engine } = virtual(t);
  for (const [method, reason, expected] of [
    ['late', timeUp(), [1, 0]],
    ['left', undefined, [0, 1]],
  ]) {
    for (const options of [{}, { blocking: true }]) {
      const own = new AbortController();
      const call = () => app('retry', method).executeSync(() => own.abort(reason), { ...options, signal: own.signal });
      assert.throws(call, { name: reason === undefined ? 'AbortError' : 'TimeoutError' });
    }
    const { timeouts, cancelled } = counts(engine, app('retry', method));
    assert.deepEqual(
      [timeouts, cancelled],
      expected.map((n) => 2 * n),
      method,
    );
  }
});

// The clients, against a server that never answers: each way to give up must open a breaker that trips at the second failure.
const hanging = async (t) => {
  const server = await serve(t, [{ hang: true }]);
  const engine = engineFor(t, { retries: 0, trip: 'consecutiveFailures >= 2' });
  return { server, engine, endpoint: () => engine.app('127.0.0.1') };
};

test('fetch: a backend that hangs opens its breaker', async (t) => {
  const { server, engine, endpoint } = await hanging(t);
  const fetch = wrapFetch(engine);
  for (let i = 0; i < 3; i++) {
    const own = new AbortController();
    setImmediate(() => own.abort());
    await assert.rejects(fetch(server.url, { signal: own.signal }), { name: 'AbortError' });
  }
  assert.equal(endpoint().state, 'closed');
  await assert.rejects(fetch(server.url, { signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
  await assert.rejects(fetch(new Request(server.url, { signal: AbortSignal.timeout(20) })), { name: 'TimeoutError' });
  assert.equal(endpoint().state, 'open');
});

test("undici: a backend that hangs opens its breaker, by the caller's signal and by undici's own time", async (t) => {
  for (const options of [() => ({ signal: AbortSignal.timeout(20) }), () => ({ headersTimeout: 20 })]) {
    const { server, engine, endpoint } = await hanging(t);
    const agent = new undici.Agent();
    t.after(() => agent.destroy());
    const dispatcher = agent.compose(interceptor(engine));
    for (let i = 0; i < 2; i++) await assert.rejects(undici.request(server.url, { dispatcher, ...options() }), /time/i);
    assert.equal(endpoint().state, 'open');
    const { timeouts } = counts(engine, endpoint());
    assert.equal(timeouts, 2);
  }
});

for (const base of ['http', 'fetch']) {
  const ways = {
    'its own timeout': () => ({ timeout: 20 }),
    'its own timeout, told clearly': () => ({ timeout: 20, transitional: { clarifyTimeoutError: true } }),
    "the caller's signal": () => ({ signal: AbortSignal.timeout(20) }),
    "the caller's signal beside a token": () => ({
      signal: AbortSignal.timeout(20),
      cancelToken: axios.CancelToken.source().token,
    }),
  };
  for (const [way, options] of Object.entries(ways)) {
    test(`axios over ${base}: a backend that hangs opens its breaker, by ${way}`, async (t) => {
      const { server, engine, endpoint } = await hanging(t);
      const client = axios.create({ baseURL: server.url });
      attach(client, engine, { adapter: base });
      for (let i = 0; i < 2; i++) await assert.rejects(client.get('', options()), axios.AxiosError);
      assert.equal(endpoint().state, 'open');
      assert.equal(counts(engine, endpoint()).timeouts, 2);
    });
  }
}

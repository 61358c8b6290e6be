'use strict';
// What a ResiliencyExtension adds, as a caller sees it: errors, waits, events, snapshot. The rules themselves are the vectors'.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Engine, Outcome, RejectedError, RateLimitedError, BusyError, HeldError, ExhaustedError } = require('..');
const { VirtualClock } = require('../testing');
const { deferred } = require('./support/policies');

/** An engine on virtual time; `spec` is in YAML's flow form. */
function extension(t, spec, options) {
  const clock = new VirtualClock();
  const head = 'apiVersion: resil.dev/v1\nkind: ResiliencyExtension\nmetadata: {name: test}\nspec: ';
  const engine = Engine.fromText(head + spec, { clock, ...options });
  t.after(() => engine.dispose());
  return { clock, engine, orders: engine.app('orders', 'post'), limits: () => engine.snapshot().targets[0] };
}

const fails = () => {
  throw new Error('down');
};

test('a rate limit rejects, says until when, and lets who waits in at that moment', async (t) => {
  const { clock, engine, orders, limits } = extension(t, '{targets: {apps: {orders: {rateLimit: {rate: 2, per: 1s}}}}}');
  assert.equal(await orders.execute(() => 1), 1);
  await assert.rejects(orders.execute(() => 2), (error) => {
    assert.ok(error instanceof RateLimitedError && error instanceof RejectedError);
    assert.deepEqual([error.code, error.reason, error.retryAfterMs], ['RESIL_RATE_LIMITED', 'rate-limited', 500]);
    return true;
  });
  assert.equal((await engine.app('orders', 'get').tryExecute(() => 3)).code, 'RESIL_RATE_LIMITED'); // one limit for both
  assert.deepEqual(limits().rateLimit, { rate: 2, perNs: 1e9, burst: 1, available: 0, rejected: 2 });
  const waiting = orders.execute(() => clock.now(), { waitWhenOpen: true });
  await clock.advance(1000);
  assert.equal(await waiting, 500);
});

test('a bulkhead rejects whoever is one too many, and takes the place back', async (t) => {
  const { clock, orders, limits } = extension(t, '{targets: {apps: {orders: {maxConcurrent: 1}}}}');
  const first = deferred();
  const inside = orders.execute(() => first.promise);
  await assert.rejects(orders.execute(() => 2), BusyError);
  assert.deepEqual(limits().concurrency, { limit: 1, inFlight: 1, rejected: 1 });
  const waiting = orders.execute(() => clock.now(), { waitWhenOpen: true });
  await clock.advance(5);
  first.resolve(1);
  assert.equal(await inside, 1);
  await clock.advance(10);
  assert.equal(await waiting, 10); // it looks again every 10 ms
  assert.equal(limits().concurrency.inFlight, 0);
});

test('a spent budget ends the operation with its failure as the cause', async (t) => {
  const { clock, orders, limits } = extension(
    t,
    '{policies: {retries: {r: {policy: constant, duration: 0s, budget: {ratio: 0, minPerSecond: 0.2}}}}, targets: {apps: {orders: {retry: r}}}}',
  );
  let calls = 0;
  const given = assert.rejects(
    orders.execute(() => (calls++, fails())),
    (error) => error instanceof ExhaustedError && error.cause.message === 'down' && error.reason === 'retry-budget',
  );
  await clock.advance(1);
  await given;
  assert.equal(calls, 3); // two retries in ten seconds
  const { operations, retries, refused } = limits().budget;
  assert.deepEqual([operations, retries, refused], [1, 2, 1]);
});

test("a server's hint holds everybody", (t) => {
  const { engine, orders, limits } = extension(t, '{targets: {apps: {orders: {holdOnRetryAfter: true}}}}');
  orders.begin().end(Outcome.http(429), { retryAfterMs: 30_000 });
  assert.throws(
    () => engine.app('orders', 'get').executeSync(() => 1),
    (error) => error instanceof HeldError && error.retryAfterMs === 30_000,
  );
  assert.deepEqual(limits().hold, { leftNs: 30e9, rejected: 1 });
});

test('a target has a deadline for whoever gave none', async (t) => {
  const { clock, orders, limits } = extension(t, '{targets: {apps: {orders: {deadline: 2s}}}}');
  const attempt = orders.begin();
  assert.equal(attempt.timeoutMs, 2000);
  attempt.end(Outcome.SUCCESS);
  const call = assert.rejects(
    orders.execute(({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))),
    (error) => error.name === 'TimeoutError' || error.code === 'RESIL_TIMEOUT' || error.code === 'RESIL_DEADLINE',
  );
  await clock.advance(2000);
  await call;
  assert.equal(limits().deadlineNs, 2e9);
});

test('a shadow breaker says whom it would reject, and rejects nobody', async (t) => {
  const { engine, orders } = extension(
    t,
    '{policies: {circuitBreakers: {cb: {mode: shadow, windowCalls: 10, trip: calls >= 4 && failureRate >= 0.5}}}, targets: {apps: {orders: {circuitBreaker: cb}}}}',
  );
  const events = [];
  engine.on('stateChange', ({ to }) => events.push(to));
  engine.on('reject', ({ reason, shadow }) => events.push([reason, shadow]));
  let calls = 0;
  for (let i = 0; i < 6; i++) await assert.rejects(orders.execute(() => (calls++, fails())), { message: 'down' });
  assert.deepEqual([calls, orders.state, events], [6, 'open', ['open', ['breaker-open', true]]]);
  const { breaker, calls: counts } = engine.snapshot().endpoints[0];
  assert.deepEqual([breaker.mode, counts.rejections], ['shadow', 0]);
});

test('slow calls and rates are in the snapshot', (t) => {
  const { clock, engine, orders } = extension(
    t,
    '{policies: {circuitBreakers: {cb: {window: 1m, slowCall: 1s, trip: calls >= 8 && (failureRate >= 0.9 || slowRate >= 0.9)}}}, targets: {apps: {orders: {circuitBreaker: cb}}}}',
  );
  for (const [ms, outcome] of [[1, Outcome.FAILURE], [1, Outcome.SUCCESS], [1, Outcome.SUCCESS], [1001, Outcome.SUCCESS]]) {
    const attempt = orders.begin();
    clock.set(clock.now() + ms);
    attempt.end(outcome);
  }
  const { calls, slowCalls, failureRate, slowRate } = engine.snapshot().endpoints[0].breaker.counts;
  assert.deepEqual([calls, slowCalls, failureRate, slowRate], [4, 1, 0.25, 0.25]);
});

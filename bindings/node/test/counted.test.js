'use strict';
// A rule over requests counts each of them, so a call cannot leave no trace; but it can leave it itself, without crossing.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Outcome } = require('..');
const native = require('../lib/native');
const { virtual, real, policies, flaky, counts } = require('./support/policies');

const RATE = 'requests >= 4 && double(totalFailures) / double(requests) >= 0.5';
const YAML = policies({
  timeouts: '{t: 1s}',
  retries: '{r: {duration: 1s, maxRetries: 2}}',
  breakers: `{cb: {timeout: 5s, maxRequests: 2, trip: "${RATE}"}, other: {timeout: 6s, trip: "${RATE}"}}`,
  apps: '{rate: {circuitBreaker: cb}, timed: {circuitBreaker: cb, timeout: t}, retried: {circuitBreaker: cb, retry: r}}',
});
const NAMES = ['rate', 'timed', 'retried'];

/** Counts what crosses. */
function crossings(t) {
  const { begin, end } = native;
  const seen = { begin: 0, end: 0 };
  native.begin = () => (seen.begin++, begin());
  native.end = () => (seen.end++, end());
  t.after(() => Object.assign(native, { begin, end }));
  return seen;
}

const breakerOf = (engine, endpoint) =>
  engine.snapshot().endpoints.find((each) => each.endpoint === endpoint.id).breaker;
const fails = () => {
  throw new Error('down');
};

// One call of each kind that a caller can make, that succeeds.
const WAYS = {
  execute: (endpoint) => endpoint.execute(async () => 1),
  tryExecute: (endpoint) => endpoint.tryExecute(() => 1),
  executeSync: (endpoint) => endpoint.executeSync(() => 1),
  tryExecuteSync: (endpoint) => endpoint.tryExecuteSync(() => 1),
  signal: (endpoint) =>
    endpoint.execute(async ({ signal }) => signal.aborted, { signal: new AbortController().signal }),
  wrap: (endpoint) => endpoint.wrap(async () => 1)(),
  byHand: (endpoint) => endpoint.begin().end(Outcome.SUCCESS),
};

for (const [way, call] of Object.entries(WAYS)) {
  test(`${way}: a healthy call under a rate does not cross, and is counted`, async (t) => {
    for (const { engine, app } of [virtual(t, { yaml: YAML }), real(t, { yaml: YAML })]) {
      const seen = crossings(t);
      for (const name of NAMES) {
        for (let i = 0; i < 50; i++) await call(app(name));
        assert.equal(breakerOf(engine, app(name)).counts.requests, 50);
        assert.equal(counts(engine, app(name)).successes, 50);
        assert.equal(app(name)._inFlight(), 0);
      }
      assert.deepEqual(seen, { begin: 0, end: 0 });
    }
  });
}

test('requests that were counted here trip the breaker as those that crossed do', async (t) => {
  const { word } = native;
  t.after(() => void (native.word = word));
  const story = async () => {
    const { engine, app, clock } = virtual(t, { yaml: YAML });
    const told = [];
    engine.on('log', (line) => told.push(line));
    let seed = 7;
    const die = (sides) => (seed = (seed * 48271) % 2147483647) % sides;
    for (let i = 0; i < 3000; i++) {
      const endpoint = app(NAMES[die(3)], `m${die(2)}`);
      const fn = die(5) < 2 ? fails : () => 1;
      const way = die(4);
      if (way === 0) endpoint.tryExecuteSync(fn);
      else if (way === 1) await clock.run(endpoint.tryExecute(async () => fn()));
      else if (way === 2) endpoint.tryExecuteSync(fn, { blocking: true });
      else {
        const attempt = endpoint.begin();
        if (attempt.allowed)
          attempt.end([Outcome.SUCCESS, Outcome.FAILURE, Outcome.CANCELLED, Outcome.TIMEOUT][die(4)]);
        attempt.dispose();
      }
      if (die(20) === 0) await clock.advance(die(6000));
      if (die(300) === 0)
        engine.reloadText(die(2) === 0 ? YAML : YAML.replaceAll('circuitBreaker: cb', 'circuitBreaker: other'));
      const { state } = endpoint;
      const { counts: now } = breakerOf(engine, endpoint);
      told.push([state, now.requests, now.totalFailures]);
    }
    return told;
  };
  const here = await story();
  native.word = () => null;
  const there = await story();
  assert.deepEqual(here, there);
  assert.ok(here.filter((line) => typeof line === 'string').length > 100);
});

test('a request whose attempt fails, is left or is lost was counted once', async (t) => {
  const { engine, app } = virtual(t, { yaml: YAML });
  const endpoint = app('rate');
  for (let i = 0; i < 6; i++) endpoint.begin().end(Outcome.SUCCESS);
  endpoint.begin().end(Outcome.FAILURE); // by the word, and then adopted
  endpoint.begin().end(Outcome.CANCELLED);
  endpoint.begin(); // never ended
  await endpoint.tryExecute(flaky(9));
  const { requests, totalFailures } = breakerOf(engine, endpoint).counts;
  assert.deepEqual([requests, totalFailures], [10, 2]);
});

test('a cell of another generation, or one that is about to carry, lets the call cross', async (t) => {
  const { engine, app } = virtual(t, { yaml: YAML });
  const endpoint = app('rate');
  endpoint.executeSync(() => 1);
  const seen = crossings(t);
  const cell = endpoint._cell;
  const real = cell[1];
  cell[1] = real ^ (1 << 12);
  endpoint.executeSync(() => 1);
  assert.equal(seen.begin, 1);
  cell[1] = real;
  cell[0] = -1;
  endpoint.executeSync(() => 1);
  assert.equal(seen.begin, 2);
  assert.equal(endpoint._inFlight(), 0);
  engine.dispose();
  assert.equal(endpoint._cell, null);
  assert.throws(() => endpoint.executeSync(() => 1), { code: 'RESIL_CLOSED' });
});

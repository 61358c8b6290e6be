'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Outcome } = require('..');
const { policies, virtual, flaky } = require('./support/policies');

const TYPES = [
  'stateChange',
  'retry',
  'recovered',
  'reject',
  'timeout',
  'giveUp',
  'warning',
  'retryRefused',
  'log',
  'lost',
];

function record(engine) {
  const seen = [];
  for (const type of TYPES)
    engine.on(type, (event) => seen.push(typeof event === 'string' ? [type, event] : [type, event]));
  return seen;
}
const strip = ({ endpoint, timeMs, type, ...rest }) => ({ at: timeMs, on: String(endpoint), ...rest });

test('the story of a recovery, in order, in the words of the log', async (t) => {
  const { engine, app, clock } = virtual(t);
  const seen = record(engine);
  await clock.run(app('slow').execute(async ({ attempt }) => (attempt === 1 ? new Promise(() => {}) : 'ok')));
  const [timeout, retry, log, recovered, done] = seen;
  assert.deepEqual(
    [timeout[0], strip(timeout[1])],
    ['timeout', { at: 1000, on: 'slow:m', attempt: 1, timeoutMs: 1000 }],
  );
  assert.deepEqual(
    [retry[0], strip(retry[1])],
    ['retry', { at: 1000, on: 'slow:m', attempt: 1, outcome: 'timeout', delayMs: 2000 }],
  );
  assert.deepEqual(log, ['log', 'Error processing operation endpoint[slow, slow:m]. Retrying...']);
  assert.deepEqual([recovered[0], strip(recovered[1])], ['recovered', { at: 3000, on: 'slow:m', attempts: 2 }]);
  assert.deepEqual(done, ['log', 'Recovered processing operation endpoint[slow, slow:m] after 2 attempts']);
  assert.equal(seen.length, 5);
});

test('the story of a breaker', async (t) => {
  const { engine, app, clock } = virtual(t);
  const seen = record(engine);
  const endpoint = app('plain');
  for (let i = 0; i < 3; i++) await endpoint.tryExecute(flaky(9));
  await clock.advance(5001);
  await endpoint.execute(flaky(0));
  assert.deepEqual(
    seen.map(([type, event]) => [type, type === 'log' ? event : strip(event)]),
    [
      ['stateChange', { at: 0, on: 'plain:m', from: 'closed', to: 'open' }],
      ['log', 'Circuit breaker "plain:m" changed state from closed to open'],
      [
        'reject',
        { at: 0, on: 'plain:m', attempts: 0, reason: 'breaker-open', reasonCode: 16, retryAfterMs: 5000.000001, shadow: false },
      ],
      ['stateChange', { at: 5001, on: 'plain:m', from: 'open', to: 'half-open' }],
      ['log', 'Circuit breaker "plain:m" changed state from open to half-open'],
      ['stateChange', { at: 5001, on: 'plain:m', from: 'half-open', to: 'closed' }],
      ['log', 'Circuit breaker "plain:m" changed state from half-open to closed'],
    ],
  );
});

test('a breaker that the ids of an actor type share is told with the endpoint of the type', async (t) => {
  const yaml = policies({
    breakers: '{cb: {timeout: 5s, trip: consecutiveFailures >= 2}}',
    actors: '{T: {circuitBreaker: cb, circuitBreakerScope: type}}',
  });
  const { engine, clock } = virtual(t, { yaml });
  const seen = [];
  engine.on('stateChange', ({ endpoint, to }) => seen.push([endpoint, to]));
  for (const id of ['1', '2']) await engine.actor('T', id).tryExecute(flaky(9));
  await clock.advance(5001);
  await engine.actor('T', '3').execute(flaky(0));
  const [[shared]] = seen;
  assert.deepEqual(
    seen.map(([endpoint, to]) => [endpoint === shared, to]),
    [
      [true, 'open'],
      [true, 'half-open'],
      [true, 'closed'],
    ],
  );
  assert.deepEqual([String(shared), shared.state], ['T', 'closed']);
  assert.equal(engine.actor('T'), shared);
  for (let i = 0; i < 2; i++) await shared.tryExecute(flaky(9));
  assert.equal(engine.actor('T', '1').state, 'open');
});

test('that endpoint is found while the engine is being disposed, and takes no call', async (t) => {
  const yaml = policies({
    breakers: '{cb: {timeout: 5s, trip: consecutiveFailures >= 1}}',
    actors: '{T: {circuitBreaker: cb, circuitBreakerScope: type}}',
  });
  const { engine } = virtual(t, { yaml });
  const seen = [];
  engine.on('stateChange', ({ endpoint }) => seen.push(endpoint));
  const last = engine.actor('T', '1').begin();
  engine.dispose();
  last.end(Outcome.FAILURE);
  assert.deepEqual(seen.map(String), ['T']);
  assert.throws(() => seen[0].executeSync(() => 1), { code: 'RESIL_CLOSED' });
});

test('giving up says why and with what', async (t) => {
  const { engine, app, clock } = virtual(t);
  const seen = [];
  engine.on('giveUp', (event) => seen.push(strip(event)));
  await clock.advance(10);
  await app('status').tryExecute(() => Promise.reject(Object.assign(new Error('no'), { status: 404 })));
  await clock.run(app('status').tryExecute(() => Promise.reject(Object.assign(new Error('no'), { status: 500 }))));
  assert.deepEqual(seen, [
    { at: 10, on: 'status:m', attempts: 1, reason: 'not-retriable', reasonCode: 19, outcome: 'http 404' },
    { at: 1010, on: 'status:m', attempts: 2, reason: 'retries-exhausted', reasonCode: 18, outcome: 'http 500' },
  ]);
});

test('by default one rejection a state is told; everyRejection tells each', async (t) => {
  for (const [options, expected] of [
    [{}, 1],
    [{ everyRejection: true }, 3],
  ]) {
    const { engine, app } = virtual(t, options);
    let rejections = 0;
    engine.on('reject', () => rejections++);
    for (let i = 0; i < 5; i++) await app('plain').tryExecute(flaky(9));
    assert.equal(rejections, expected);
  }
});

test('what happened before anybody listened is not news', async (t) => {
  const { engine, app } = virtual(t);
  await new Promise(setImmediate);
  for (let i = 0; i < 2; i++) await app('plain').tryExecute(flaky(9));
  const seen = record(engine);
  for (let i = 0; i < 2; i++) await app('plain', 'other').tryExecute(flaky(9));
  assert.deepEqual(
    seen.map(([type, event]) => [type, String(event.endpoint ?? '')]),
    [
      ['stateChange', 'plain:other'],
      ['log', ''],
    ],
  );
});

test('listeners come and go', async (t) => {
  const { engine, app } = virtual(t);
  let n = 0;
  const listener = () => n++;
  engine.on('retry', listener);
  app('retry').begin().end(Outcome.FAILURE);
  engine.off('retry', listener);
  app('retry').begin().end(Outcome.FAILURE);
  engine.once('retry', listener);
  app('retry').begin().end(Outcome.FAILURE);
  app('retry').begin().end(Outcome.FAILURE);
  assert.equal(n, 2);
});

test('who removes all listeners may listen again', async (t) => {
  const { engine, app } = virtual(t);
  const seen = [];
  const fail = () => app('retry').begin().end(Outcome.FAILURE);
  engine.on('retry', () => seen.push('old'));
  engine.on('log', () => seen.push('old'));
  assert.equal(engine.removeAllListeners(), engine);
  fail(); // while nobody listens
  engine.on('retry', ({ type }) => seen.push(type));
  engine.removeAllListeners('newListener');
  engine.on('log', (line) => seen.push(line));
  fail();
  assert.deepEqual(seen, ['retry', 'Error processing operation endpoint[retry, retry:m]. Retrying...']);
  engine.removeAllListeners('retry').removeAllListeners('log');
  fail();
  engine.on('retry', ({ type }) => seen.push(type));
  assert.equal(seen.length, 2);
});

test('a listener may call the engine: results do not mix, events stay in order', async (t) => {
  const { engine, app, clock } = virtual(t);
  const seen = [];
  engine.on('retry', ({ endpoint }) => {
    seen.push(`retry ${endpoint}`);
    if (endpoint === app('retry')) assert.equal(app('status').begin().end(Outcome.http(500)), 'retry'); // another delay
  });
  engine.on('stateChange', ({ endpoint }) => seen.push(`state ${endpoint}`));
  const attempt = app('retry').begin();
  assert.equal(attempt.end(Outcome.FAILURE), 'retry');
  assert.equal(attempt.delayMs, 2000);
  assert.deepEqual(seen, ['retry retry:m', 'retry status:m']);
  assert.equal(clock.pending, 0);
});

test('a log can be a function or a logger', async (t) => {
  const lines = [];
  const { app } = virtual(t, { log: (line, { type }) => lines.push([line, type]) });
  app('retry').begin().end(Outcome.FAILURE);
  const info = [];
  const other = virtual(t, { log: { info: (line) => info.push(line) } });
  other.app('retry').begin().end(Outcome.FAILURE);
  const line = 'Error processing operation endpoint[retry, retry:m]. Retrying...';
  assert.deepEqual([lines, info], [[[line, 'retry']], [line]]);
});

test('events that were overwritten are counted', async (t) => {
  const { engine, app } = virtual(t, { eventCapacity: 8 });
  await new Promise(setImmediate);
  let lost = 0;
  let retries = 0;
  let nested = false;
  engine.on('lost', (count) => (lost += count));
  engine.on('retry', () => {
    retries++;
    if (nested) return;
    nested = true; // while this listener runs nothing is read
    for (let i = 0; i < 100; i++) app('retry').begin().end(Outcome.FAILURE);
  });
  app('retry').begin().end(Outcome.FAILURE);
  assert.equal(lost + retries, 101);
  assert.ok(lost > 0 && retries > 1, `${lost} ${retries}`);
});

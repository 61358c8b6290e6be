'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Outcome, OpenError, ClosedError, Engine } = require('..');
const { virtual, real, COMMON, counts } = require('./support/policies');

test('begin, end, wait, begin again', async (t) => {
  const { app, clock } = virtual(t);
  const attempt = app('slow').begin();
  assert.deepEqual([attempt.allowed, attempt.attempt, attempt.timeoutMs], [true, 1, 1000]);
  assert.equal(attempt.end(Outcome.TIMEOUT), 'retry');
  assert.deepEqual([attempt.allowed, attempt.delayMs], [false, 2000]);
  await clock.advance(attempt.delayMs);
  assert.equal(attempt.begin(), true);
  assert.equal(attempt.attempt, 2);
  assert.equal(attempt.end(Outcome.http(503), { retryAfterMs: 9000 }), 'retry');
  assert.equal(attempt.delayMs, 9000);
  attempt.begin();
  assert.equal(attempt.end(Outcome.http(200)), 'done');
});

test('an operation ends when the policy says so', (t) => {
  const { app } = virtual(t);
  const attempt = app('status').begin();
  assert.equal(attempt.end(Outcome.http(404)), 'giveUp');
  assert.equal(attempt.reason, 'not-retriable');
  assert.throws(() => attempt.end(Outcome.SUCCESS), { code: 'RESIL_ATTEMPT' });
  assert.throws(() => attempt.begin(), { code: 'RESIL_ATTEMPT' });
});

test('misuse is told and harms nothing', (t) => {
  const { app } = real(t);
  for (const name of ['plain', 'window']) {
    const attempt = app(name).begin();
    assert.throws(() => attempt.begin(), /in flight/);
    for (const wrong of ['success', 4, -1, 1.5, NaN, undefined, 2 ** 40])
      assert.throws(() => attempt.end(wrong), TypeError);
    assert.equal(attempt.end(Outcome.SUCCESS), 'done');
    assert.throws(() => attempt.end(Outcome.SUCCESS), /no attempt is in flight/);
  }
  assert.throws(() => Outcome.http('503'), RangeError);
  assert.throws(() => Outcome.grpc(17), RangeError);
});

test('a rejected attempt may wait and begin again', async (t) => {
  const { app, clock } = virtual(t);
  for (let i = 0; i < 2; i++) app('plain').begin().end(Outcome.FAILURE);
  const attempt = app('plain').begin();
  assert.deepEqual([attempt.allowed, attempt.attempt, attempt.reason], [false, 0, 'breaker-open']);
  assert.ok(attempt.error instanceof OpenError);
  assert.throws(() => attempt.end(Outcome.SUCCESS), /no attempt is in flight/);
  await clock.advance(attempt.retryAfterMs + 1);
  assert.equal(attempt.begin(), true);
  assert.equal(attempt.error, undefined);
  assert.equal(attempt.end(Outcome.SUCCESS), 'done');
  assert.equal(app('plain').state, 'closed');
});

test(
  'disposing an attempt in flight cancels it',
  { skip: Symbol.dispose === undefined && 'no Symbol.dispose here' },
  (t) => {
    const { app, engine } = virtual(t);
    for (const name of ['plain', 'window']) {
      const attempt = app(name).begin();
      attempt[Symbol.dispose]();
      attempt.dispose();
      assert.equal(attempt.allowed, false);
      assert.equal(counts(engine, app(name)).cancelled, 1);
    }
  },
);

test('attempts that outlive their engine', () => {
  const engine = Engine.fromText(COMMON);
  const [fast, crossing, between] = ['plain', 'window', 'retry'].map((name) => engine.app(name, 'm').begin());
  between.end(Outcome.FAILURE);
  engine.dispose();
  assert.equal(fast.end(Outcome.FAILURE), 'giveUp');
  assert.equal(crossing.end(Outcome.SUCCESS), 'done');
  assert.throws(() => between.begin(), ClosedError);
  assert.throws(() => engine.app('plain', 'm'), ClosedError);
});

test('a deadline of the whole operation', (t) => {
  const { app } = virtual(t);
  const attempt = app('retry').begin({ deadline: 1500 });
  assert.equal(attempt.timeoutMs, 1500);
  assert.equal(attempt.end(Outcome.FAILURE), 'giveUp');
  assert.equal(attempt.reason, 'deadline');
  assert.equal(app('retry').begin({ deadline: -5 }).reason, 'deadline');
});

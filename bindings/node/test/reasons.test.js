'use strict';
// Why no attempt was admitted, or none follows: every reason that the engine has, and those of engines to come.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const resil = require('..');
const native = require('../lib/native');
const { INT, DOUBLE, EVENT, MODE, ints, doubles, eventRows } = require('../lib/registers');
const { WHY, MAY_WAIT } = require('../lib/codes');
const { virtual, flaky, counts } = require('./support/policies');

const { Outcome, RejectedError } = resil;

/** Lets the next `times` begins be refused as an engine with more policies than these tests have would. */
function refuse(t, reason, { times = Infinity, flags = MAY_WAIT, delayMs = 7 } = {}) {
  const { begin } = native;
  let left = times;
  native.begin = () => {
    if (left-- <= 0) {
      ints[INT.MODE] = MODE.FRESH; // the engine has not heard of this operation
      return begin();
    }
    ints[INT.RESULT] = 1;
    ints[INT.ATTEMPT] = 0;
    ints[INT.FLAGS] = flags;
    ints[INT.REASON] = reason;
    doubles[DOUBLE.DELAY] = delayMs * 1e6;
  };
  const restore = () => void (native.begin = begin);
  t.after(restore);
  return restore;
}

const REASONS = [
  [WHY.OPEN, 'OpenError', 'RESIL_OPEN', 'breaker-open'],
  [WHY.TOO_MANY_REQUESTS, 'TooManyRequestsError', 'RESIL_TOO_MANY_REQUESTS', 'breaker-half-open-full'],
  [WHY.DEADLINE, 'DeadlineError', 'RESIL_DEADLINE', 'deadline'],
  [WHY.BUSY, 'BusyError', 'RESIL_BUSY', 'busy'],
  [WHY.RATE_LIMITED, 'RateLimitedError', 'RESIL_RATE_LIMITED', 'rate-limited'],
  [WHY.HELD, 'HeldError', 'RESIL_HELD', 'held'],
  [99, 'RejectedError', 'RESIL_REJECTED', 'unknown'],
];

for (const [number, name, code, text] of REASONS) {
  test(`${text} (${number}): ${name}, thrown, as a value and by hand`, async (t) => {
    const { app } = virtual(t);
    const endpoint = app('window');
    refuse(t, number);
    const is = (error) => {
      assert.equal(error.constructor, resil[name]);
      assert.ok(error instanceof RejectedError && error instanceof Error);
      const { name: own, code: itsCode, reason, reasonCode, retryAfterMs } = error;
      assert.deepEqual([own, itsCode, reason, reasonCode, retryAfterMs], [name, code, text, number, 7]);
      assert.equal(error.endpoint, endpoint);
      assert.match(error.message, /window:m/);
      if (number === 99) assert.match(error.message, /unknown, 99/);
      return true;
    };
    await assert.rejects(endpoint.execute(flaky(0)), is);
    assert.throws(() => endpoint.executeSync(() => 1), is);
    for (const result of [await endpoint.tryExecute(flaky(0)), endpoint.tryExecuteSync(() => 1)]) {
      assert.deepEqual([result.ok, result.code, result.reason, result.reasonCode], [false, code, text, number]);
      is(result.error);
    }
    const attempt = endpoint.begin();
    assert.deepEqual([attempt.allowed, attempt.answer, attempt.mayWait], [false, 'reject', true]);
    assert.deepEqual([attempt.reason, attempt.reasonCode, attempt.retryAfterMs], [text, number, 7]);
    is(attempt.error);
    assert.equal(endpoint._inFlight(), 0);
  });

  test(`${text} (${number}): the engine says whether waiting is of use`, async (t) => {
    for (const flags of [0, MAY_WAIT]) {
      const { app, clock } = virtual(t);
      const options = { waitWhenOpen: true, blocking: true };
      const first = refuse(t, number, { times: 2, flags });
      const call = clock.run(app('window').execute(flaky(0), options));
      if (flags === 0) await assert.rejects(call, { code });
      else assert.equal(await call, 'ok');
      assert.equal(clock.now(), flags === 0 ? 0 : 14);
      first();
      const second = refuse(t, number, { times: 1, flags });
      const sync = () => app('window').executeSync(() => 'ok', options);
      if (flags === 0) assert.throws(sync, { code });
      else assert.equal(sync(), 'ok');
      second();
    }
  });
}

test('what a listener does in the middle of a begin does not change whether to wait', async (t) => {
  const { app, engine, clock } = virtual(t);
  for (let i = 0; i < 2; i++) app('plain').begin().end(Outcome.FAILURE);
  engine.on('reject', () => app('window').begin().end(Outcome.SUCCESS)); // its flags are not those of the rejection
  assert.equal(await clock.run(app('plain').execute(flaky(0), { waitWhenOpen: true })), 'ok');
});

test('an empty retry budget is the reason of the error that tells of retries used up', async (t) => {
  const { app, clock } = virtual(t);
  const { end } = native;
  t.after(() => void (native.end = end));
  for (const [reason, text] of [
    [WHY.RETRY_BUDGET, 'retry-budget'],
    [WHY.EXHAUSTED, 'retries-exhausted'],
  ]) {
    for (const run of [
      (fn) => clock.run(app('retry').execute(fn)),
      async (fn) => app('retry').executeSync(fn, { blocking: true }),
    ]) {
      let n = 0;
      const fn = () => {
        n++;
        throw new Error(`down ${n}`);
      };
      native.end = () => {
        end();
        if (n < 2) return;
        ints[INT.RESULT] = 2;
        ints[INT.REASON] = reason;
      };
      const expected = { name: 'ExhaustedError', code: 'RESIL_EXHAUSTED', reason: text, attempts: 2 };
      await assert.rejects(run(fn), (error) => {
        assert.deepEqual(
          { ...expected },
          { name: error.name, code: error.code, reason: error.reason, attempts: error.attempts },
        );
        return error.cause.message === 'down 2';
      });
    }
  }
});

test('an event of a kind, and a state, that are not known yet are told with their number', (t) => {
  const { app, engine } = virtual(t);
  const seen = [];
  engine.on('other', (event) => seen.push(event));
  engine.on('stateChange', (event) => seen.push(event));
  const { drain, state } = native;
  t.after(() => Object.assign(native, { drain, state }));
  native.drain = (number) => {
    const count = drain(number);
    if (count > 0) eventRows[EVENT.KIND] = 99;
    return count;
  };
  app('retry').begin().end(Outcome.FAILURE);
  const [{ type, kind, name, before, after, value, endpoint }] = seen;
  assert.deepEqual([type, kind, name, before, after, value], ['other', 99, 'unknown', 1, 1, 2e9]);
  assert.equal(endpoint, app('retry'));
  native.drain = (number) => {
    const count = drain(number);
    if (count > 0) eventRows[EVENT.AFTER] = 7;
    return count;
  };
  for (let i = 0; i < 2; i++) app('plain').begin().end(Outcome.FAILURE);
  assert.deepEqual([seen[1].from, seen[1].to], ['closed', 'unknown (7)']);
  native.state = () => 7;
  assert.equal(app('plain').state, 'unknown (7)');
});

test('an outcome that no other attempt could better counts, and is not retried', async (t) => {
  const { app, engine, clock } = virtual(t);
  const reasons = [];
  engine.on('giveUp', ({ reason, reasonCode }) => reasons.push([reason, reasonCode]));
  const error = new Error('no such order');
  let n = 0;
  const outcome = () => (++n % 2 === 0 ? Outcome.noRetry(Outcome.FAILURE) : undefined);
  const is = (thrown) => thrown === error; // on its second attempt, and not wrapped
  await assert.rejects(clock.run(app('retry').execute(() => Promise.reject(error), { outcome })), is);
  const fails = () => {
    throw error;
  };
  assert.throws(() => app('retry').executeSync(fails, { outcome, blocking: true }), is);
  const attempt = app('retry').begin();
  assert.equal(attempt.end(Outcome.noRetry(Outcome.http(503))), 'giveUp');
  assert.deepEqual(reasons, Array(3).fill(['not-retriable', WHY.NOT_RETRIABLE]));
  assert.equal(counts(engine, app('retry')).failures, 5);
  for (const name of ['plain', 'window', 'retry']) {
    assert.equal(app(name, 'good').begin().end(Outcome.noRetry(Outcome.SUCCESS)), 'done');
    assert.equal(await app(name, 'good').execute(flaky(0), { outcome: () => Outcome.noRetry(Outcome.SUCCESS) }), 'ok');
    assert.equal(counts(engine, app(name, 'good')).successes, 2);
  }
  for (const wrong of [-1, 4, 'x', 2 ** 31]) assert.throws(() => Outcome.noRetry(wrong), RangeError);
});

test('how often a breaker changed into each state', async (t) => {
  const { app, clock } = virtual(t);
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 2; i++) app('plain').begin().end(Outcome.FAILURE);
    await clock.advance(5001);
    await app('plain').execute(flaky(0));
  }
  assert.deepEqual(app('plain').transitions, { closed: 3, open: 3, halfOpen: 3 });
  assert.deepEqual(app('unknown').transitions, { closed: 0, open: 0, halfOpen: 0 });
});

test('Retry-After is what the engine reads in it: whole seconds or a date, anything else is none', async (t) => {
  const took = async (value) => {
    const { clock, app } = virtual(t);
    const answers = [{ status: 503, headers: { 'retry-after': value } }, 'ok'];
    await clock.run(app('retry').execute(async () => answers.shift()));
    return clock.now();
  };
  for (const none of [
    '3600.5',
    '2099-1',
    'retry in 3000',
    '-5',
    '+5',
    '1e3',
    '',
    '0x10',
    new Date(0).toUTCString(),
    {},
    [7],
  ])
    assert.equal(await took(none), 2000, String(none));
  assert.equal(await took('7'), 7000);
  assert.equal(await took(' 7 '), 7000);
  assert.equal(await took(7), 7000);
  const dated = await took(new Date(Date.now() + 60_000).toUTCString());
  assert.ok(dated > 30_000 && dated <= 60_000, String(dated));
});

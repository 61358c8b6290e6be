'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Outcome, OpenError, ExhaustedError } = require('..');
const { virtual, real, counts } = require('./support/policies');

const failing = (failures, error = new Error('down')) => {
  const fn = () => {
    if (++fn.calls <= failures) throw error;
    return 'ok';
  };
  fn.calls = 0;
  return fn;
};

test('answers and throws what its function does', (t) => {
  for (const { app } of [virtual(t), real(t)]) {
    for (const name of ['plain', 'window', 'timeout', 'retry', 'unknown']) {
      assert.equal(
        app(name).executeSync(() => 1),
        1,
      );
      const error = new Error('down');
      assert.throws(
        () => app(name).executeSync(failing(1, error)),
        (thrown) => thrown === error,
      );
      assert.deepEqual({ ...app(name).tryExecuteSync(() => 2) }, { ok: true, value: 2 });
    }
  }
});

test('is not retried unless it may block', (t) => {
  const { app, engine, clock } = virtual(t);
  const lines = [];
  engine.on('log', (line) => lines.push(line));
  const fn = failing(9);
  assert.throws(() => app('retry').executeSync(fn), { message: 'down' });
  assert.equal(fn.calls, 1);
  assert.deepEqual(lines, []); // nothing claims that it retries
  const patient = failing(2);
  assert.equal(app('retry').executeSync(patient, { blocking: true }), 'ok');
  assert.deepEqual([patient.calls, clock.now()], [3, 4000]);
  assert.throws(() => app('retry').executeSync(failing(9), { blocking: true }), ExhaustedError);
});

test('an open breaker rejects, or is waited for', (t) => {
  const { app, clock } = virtual(t);
  for (let i = 0; i < 2; i++) assert.throws(() => app('plain').executeSync(failing(1)));
  assert.throws(() => app('plain').executeSync(() => 1), OpenError);
  assert.equal(app('plain').tryExecuteSync(() => 1).code, 'RESIL_OPEN');
  assert.throws(() => app('plain').executeSync(() => 1, { waitWhenOpen: true }), OpenError);
  assert.equal(
    app('plain').executeSync(() => 1, { waitWhenOpen: true, blocking: true }),
    1,
  );
  assert.ok(clock.now() >= 5000);
});

test("blocks on the machine's clock too", (t) => {
  const { app } = real(t);
  assert.equal(app('eager').executeSync(failing(2), { blocking: true }), 'ok');
});

test('is told its budget', (t) => {
  const { app } = real(t);
  assert.equal(
    app('timeout').executeSync(({ timeoutMs }) => timeoutMs),
    1000,
  );
  assert.equal(
    app('plain').executeSync(({ timeoutMs }) => timeoutMs),
    undefined,
  );
});

test('nothing is waited for once the engine is disposed or the caller has left', (t) => {
  const down = new Error('down');
  const controller = new AbortController();
  for (const [leave, expected] of [
    [({ engine }) => engine.dispose(), { name: 'ClosedError', cause: down }],
    [() => controller.abort(), { name: 'AbortError' }],
  ]) {
    const story = virtual(t);
    let calls = 0;
    const fn = () => {
      if (++calls === 2) leave(story);
      throw down;
    };
    const options = { blocking: true, signal: controller.signal };
    assert.throws(() => story.app('forever').executeSync(fn, options), expected);
    assert.equal(calls, 2);
  }
  const { app, engine } = virtual(t);
  const own = new AbortController();
  assert.throws(() => app('plain').executeSync(() => own.abort(), { signal: own.signal }), { name: 'AbortError' });
  assert.equal(counts(engine, app('plain')).cancelled, 1);
});

test('a result that a retry replaces is discarded', (t) => {
  const { app } = virtual(t);
  const answers = [500, 200].map((status) => ({ status, headers: {} }));
  const discarded = [];
  const options = { blocking: true, discard: ({ status }) => discarded.push(status) };
  assert.equal(app('status').executeSync(() => answers.shift(), options).status, 200);
  assert.deepEqual(discarded, [500]);
});

test('a promise is refused, and counts for nothing', async (t) => {
  const { app, engine } = real(t);
  for (const name of ['plain', 'window']) {
    assert.throws(
      () => app(name).executeSync(() => Promise.reject(new Error('unseen'))),
      /answered a promise; use execute/,
    );
    assert.equal(counts(engine, app(name)).failures, 0);
  }
  await new Promise(setImmediate);
});

test('responses and outcomes are judged as elsewhere', (t) => {
  const { app, engine } = virtual(t);
  assert.equal(app('plain').executeSync(() => ({ status: 500, headers: {} })).status, 500);
  assert.equal(counts(engine, app('plain')).failures, 1);
  const outcome = (error, value) => (value === 0 ? Outcome.FAILURE : undefined);
  let n = 0;
  assert.equal(
    app('retry').executeSync(() => n++, { outcome, blocking: true }),
    1,
  );
});

test('a retry that the caller refuses is refused with the reason, if there was one to wait for', (t) => {
  const { app, engine } = virtual(t);
  const events = [];
  engine.on('retryRefused', ({ reason, endpoint }) => events.push([reason, String(endpoint)]));
  const refuseRetry = 'its body is a stream';
  const options = { blocking: true, refuseRetry };
  assert.throws(() => app('retry').executeSync(failing(9), options), {
    name: 'RetryRefusedError',
    reason: refuseRetry,
  });
  assert.equal(app('retry').tryExecuteSync(failing(9), options).code, 'RESIL_RETRY_REFUSED');
  assert.deepEqual(events, Array(2).fill([refuseRetry, 'retry:m']));
  assert.throws(() => app('retry').executeSync(failing(9), { refuseRetry }), { message: 'down' });
  assert.throws(() => app('plain').executeSync(failing(9), options), { message: 'down' });
});

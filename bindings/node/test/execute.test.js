'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { inspect } = require('util');
const { Outcome, ExhaustedError, OpenError, DeadlineError, RetryRefusedError } = require('..');
const { virtual, real, flaky, counts } = require('./support/policies');

test('a healthy call answers what its function answers, promise or not', async (t) => {
  for (const { app } of [virtual(t), real(t)]) {
    for (const name of ['plain', 'window', 'retry', 'timeout', 'all', 'unknown']) {
      assert.equal(await app(name).execute(async () => 1), 1);
      assert.equal(await app(name).execute(() => 2), 2);
      assert.equal(await app(name).execute(() => ({ then: (resolve) => resolve(3) })), 3);
      assert.equal(await app(name).execute(() => undefined), undefined);
      assert.equal(await app(name).execute(() => null), null);
    }
  }
});

test('every healthy call is counted, heard of or not', async (t) => {
  const { engine, app } = real(t);
  for (const name of ['plain', 'window', 'timeout']) {
    for (let i = 0; i < 5; i++) await app(name).execute(async () => i);
    for (let i = 0; i < 5; i++) await app(name).tryExecute(async () => i);
    for (let i = 0; i < 5; i++) app(name).executeSync(() => i);
    app(name).begin().end(Outcome.SUCCESS);
    assert.equal(counts(engine, app(name)).successes, 16, name);
    assert.equal(counts(engine, app(name)).successes, 16, `${name}, seen twice`);
  }
});

test('a failed call is retried after the delay of the policy', async (t) => {
  const { clock, app } = virtual(t);
  const fn = flaky(2);
  const promise = app('retry').execute(fn);
  await clock.advance(1999);
  assert.equal(fn.calls, 1);
  await clock.advance(1);
  assert.equal(fn.calls, 2);
  await clock.advance(2000);
  assert.equal(await promise, 'ok');
  assert.equal(fn.calls, 3);
});

test('the function is told which attempt it is', async (t) => {
  const { clock, app } = virtual(t);
  const seen = [];
  const fn = ({ attempt, timeoutMs }) => {
    seen.push([attempt, timeoutMs]);
    if (attempt < 3) throw new Error('down');
  };
  await clock.run(app('slow').execute(fn));
  assert.deepEqual(seen, [
    [1, 1000],
    [2, 1000],
    [3, 1000],
  ]);
});

test('retries that run out throw ExhaustedError with the last error as its cause', async (t) => {
  const { clock, app } = virtual(t);
  let n = 0;
  const promise = clock.run(app('retry').execute(async () => Promise.reject(new Error(`down ${++n}`))));
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof ExhaustedError);
    assert.equal(error.code, 'RESIL_EXHAUSTED');
    assert.equal(error.name, 'ExhaustedError');
    assert.equal(error.attempts, 4);
    assert.equal(error.cause.message, 'down 4');
    assert.match(error.message, /retry:m failed after 4 attempts: down 4/);
    return true;
  });
});

test('an error that is not retried comes out as it was thrown', async (t) => {
  const { app } = virtual(t);
  const error = new Error('down');
  const fail = () => Promise.reject(error);
  await assert.rejects(app('plain').execute(fail), error);
  await assert.rejects(app('window').execute(fail), error);
  await assert.rejects(app('unknown').execute(fail), error);
  const notMatched = Object.assign(new Error('not found'), { status: 404 });
  await assert.rejects(
    app('status').execute(() => Promise.reject(notMatched)),
    notMatched,
  );
  await assert.rejects(
    app('plain', 'other').execute(() => Promise.reject(undefined)),
    (thrown) => thrown === undefined,
  );
});

test('the statuses of errors and responses decide what is retried', async (t) => {
  const { clock, app } = virtual(t);
  const grpc = Object.assign(new Error('unavailable'), { code: 14, details: 'unavailable' });
  for (const [error, calls] of [
    [{ status: 503 }, 2],
    [{ statusCode: 404 }, 1],
    [{ response: { status: 500, headers: {} } }, 2],
    [{ response: { status: 400, headers: {} } }, 1],
    [{ status: 200 }, 2],
    [grpc, 2],
    ['text', 2],
  ]) {
    const fn = flaky(9, error);
    await assert.rejects(clock.run(app('status').execute(fn)));
    assert.equal(fn.calls, calls, JSON.stringify(error));
  }
});

test('a response that failed to the end is still the answer', async (t) => {
  const { clock, app } = virtual(t);
  const statuses = [500, 503];
  const discarded = [];
  const fn = async () => ({ status: statuses.shift(), headers: {} });
  const response = await clock.run(app('status').execute(fn, { discard: (each) => discarded.push(each.status) }));
  assert.equal(response.status, 503);
  assert.deepEqual(discarded, [500]);
  assert.equal((await app('status').execute(async () => ({ status: 404, headers: {} }))).status, 404);
});

test('an object with a status but no headers is no response', async (t) => {
  const { engine, app } = real(t);
  await app('plain').execute(async () => ({ status: 500 }));
  assert.equal(counts(engine, app('plain')).failures, 0);
});

test('Retry-After makes a wait longer, never shorter', async (t) => {
  const { clock, app } = virtual(t);
  const answer = (headers) => {
    const answers = [
      { status: 503, headers },
      { status: 200, headers: {} },
    ];
    return async () => answers.shift();
  };
  const took = async (headers) => {
    const start = clock.now();
    assert.equal((await clock.run(app('retry').execute(answer(headers)))).status, 200);
    return clock.now() - start;
  };
  assert.equal(await took({ 'retry-after': '7' }), 7000);
  assert.equal(await took(new Headers({ 'Retry-After': '1' })), 2000);
  assert.equal(await took({}), 2000);
  const hour = 3_600_000;
  const dated = await took({ 'retry-after': new Date(Date.now() + hour).toUTCString() });
  assert.ok(dated > hour / 2 && dated <= hour, String(dated));
});

test('errors, results and events can be printed and serialized', async (t) => {
  const { clock, app, engine } = virtual(t);
  const events = [];
  engine.on('stateChange', (event) => events.push(event));
  const results = [];
  for (const name of ['plain', 'plain', 'plain', 'retry'])
    results.push(await clock.run(app(name).tryExecute(flaky(9))));
  results.push(await clock.run(app('timeout').tryExecute(() => new Promise(() => {}))));
  assert.deepEqual(
    results.map(({ code }) => code),
    [undefined, undefined, 'RESIL_OPEN', 'RESIL_EXHAUSTED', 'RESIL_TIMEOUT'],
  );
  for (const { error } of results.slice(2)) {
    assert.ok(error.endpoint === app('plain') || error.endpoint === app('retry') || error.endpoint === app('timeout'));
    assert.ok(!inspect(error, { customInspect: false }).includes('Engine'), inspect(error)); // as for one that nobody catches
    assert.ok(!Object.keys(error).includes('endpoint'));
  }
  assert.match(JSON.stringify([results, events]), /"endpoint":"plain:m"/);
});

test('tryExecute throws nothing', async (t) => {
  const { clock, app } = virtual(t);
  assert.deepEqual({ ...(await app('plain').tryExecute(async () => 5)) }, { ok: true, value: 5 });
  assert.deepEqual({ ...(await app('window').tryExecute(async () => 5)) }, { ok: true, value: 5 });
  const error = Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
  for (const name of ['plain', 'window']) {
    const result = await app(name).tryExecute(() => Promise.reject(error));
    assert.deepEqual([result.ok, result.code, result.error], [false, 'ECONNREFUSED', error]);
  }
  const exhausted = await clock.run(app('retry').tryExecute(flaky(9)));
  assert.equal(exhausted.code, 'RESIL_EXHAUSTED');
});

test('a deadline ends retries, budgets and waits', async (t) => {
  const { clock, app } = virtual(t);
  const fn = flaky(9);
  await assert.rejects(clock.run(app('retry').execute(fn, { deadline: 3000 })), (error) => {
    assert.deepEqual([error.code, error.reason, error.cause.message], ['RESIL_EXHAUSTED', 'deadline', 'down']);
    return true; // a second retry would be at 4 s
  });
  assert.equal(fn.calls, 2);
  let budget;
  await app('timeout').execute(({ timeoutMs }) => void (budget = timeoutMs), { deadline: 400 });
  assert.equal(budget, 400);
  await assert.rejects(app('plain').execute(flaky(0), { deadline: new Date(Date.now() - 1) }), DeadlineError);
  assert.equal(await app('plain').execute(flaky(0), { deadline: Infinity }), 'ok');
  for (let i = 0; i < 2; i++) await assert.rejects(app('plain').execute(flaky(9)));
  const options = { deadline: 1000, waitWhenOpen: true };
  const before = clock.now();
  await assert.rejects(app('plain').execute(flaky(0), options), OpenError); // at once: a probe would come too late
  assert.throws(() => app('plain').executeSync(() => 1, { ...options, blocking: true }), OpenError);
  assert.equal(clock.now(), before);
  await clock.advance(4500);
  assert.equal(await clock.run(app('plain').execute(flaky(0), options)), 'ok');
});

test("an outcome of the caller's own decides", async (t) => {
  const { clock, app, engine } = virtual(t);
  const results = [{ items: [] }, { items: [1] }];
  const outcome = (error, value) => (value?.items.length === 0 ? Outcome.FAILURE : undefined);
  assert.deepEqual(await clock.run(app('retry').execute(async () => results.shift(), { outcome })), { items: [1] });
  const ignored = () => Outcome.SUCCESS; // this error is an answer
  await assert.rejects(
    app('retry').execute(async () => Promise.reject(new Error('not found')), { outcome: ignored }),
    { message: 'not found' },
  );
  assert.equal(counts(engine, app('retry')).failures, 1);
});

test('a retry that the caller refuses is refused with the reason', async (t) => {
  const { app, engine } = virtual(t);
  const events = [];
  engine.on('retryRefused', ({ reason, endpoint }) => events.push([reason, String(endpoint)]));
  const lines = [];
  engine.on('log', (line) => lines.push(line));
  const fn = flaky(9);
  await assert.rejects(app('retry').execute(fn, { refuseRetry: 'its body is a stream' }), (error) => {
    assert.ok(error instanceof RetryRefusedError);
    assert.equal(error.code, 'RESIL_RETRY_REFUSED');
    assert.equal(error.reason, 'its body is a stream');
    assert.equal(error.cause.message, 'down');
    return true;
  });
  assert.equal(fn.calls, 1);
  assert.deepEqual(events, [['its body is a stream', 'retry:m']]);
  assert.deepEqual(lines, []); // nothing claims that it retries
  await assert.rejects(app('plain').execute(flaky(9), { refuseRetry: 'no' }), { message: 'down' }); // there was none to refuse
  let may = true;
  const some = { refuseRetry: () => (may ? undefined : 'changed its mind') };
  const promise = app('retry').execute(flaky(9), some);
  may = false;
  await assert.rejects(promise, RetryRefusedError);
});

test('wrap keeps arguments, this and name', async (t) => {
  const { app } = real(t);
  const object = {
    base: 10,
    add: app('plain').wrap(async function add(a, b) {
      return this.base + a + b;
    }),
  };
  assert.equal(await object.add(1, 2), 13);
  assert.equal(object.add.name, 'add');
});

test('retries without a delay leave the event loop its turn', async (t) => {
  const { app } = real(t);
  let turned = false;
  setImmediate(() => void (turned = true));
  const fn = flaky(2);
  await app('eager').execute(async () => {
    if (fn.calls === 2) assert.ok(turned);
    return fn();
  });
  assert.equal(fn.calls, 3);
});

test('a wrong argument throws at once and counts for nothing', async (t) => {
  const { engine, app } = real(t);
  const endpoint = app('plain');
  for (const method of ['execute', 'tryExecute', 'executeSync', 'tryExecuteSync', 'wrap'])
    assert.throws(() => endpoint[method]('x'), TypeError);
  assert.throws(() => endpoint.execute(() => 1, { signal: {} }), /AbortSignal/);
  assert.throws(() => endpoint.execute(() => 1, { deadline: 'soon' }), /deadline/);
  assert.throws(() => endpoint.execute(() => 1, { outcome: 1 }), /outcome/);
  assert.throws(() => engine.component('s', { direction: 'up' }), /direction/);
  assert.throws(() => engine.component('s', { type: 'State' }), /type/);
  assert.throws(() => engine.app(''), TypeError);
  assert.throws(() => engine.endpoint({}), TypeError);
  assert.equal(counts(engine, endpoint).failures, 0);
});

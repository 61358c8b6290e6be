'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { getEventListeners } = require('events');
const { Outcome } = require('..');
const { wrapFetch } = require('../http/fetch');
const { virtual, real, flaky, deferred, counts } = require('./support/policies');

const listeners = (signal) => getEventListeners(signal, 'abort').length;
const never = () => new Promise(() => {});

test('a signal that has aborted already: the function is not called', async (t) => {
  const { app } = virtual(t);
  const fn = flaky(0);
  await assert.rejects(app('plain').execute(fn, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.equal((await app('plain').tryExecute(fn, { signal: AbortSignal.abort('why') })).error, 'why');
  assert.throws(() => app('plain').executeSync(fn, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.equal(fn.calls, 0);
});

test('an abort ends the attempt in flight at once, counts as cancelled and reaches the function', async (t) => {
  const { app, engine } = virtual(t);
  for (const name of ['plain', 'window', 'timeout', 'all']) {
    const controller = new AbortController();
    let seen;
    const call = app(name).execute(
      ({ signal }) => {
        seen = signal;
        return never(); // one that does not listen
      },
      { signal: controller.signal },
    );
    const reason = new Error('the caller left');
    controller.abort(reason);
    await assert.rejects(call, (error) => error === reason);
    assert.equal(seen.aborted, true, name);
    assert.equal(seen.reason, reason);
    const { cancelled, failures } = counts(engine, app(name));
    assert.deepEqual({ cancelled, failures }, { cancelled: 1, failures: 0 }, name);
    assert.equal(listeners(controller.signal), 0);
  }
});

test('an abort ends the wait between attempts at once', async (t) => {
  const { app, clock } = virtual(t);
  const controller = new AbortController();
  const fn = flaky(9);
  const call = app('retry').execute(fn, { signal: controller.signal });
  await clock.advance(1000);
  assert.equal(clock.pending, 1);
  controller.abort();
  await assert.rejects(call, { name: 'AbortError' });
  assert.equal(clock.pending, 0);
  assert.equal(fn.calls, 1);
});

test('an abort ends the wait for an open breaker at once', async (t) => {
  const { app, clock } = virtual(t);
  for (let i = 0; i < 2; i++) app('plain').begin().end(Outcome.FAILURE);
  const controller = new AbortController();
  const call = app('plain').execute(flaky(0), { signal: controller.signal, waitWhenOpen: true });
  controller.abort();
  await assert.rejects(call, { name: 'AbortError' });
  assert.equal(clock.pending, 0);
});

test('a cancelled probe frees its permit', async (t) => {
  const { app, clock } = virtual(t);
  for (let i = 0; i < 2; i++) app('plain').begin().end(Outcome.FAILURE);
  await clock.advance(5001);
  const controller = new AbortController();
  const call = app('plain').execute(never, { signal: controller.signal });
  assert.equal((await app('plain').tryExecute(flaky(0))).code, 'RESIL_TOO_MANY_REQUESTS');
  controller.abort();
  await assert.rejects(call);
  assert.equal(await app('plain').execute(flaky(0)), 'ok');
});

test('a function that throws because of the abort changes nothing', async (t) => {
  const { app, engine } = virtual(t);
  const controller = new AbortController();
  const call = app('all').execute(
    ({ signal }) => new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { signal: controller.signal },
  );
  controller.abort();
  await assert.rejects(call, { name: 'AbortError' });
  await new Promise(setImmediate);
  assert.equal(counts(engine, app('all')).failures, 0);
});

// A listener runs in the middle of the begin or end that caused its event.
for (const [when, type, open] of [
  ['a first begin', 'stateChange', false],
  ['a begin after a wait', 'stateChange', true],
  ['the end of an attempt', 'retry', false],
]) {
  test(`a listener aborts in ${when}: no further attempt is made, and no permit kept`, async (t) => {
    const { app, engine, clock } = virtual(t);
    const controller = new AbortController();
    const endpoint = app(type === 'retry' ? 'retry' : 'plain');
    if (type === 'stateChange') for (let i = 0; i < 2; i++) await endpoint.tryExecute(flaky(9));
    const fn = type === 'retry' ? flaky(9) : flaky(0);
    const call = () => endpoint.execute(fn, { signal: controller.signal, waitWhenOpen: open });
    const waiting = open ? call() : undefined;
    engine.once(type, () => controller.abort());
    if (!open) await clock.advance(6000);
    const rejected = assert.rejects(waiting ?? call(), { name: 'AbortError' });
    await clock.advance(6000);
    await rejected;
    assert.equal(fn.calls, type === 'retry' ? 1 : 0);
    assert.equal(clock.pending, 0);
    assert.equal(endpoint._inFlight(), 0);
    assert.equal(await clock.run(endpoint.execute(flaky(0))), 'ok'); // a lost permit would reject it
  });
}

test('an abort that disposes the engine ends each operation once', async (t) => {
  const { app, engine } = virtual(t);
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const held = app('window').begin();
  const fn = ({ signal }) => (signal.addEventListener('abort', () => engine.dispose()), never());
  const calls = [app('timeout').execute(fn, options), app('retry').execute(flaky(9), options)];
  await new Promise(setImmediate);
  controller.abort();
  for (const call of calls) await assert.rejects(call);
  assert.equal(engine._draining, 1);
  assert.equal(held.end(Outcome.SUCCESS), 'done');
});

test('however many operations share a signal, it has one listener, and none afterwards', async (t) => {
  const { app } = real(t);
  const controller = new AbortController();
  const gates = Array.from({ length: 50 }, deferred);
  const calls = gates.map(({ promise }) => app('plain').execute(() => promise, { signal: controller.signal }));
  assert.equal(listeners(controller.signal), 1);
  gates.forEach(({ resolve }) => resolve());
  await Promise.all(calls);
  assert.equal(listeners(controller.signal), 0);
  await app('plain').execute(async () => {}, { signal: controller.signal });
  assert.equal(listeners(controller.signal), 0);
  const gate = deferred();
  const again = app('plain').execute(() => gate.promise, { signal: controller.signal });
  controller.abort();
  await assert.rejects(again);
});

test('the signal of an attempt that nothing can abort gathers no listeners', async (t) => {
  const { app } = real(t);
  let signal;
  for (let i = 0; i < 20; i++) {
    await app('plain').execute(async (context) => {
      signal = context.signal;
      signal.addEventListener('abort', () => {});
      assert.equal(signal.aborted, false);
      assert.ok(signal instanceof AbortSignal);
    });
  }
  assert.equal(listeners(signal), 0);
});

test('requests with a signal that lives long leave nothing on it, before their answers are gone and after', async (t) => {
  const { engine } = real(t);
  const dependants = (signal) => {
    const symbol = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'kDependantSignals');
    return signal[symbol]?.size ?? 0;
  };
  const controller = new AbortController();
  const seen = [];
  const fetch = wrapFetch(engine, {
    fetch: async (url, { signal }) => (seen.push(new WeakRef(signal)), new Response('body')),
  });
  let last;
  for (let i = 0; i < 100; i++) last = await fetch('http://timeout/m', { signal: controller.signal });
  assert.deepEqual([listeners(controller.signal), dependants(controller.signal)], [1, 0]);
  for (let i = 0; i < 5; i++) {
    global.gc();
    await new Promise(setImmediate);
  }
  const alive = seen.filter((each) => each.deref() !== undefined);
  assert.equal(alive.length, 1); // that of the answer that is in use
  controller.abort();
  assert.equal(alive[0].deref().aborted, true);
  assert.equal(listeners(controller.signal), 0);
  assert.equal(await last.text(), 'body');
});

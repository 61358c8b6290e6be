'use strict';
// The options of a call, whatever their caller does to the object.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { virtual, deferred, flaky, policies } = require('./support/policies');
const native = require('../lib/native');

// Goes by the word, or crosses.
const YAML = policies({
  retries: '{eager: {duration: 0s, maxRetries: 2}}',
  breakers: '{window: {interval: 10s, trip: consecutiveFailures >= 5}}',
  apps: '{eager: {retry: eager}, cross: {retry: eager, circuitBreaker: window}}',
});

for (const name of ['plain', 'window', 'retry', 'timeout'])
  test(`${name}: what is wrong is told before the call begins`, async (t) => {
    const { app } = virtual(t);
    const held = native.ticketsHeld();
    const fn = flaky(9);
    for (const options of [{ discard: 5 }, { discardError: 'no' }, { outcome: 1 }, { signal: {} }, { deadline: 'soon' }])
      for (const method of ['execute', 'tryExecute', 'executeSync', 'tryExecuteSync', 'wrap'])
        assert.throws(() => app(name)[method](fn, options), TypeError, `${method} ${Object.keys(options)}`);
    assert.equal(fn.calls, 0);
    assert.equal(app(name)._inFlight(), 0);
    assert.equal(native.ticketsHeld() - held, 0);
  });

for (const name of ['eager', 'cross'])
  test(`${name}: options that serve for another call meanwhile change nothing for this one`, async (t) => {
    const { app, clock } = virtual(t, { yaml: YAML });
    const first = deferred();
    const options = { waitWhenOpen: true };
    const call = app(name).execute(({ attempt }) => (attempt === 1 ? first.promise : 'second'), options);
    Object.assign(options, { signal: AbortSignal.abort('of another'), deadline: -1, outcome: () => 0, discard: 5 });
    first.reject(new Error('down'));
    assert.equal(await clock.run(call), 'second');
    const sync = { blocking: true };
    const answer = app(name).executeSync(({ attempt }) => {
      if (attempt > 1) return 'second';
      Object.assign(sync, options);
      throw new Error('down');
    }, sync);
    assert.equal(answer, 'second');
  });

test('what was thrown is given to discardError when a retry replaces it, or it comes too late', async (t) => {
  const { app, clock } = virtual(t);
  const dropped = [];
  const late = deferred();
  const options = { discardError: (error) => dropped.push(error), discard: () => assert.fail('no result was dropped') };
  const call = app('slow').execute(({ attempt }) => {
    if (attempt === 1) return late.promise;
    if (attempt === 2) throw 'second';
    return 'third';
  }, options);
  assert.equal(await clock.run(call), 'third');
  late.reject('first');
  await new Promise(setImmediate);
  const [timeout, ...others] = dropped;
  assert.equal(timeout.code, 'RESIL_TIMEOUT');
  assert.deepEqual(others, ['second', 'first']);

  dropped.length = 0;
  const sync = () => {
    throw 'down';
  };
  assert.throws(() => app('retry').executeSync(sync, { ...options, blocking: true }), { code: 'RESIL_EXHAUSTED' });
  assert.deepEqual(dropped, ['down', 'down', 'down']); // the last one is the caller's
});

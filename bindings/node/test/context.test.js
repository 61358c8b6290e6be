'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('async_hooks');
const { Engine } = require('..');
const { policies, virtual, flaky } = require('./support/policies');

const storage = new AsyncLocalStorage();

test('every attempt runs in the asynchronous context of its own call, whoever wakes it', async () => {
  const engine = Engine.fromText(
    policies({
      timeouts: '{t: 20ms}',
      retries: '{r: {duration: 10ms, maxRetries: 1}}',
      apps: '{a: {timeout: t, retry: r}, b: {retry: r}, c: {}}',
    }),
  );
  const seen = [];
  const call = (name, id) =>
    storage.run(id, () =>
      engine.app(name, 'm').execute(async ({ attempt }) => {
        seen.push([name, id, storage.getStore()]);
        if (attempt === 1) {
          if (name === 'a') await new Promise(() => {}); // its budget ends on the shared wheel
          throw new Error('down');
        }
        return storage.getStore();
      }),
    );
  const ids = [1, 2, 3, 4, 5];
  const results = await Promise.all(ids.flatMap((id) => [call('a', id), call('b', `b${id}`)]));
  assert.deepEqual(
    results,
    ids.flatMap((id) => [id, `b${id}`]),
  );
  assert.equal(seen.length, 20);
  for (const [name, id, store] of seen) assert.equal(store, id, name);
  engine.dispose();
});

test('who waited for the breaker goes on in its own context, not in that of the call that closed it', async (t) => {
  const { app, clock } = virtual(t);
  for (let i = 0; i < 2; i++) await app('plain').tryExecute(flaky(9));
  let release;
  const waiting = [1, 2, 3].map((id) =>
    storage.run(id, () =>
      app('plain').execute(
        () => {
          const own = storage.getStore();
          return id === 1 ? new Promise((resolve) => void (release = () => resolve(own))) : own;
        },
        { waitWhenOpen: true },
      ),
    ),
  );
  await clock.advance(5001);
  release();
  assert.deepEqual(await Promise.all(waiting), [1, 2, 3]);
});

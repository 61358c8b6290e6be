'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const path = require('path');
const { Worker } = require('worker_threads');
const { Engine } = require('..');
const { COMMON, real } = require('./support/policies');
const { child } = require('./support/child');

const script = path.join(__dirname, 'support', 'worker.js');

/** Runs a worker to its end; answers [its message, its exit code or error]. */
function work(how) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: how });
    let message;
    let failed;
    worker.on('message', (each) => {
      message = each;
      if (how === 'terminate') worker.terminate();
    });
    worker.on('error', (error) => (failed = error));
    worker.on('exit', (code) =>
      failed !== undefined && how !== 'throw' ? reject(failed) : resolve([message, failed?.message ?? code]),
    );
  });
}

test('workers load the addon, use it and leave, in every way there is', async (t) => {
  const { app } = real(t);
  for (let round = 0; round < 3; round++) {
    const results = await Promise.all(['exit', 'terminate', 'dispose', 'throw'].map(work));
    assert.deepEqual(
      results.map(([state]) => state),
      ['open', 'open', 'open', 'open'],
    );
    assert.deepEqual([results[0][1], results[2][1], results[3][1]], [0, 0, 'as told']);
  }
  // This thread's engine is its own: no breaker of theirs opened here.
  assert.equal(app('plain').state, 'closed');
  assert.equal(await app('plain').execute(async () => 1), 1);
});

test('a process whose workers have gone ends without a crash', async () => {
  const { code, signal, out, err } = await child(`
    const { Worker } = require('worker_threads');
    const run = (how) => new Promise((resolve) => {
      const worker = new Worker(${JSON.stringify(script)}, { workerData: how });
      worker.on('message', () => how === 'terminate' && worker.terminate());
      worker.on('exit', resolve);
    });
    (async () => {
      for (let i = 0; i < 5; i++) await Promise.all([run('exit'), run('terminate'), run('dispose')]);
      const engine = Engine.fromText(COMMON);
      console.log(await engine.app('plain', 'm').execute(async () => 'alive'));
    })();
  `);
  assert.deepEqual([code, signal, out, err], [0, null, 'alive\n', '']);
});

test('the addon is loaded by a worker alone', async () => {
  const { code, signal, out } = await child(
    `const { Worker } = require('worker_threads');
     new Worker(${JSON.stringify(script)}, { workerData: 'exit' }).on('message', (state) => console.log(state));`,
    { prelude: '' },
  );
  assert.deepEqual([code, signal, out], [0, null, 'open\n']);
});

test('two copies of the JavaScript in one thread do not disturb each other', async () => {
  const mine = Engine.fromText(COMMON);
  const cached = Object.keys(require.cache).filter(
    (file) => file.startsWith(path.join(__dirname, '..')) && !file.includes('node_modules') && !file.endsWith('.node'),
  );
  const saved = cached.map((file) => [file, require.cache[file]]);
  cached.forEach((file) => delete require.cache[file]);
  const other = require('..').Engine.fromText(COMMON);
  saved.forEach(([file, module]) => (require.cache[file] = module));
  assert.notEqual(other.constructor, Engine);
  const results = await Promise.all([
    mine.app('window', 'm').execute(async () => 1),
    other.app('window', 'm').execute(async () => 2),
  ]);
  assert.deepEqual(results, [1, 2]);
  mine.dispose();
  other.dispose();
});

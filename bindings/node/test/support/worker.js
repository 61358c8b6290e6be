'use strict';
// In a worker thread: loads the addon, uses it, and leaves as it is told to.

const { parentPort, workerData } = require('worker_threads');
const { Engine, Outcome } = require('../..');
const { COMMON } = require('./policies');

const engine = Engine.fromText(COMMON);
const kept = []; // words, waits and timers that are alive when the thread ends

(async () => {
  for (const name of ['plain', 'window', 'timeout', 'retry']) {
    for (let i = 0; i < 200; i++) await engine.app(name, `m${i % 20}`).execute(async () => i);
    kept.push(
      engine
        .app(name, 'm')
        .execute(() => new Promise(() => {}))
        .catch(() => {}), // a budget may end before the thread does
    );
  }
  kept.push(
    engine
      .app('retry', 'm')
      .execute(() => Promise.reject(new Error('down')))
      .catch(() => {}),
  );
  for (let i = 0; i < 2; i++) engine.app('plain', 'm').begin().end(Outcome.FAILURE);
  parentPort.postMessage(engine.app('plain', 'm').state);
  if (workerData === 'exit') process.exit(0);
  if (workerData === 'throw') throw new Error('as told');
  if (workerData === 'dispose') {
    engine.dispose();
    process.exit(0);
  }
  // 'terminate': the main thread does it
})();

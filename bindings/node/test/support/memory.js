'use strict';
// A process of its own that makes many calls of one kind and tells how much memory stayed behind. node:test cannot be in it:
// its runner remembers every asynchronous resource.
//   node --expose-gc --single-threaded memory.js KIND BLOCKS ROUNDS -> [{live, rss, tickets}, ...], what each block of rounds
//   grew by, in bytes and tickets. Tables grow in steps; a leak grows in every block. What V8's helper threads hold at the moment
//   of a look is chance, so there are none.

const { Engine, Outcome } = require('../..');
const native = require('../../lib/native');
const { wrapFetch } = require('../../http/fetch');
const { COMMON } = require('./policies');

const engine = Engine.fromText(COMMON);
const app = (name) => engine.app(name, 'm');
const fail = () => Promise.reject(new Error('down'));
const controller = new AbortController();
const fetchTimeout = wrapFetch(engine, {
  fetch: async (url, { signal }) => new Response('x', { headers: { a: typeof signal } }),
});
const fetchPath = wrapFetch(engine, { fetch: async () => 'ok' });
let paths = 0;

const execute = (name) => async () => {
  const endpoint = app(name);
  for (let i = 0; i < 100_000; i++) await endpoint.execute(async () => i);
};

const kinds = {
  plain: execute('plain'),
  window: execute('window'),
  timeout: execute('timeout'),
  async sync() {
    for (let i = 0; i < 100_000; i++) app('plain').executeSync(() => i);
  },
  async byHand() {
    for (let i = 0; i < 50_000; i++) {
      app('plain').begin().end(Outcome.SUCCESS);
      app('window').begin().end(Outcome.SUCCESS);
    }
  },
  async failures() {
    for (let i = 0; i < 5000; i++) {
      await app('unknown').tryExecute(fail);
      await app('plain')
        .execute(fail)
        .catch(() => {});
      await app('plain').tryExecute(fail);
    }
  },
  async signals() {
    for (let i = 0; i < 5000; i++) {
      await app('unknown').execute(async () => i, { signal: controller.signal });
      const own = new AbortController();
      const call = app('window').execute(() => new Promise((resolve) => setImmediate(resolve)), { signal: own.signal });
      own.abort();;
      await call.catch(() => {});
    }
  },
  async followers() {
    for (let i = 0; i < 10_000; i++) await app('plain').execute(async ({ signal }) => void AbortSignal.any?.([signal]));
  },
  // Requests with a signal that lives as long as the process, and a budget that gives each attempt a signal of its own.
  async longSignal() {
    for (let i = 0; i < 10_000; i++) await fetchTimeout('http://timeout/m', { signal: controller.signal });
  },
  async longSignalRead() {
    const fn = async ({ signal }) => void signal.aborted;
    for (let i = 0; i < 10_000; i++) await app('timeout').execute(fn, { signal: controller.signal });
  },
  // 200 000 in all, with the default bound, and as many without an id in common.
  async paths() {
    for (let i = 0; i < 25_000; i++) {
      await fetchPath(`http://plain/p-${(paths++).toString(36)}x`);
      await fetchPath(`http://plain/orders/${paths}`);
    }
  },
  async reloads() {
    for (let i = 0; i < 100; i++) engine.reloadText(COMMON);
  },
  async engines() {
    for (let i = 0; i < 50; i++) {
      const other = Engine.fromText(COMMON);
      await other.app('plain', 'm').execute(async () => i);
      other.dispose();
    }
  },
};

const settle = async () => {
  for (let i = 0; i < 4; i++) {
    global.gc();
    await new Promise(setImmediate); // finalizers run between turns
  }
};

async function usage() {
  await settle();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { live: heapUsed + external, rss, tickets: native.ticketsHeld() };
}

async function main([kind, blocks, rounds]) {
  const round = kinds[kind];
  for (let i = 0; i < 3; i++) await round();
  const grown = [];
  for (let before = await usage(); grown.length < Number(blocks);) {
    for (let i = 0; i < Number(rounds); i++) await round();
    const after = await usage();
    grown.push(Object.fromEntries(Object.keys(before).map((key) => [key, after[key] - before[key]])));
    before = after;
  }
  console.log(JSON.stringify(grown));
}

if (require.main === module) main(process.argv.slice(2));

module.exports = { kinds: Object.keys(kinds) };

'use strict';
// What an engine does to the process around it.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { child } = require('./support/child');

test('an idle engine keeps nothing alive', async () => {
  const { code, out } = await child(
    `
    const engine = Engine.fromText(COMMON);
    engine.on('retry', () => {});
    (async () => {
      for (const name of ['plain', 'window', 'timeout']) await engine.app(name, 'm').execute(async () => 1);
      await engine.app('timeout', 'm').execute(() => new Promise((resolve) => setTimeout(resolve, 20)));
      console.log('done');
    })();
  `.replace('COMMON)', "COMMON.replace('second: 1s', 'second: 1h'))"),
  );
  assert.deepEqual([code, out], [0, 'done\n']); // a child that does not end by itself is killed, and has no code
});

test('a pending retry keeps the process alive', async () => {
  const { code, out } = await child(`
    const engine = Engine.fromText(policies({ retries: '{r: {duration: 300ms, maxRetries: 1}}', apps: '{a: {retry: r}}' }));
    engine.app('a', 'm').execute(async ({ attempt }) => { if (attempt === 1) throw new Error('down'); console.log('retried'); });
  `);
  assert.deepEqual([code, out], [0, 'retried\n']);
});

test('a wait for an open breaker keeps the process alive', async () => {
  const { code, out } = await child(`
    const engine = Engine.fromText(policies({ breakers: '{cb: {timeout: 300ms, trip: consecutiveFailures >= 1}}', apps: '{a: {circuitBreaker: cb}}' }));
    engine.app('a', 'm').begin().end(Outcome.FAILURE);
    engine.app('a', 'm').execute(() => console.log('probed'), { waitWhenOpen: true });
  `);
  assert.deepEqual([code, out], [0, 'probed\n']);
});

test('an attempt with a budget keeps the process alive until it ends', async () => {
  const { code, out } = await child(`
    const engine = Engine.fromText(policies({ timeouts: '{t: 300ms}', apps: '{a: {timeout: t}}' }));
    engine.app('a', 'm').execute(() => new Promise(() => {})).catch((error) => console.log(error.code));
  `);
  assert.deepEqual([code, out], [0, 'RESIL_TIMEOUT\n']);
});

test('handled failures never become unhandled rejections', async () => {
  const { code, out, err } = await child(`
    process.on('unhandledRejection', (reason) => { console.log('unhandled', reason); });
    const engine = Engine.fromText(policies({
      timeouts: '{t: 20ms}', retries: '{r: {duration: 10ms, maxRetries: 2}}', breakers: '{cb: {timeout: 1h, trip: consecutiveFailures >= 100}}',
      apps: '{a: {timeout: t, retry: r, circuitBreaker: cb}, b: {circuitBreaker: cb}}' }));
    const later = (ms) => new Promise((resolve, reject) => setTimeout(reject, ms, new Error('late')));
    (async () => {
      const fail = () => Promise.reject(new Error('down'));
      for (const name of ['a', 'b']) {
        const endpoint = engine.app(name, 'm');
        await endpoint.execute(fail).catch(() => {});
        await endpoint.tryExecute(fail);
        await endpoint.execute(() => later(30)).catch(() => {});          // rejects after its budget
        const controller = new AbortController();
        const call = endpoint.execute(() => later(30), { signal: controller.signal }).catch(() => {});
        controller.abort();
        await call;
        try { endpoint.executeSync(() => later(5)); } catch {}
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      console.log('quiet');
    })();
  `);
  assert.deepEqual([code, out, err], [0, 'quiet\n', '']);
});

test('a failure that nobody handles is one unhandled rejection', async () => {
  for (const name of ['plain', 'window', 'timeout']) {
    const { code, out } = await child(`
      let n = 0;
      process.on('unhandledRejection', (reason) => { n++; });
      Engine.fromText(COMMON).app('${name}', 'm').execute(() => Promise.reject(new Error('down')));
      process.on('exit', () => console.log(n));
    `);
    assert.deepEqual([code, out], [0, '1\n'], name);
  }
});

test('a listener that throws does not harm the call; its mistake is an uncaught exception', async () => {
  const { code, out } = await child(`
    process.on('uncaughtException', (error) => console.log('uncaught', error.message));
    const engine = Engine.fromText(COMMON);
    engine.on('retry', () => { throw new Error('oops'); });
    console.log(engine.app('retry', 'm').begin().end(Outcome.FAILURE));
  `);
  assert.deepEqual([code, out], [0, 'retry\nuncaught oops\n']);
});

test('nothing is written to the console unasked', async () => {
  const { out, err } = await child(`
    const engine = Engine.fromText(COMMON);
    for (const name of ['plain', 'plain', 'plain', 'retry', 'status']) engine.app(name, 'm').executeSync(() => {});
    engine.app('retry', 'm').begin().end(Outcome.FAILURE);
  `);
  assert.deepEqual([out, err], ['', '']);
  const logged = await child(`Engine.fromText(COMMON, { log: true }).app('retry', 'm').begin().end(Outcome.FAILURE);`);
  assert.equal(logged.out, 'Error processing operation endpoint[retry, retry:m]. Retrying...\n');
});

test('process.exit in the middle of everything', async () => {
  const { code, signal } = await child(`
    const engine = Engine.fromText(COMMON);
    for (const name of ['plain', 'window', 'timeout', 'retry']) engine.app(name, 'm').execute(() => new Promise(() => {}));
    engine.app('retry', 'm').execute(() => Promise.reject(new Error('down'))).catch(() => {});
    setTimeout(() => process.exit(3), 20);
  `);
  assert.deepEqual([code, signal], [3, null]);
});

test('fake timers installed later are honoured', async () => {
  const { code, out } = await child(`
    const engine = Engine.fromText(COMMON);
    const timers = [];
    globalThis.setTimeout = (callback, ms) => { timers.push([callback, ms]); return {}; };
    engine.app('retry', 'm').execute(async ({ attempt }) => { console.log(attempt); if (attempt < 2) throw new Error('down'); });
    setImmediate(() => { console.log(timers[0][1]); timers[0][0](); });
  `);
  assert.deepEqual([code, out], [0, '1\n2000\n2\n']);
});

test('a wait is rounded up to what the timers of the machine can tell apart', async () => {
  const { code, out } = await child(`
    const engine = Engine.fromText(policies({ retries: '{r: {policy: exponential}}', apps: '{a: {retry: r}}' }), { jitterSeed: 7 });
    let wanted;
    engine.on('retry', ({ delayMs }) => { wanted = delayMs; });
    globalThis.setTimeout = (callback, ms) => { console.log(wanted % 1 > 0, ms === Math.ceil(wanted)); return {}; };
    engine.app('a', 'm').execute(() => Promise.reject(new Error('down')));
  `);
  assert.deepEqual([code, out], [0, 'true true\n']);
});

test('fake timers that are taken away again take no budgets with them', async () => {
  const { code, out } = await child(`
    const engine = Engine.fromText(policies({ timeouts: '{t: 30ms}', apps: '{a: {timeout: t}}' }));
    const real = globalThis.setTimeout;
    const never = () => new Promise(() => {});
    const over = (name) => engine.app('a', name).execute(never).catch(({ code }) => console.log(name, code));
    (async () => {
      await over('before'); // leaves no timer of its own
      let fakes = [];
      globalThis.setTimeout = (callback) => { fakes.push(callback); return {}; };
      engine.app('a', 'tick').execute(never).catch(() => {});
      fakes.shift()(); // the tick; the timer itself never fires
      engine.app('a', 'young').execute(never).catch(() => {});
      globalThis.setTimeout = real;
      await over('after');
    })();
  `);
  assert.deepEqual([code, out], [0, 'before RESIL_TIMEOUT\nafter RESIL_TIMEOUT\n']);
});

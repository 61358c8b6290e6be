'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Readable } = require('stream');
const { finished } = require('stream/promises');
const { wrapFetch } = require('../http/fetch');
const { VirtualClock } = require('../testing');
const { serve, engineFor, asked } = require('./support/server');
const { counts } = require('./support/policies');

const set = async (t, answers, { engine: settings, ...options } = {}) => {
  const server = await serve(t, answers);
  const engine = engineFor(t, settings);
  return { server, engine, fetch: wrapFetch(engine, options) };
};

test('app and method come from host and path; the answer is untouched', async (t) => {
  const { server, engine, fetch } = await set(t, [{ headers: { 'x-y': 'z' }, body: 'hello' }]);
  const response = await fetch(`${server.url}/orders/1?x=2`);
  assert.deepEqual([response.status, response.headers.get('x-y'), await response.text()], [200, 'z', 'hello']);
  assert.equal(counts(engine, engine.app('127.0.0.1', 'orders/{id}')).successes, 1);
  const named = await fetch(new URL(`${server.url}/orders`), { headers: { 'dapr-app-id': 'order-processor' } });
  await named.text();
  assert.equal(counts(engine, engine.app('order-processor', 'orders')).successes, 1);
});

test('statuses are read: retried as the policy lists them, and the last response is the answer', async (t) => {
  const { server, fetch } = await set(t, [{ status: 503 }, { status: 500 }, { body: 'third' }]);
  assert.equal(await (await fetch(server.url)).text(), 'third');
  assert.equal(server.seen.length, 3);
  const failing = await set(t, [{ status: 503, body: 'down' }]);
  const response = await failing.fetch(failing.server.url);
  assert.deepEqual([response.status, await response.text(), failing.server.seen.length], [503, 'down', 4]);
  const missing = await set(t, [{ status: 404 }]);
  assert.equal((await missing.fetch(missing.server.url)).status, 404);
  assert.equal(missing.server.seen.length, 1);
});

test("connections that break are retried; what remains is RESIL_EXHAUSTED with fetch's error", async (t) => {
  const { server, fetch } = await set(t, [{ drop: true }, { drop: true }, {}]);
  assert.equal((await fetch(server.url)).status, 200);
  const broken = await set(t, [{ drop: true }], { engine: { retries: 1 } });
  await assert.rejects(
    broken.fetch(broken.server.url),
    (error) => error.code === 'RESIL_EXHAUSTED' && error.cause instanceof TypeError,
  );
  assert.equal(broken.server.seen.length, 2);
});

test('Retry-After is obeyed', async (t) => {
  const { server, fetch } = await set(t, [{ status: 429, headers: { 'retry-after': '1' } }, {}]);
  const start = performance.now();
  await fetch(server.url);
  assert.ok(performance.now() - start >= 990);
});

test('bodies are sent again whole: text, buffers, forms, blobs, and those of a Request', async (t) => {
  const form = new FormData();
  form.set('a', 'b');
  const bodies = [
    'text',
    Buffer.from('buffer'),
    new Uint8Array([97]),
    new URLSearchParams('a=b'),
    new Blob(['blob']),
    form,
  ];
  for (const body of bodies) {
    const { server, fetch } = await set(t, [{ status: 500 }, {}]);
    assert.equal((await fetch(server.url, { method: 'POST', body })).status, 200);
    assert.equal(server.seen.length, 2);
    if (body === form) assert.match(server.seen[1].body, /name="a"/);
    else assert.equal(server.seen[0].body, server.seen[1].body);
    assert.notEqual(server.seen[1].body, '');
  }
  const { server, fetch } = await set(t, [{ status: 500 }, { status: 500 }, {}]);
  const request = new Request(server.url, { method: 'PUT', body: 'of a request', headers: { 'x-a': 'b' } });
  assert.equal((await fetch(request)).status, 200);
  assert.deepEqual(
    server.seen.map(({ method, body, headers }) => [method, body, headers['x-a']]),
    Array(3).fill(['PUT', 'of a request', 'b']),
  );
  await assert.rejects(fetch(request), TypeError); // it has been used, as fetch would have
});

test('a stream is sent once; its retry is refused with the reason', async (t) => {
  const stream = () => new Blob(['streamed']).stream();
  const { server, engine, fetch } = await set(t, [{ drop: true }]);
  await assert.rejects(fetch(server.url, { method: 'POST', body: stream(), duplex: 'half' }), (error) => {
    assert.equal(error.code, 'RESIL_RETRY_REFUSED');
    assert.match(error.message, /its body is a stream/);
    assert.ok(error.cause instanceof TypeError);
    return true;
  });
  assert.equal(server.seen.length, 1);
  const failing = await set(t, [{ status: 503 }]);
  const refused = [];
  failing.engine.on('retryRefused', ({ reason }) => refused.push(reason));
  assert.equal(
    (await failing.fetch(failing.server.url, { method: 'POST', body: stream(), duplex: 'half' })).status,
    503,
  );
  assert.equal(failing.server.seen.length, 1);
  assert.match(refused[0], /stream/);
  assert.equal(engine.disposed, false);
});

test('budgets abort the request; callers cancel it', async (t) => {
  const clock = new VirtualClock();
  const slow = await set(t, [{ hang: true }, { hang: true }, { body: 'fast' }], { engine: { clock } });
  const call = slow.fetch(slow.server.url);
  for (let n = 1; n <= 2; n++) {
    await asked(slow.server, n);
    await clock.advance(60_005);
  }
  assert.equal(await (await call).text(), 'fast');
  assert.equal(slow.server.seen.length, 3);
  const hanging = await set(t, [{ hang: true }]);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  await assert.rejects(hanging.fetch(hanging.server.url, { signal: controller.signal }), { name: 'AbortError' });
  await assert.rejects(hanging.fetch(new Request(hanging.server.url, { signal: AbortSignal.timeout(30) })), {
    name: 'TimeoutError',
  });
  const { cancelled, timeouts } = counts(hanging.engine, hanging.engine.app('127.0.0.1'));
  assert.deepEqual([cancelled, timeouts], [1, 1]);
});

test('a caller may still cancel while it reads the body', async (t) => {
  for (const app of ['127.0.0.1', 'untimed']) {
    const { server, fetch } = await set(t, [{ body: 'x'.repeat(4 * 1024 * 1024) }], { target: () => ({ app }) });
    const controller = new AbortController();
    const response = await fetch(server.url, { signal: controller.signal });
    controller.abort();
    await assert.rejects(response.text(), { name: 'AbortError' });
  }
});

test('the breaker opens, rejects, and may be waited for', async (t) => {
  const clock = new VirtualClock();
  const settings = { engine: { retries: 0, trip: 'consecutiveFailures >= 2', clock } };
  const { server, engine } = await set(t, [{ status: 500 }, { status: 500 }, {}], settings);
  const fetch = wrapFetch(engine);
  for (let i = 0; i < 2; i++) await fetch(server.url);
  await assert.rejects(fetch(server.url), { code: 'RESIL_OPEN' });
  const hurried = wrapFetch(engine, { waitWhenOpen: true, deadline: 30 });
  await assert.rejects(hurried(server.url), { code: 'RESIL_OPEN' }); // a probe would come after its deadline
  const patient = wrapFetch(engine, { waitWhenOpen: true })(server.url);
  await clock.advance(61);
  assert.equal((await patient).status, 200);
});

test('it takes what fetch takes, and rejects where fetch would', async (t) => {
  const { server, engine, fetch } = await set(t, [{}]);
  assert.equal(await (await fetch('data:text/plain,hello', null)).text(), 'hello'); // no host, no policies
  assert.equal((await fetch(server.url, null)).status, 200);
  for (const wrong of ['/relative', 'not a url', Symbol('x')]) {
    await assert.rejects(fetch(wrong), TypeError);
    await assert.rejects(globalThis.fetch(wrong), TypeError);
  }
  const aborted = new Request(server.url, { signal: AbortSignal.abort() });
  await assert.rejects(fetch(aborted), { name: 'AbortError' });
  assert.equal((await fetch(aborted, { signal: null })).status, 200);
  engine.dispose();
  await assert.rejects(fetch(server.url), { code: 'RESIL_CLOSED' });
});

test('a target function chooses, and may leave a request alone', async (t) => {
  const { server, engine } = await set(t, [{ status: 500 }]);
  const seen = [];
  const fetch = wrapFetch(engine, {
    target: ({ url, method, headers }) => {
      seen.push([new URL(url).pathname, method, headers?.['x-a']]);
      return undefined;
    },
  });
  assert.equal((await fetch(`${server.url}/p`, { method: 'post', headers: { 'x-a': 'b' } })).status, 500);
  assert.equal(server.seen.length, 1);
  assert.deepEqual(seen, [['/p', 'POST', 'b']]);
  assert.throws(() => wrapFetch(engine, { target: 'x' }), TypeError);
  const own = wrapFetch(engine, { fetch: async () => new Response('own') });
  assert.equal(await (await own('http://127.0.0.1')).text(), 'own');
});

test('a body that is a stream of Node, as that of node-fetch, is read to its end', async (t) => {
  const engine = engineFor(t);
  const bodies = [];
  const inner = async () => {
    const body = Readable.from(['sorry, ', 'not now']);
    bodies.push(body);
    return { status: bodies.length < 3 ? 500 : 200, headers: new Headers(), body };
  };
  assert.equal((await wrapFetch(engine, { fetch: inner })('http://127.0.0.1')).status, 200);
  await Promise.all(bodies.slice(0, 2).map((body) => finished(body))); // or the test would not end
  assert.deepEqual(
    bodies.map(({ readableEnded }) => readableEnded),
    [true, true, false],
  );
});

test('the body of a response that a retry replaces is cancelled, so that its connection is free', async (t) => {
  const engine = engineFor(t);
  let cancelled = 0;
  let n = 0;
  const inner = async () =>
    new Response(new ReadableStream({ cancel: () => void cancelled++ }), { status: ++n < 3 ? 500 : 200 });
  assert.equal((await wrapFetch(engine, { fetch: inner })('http://127.0.0.1')).status, 200);
  assert.equal(cancelled, 2);
});

'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Readable } = require('stream');
const axios = require('axios');
const { attach, adapter } = require('../http/axios');
const { VirtualClock } = require('../testing');
const { serve, engineFor, asked } = require('./support/server');
const { counts } = require('./support/policies');

const set = async (t, answers, { engine: settings, ...options } = {}) => {
  const server = await serve(t, answers);
  const engine = engineFor(t, settings);
  const client = axios.create({ baseURL: `${server.url}/api/` });
  const detach = attach(client, engine, options);
  return { server, engine, client, detach };
};

for (const base of ['http', 'fetch']) {
  test(`${base}: statuses are retried; the last is axios's own error`, async (t) => {
    const { server, engine, client } = await set(t, [{ status: 503 }, { status: 500 }, { body: '{"a":1}' }], {
      adapter: base,
    });
    assert.deepEqual((await client.get('/orders')).data, { a: 1 });
    assert.equal(server.seen.length, 3);
    assert.equal(counts(engine, engine.app('127.0.0.1', 'api/orders')).successes, 1);
    const failing = await set(t, [{ status: 503 }], { adapter: base });
    await assert.rejects(
      failing.client.get('x'),
      (error) => axios.isAxiosError(error) && error.response.status === 503,
    );
    assert.equal(failing.server.seen.length, 4);
    const missing = await set(t, [{ status: 404 }], { adapter: base });
    await assert.rejects(missing.client.get('x'), (error) => error.response.status === 404);
    assert.equal(missing.server.seen.length, 1);
  });

  test(`${base}: broken connections are retried, then RESIL_EXHAUSTED`, async (t) => {
    const { client } = await set(t, [{ drop: true }, {}], { adapter: base });
    assert.equal((await client.post('x', { a: 1 })).status, 200);
    const broken = await set(t, [{ drop: true }], { adapter: base, engine: { retries: 1 } });
    await assert.rejects(
      broken.client.get('x'),
      (error) => error.code === 'RESIL_EXHAUSTED' && axios.isAxiosError(error.cause),
    );
  });

  test(`${base}: cancelling is axios's, by signal and by token`, async (t) => {
    const { client, engine } = await set(t, [{ hang: true }], { adapter: base });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    await assert.rejects(client.get('x', { signal: controller.signal }), (error) => axios.isCancel(error));
    const source = axios.CancelToken.source();
    setTimeout(() => source.cancel('enough'), 30);
    await assert.rejects(client.get('x', { cancelToken: source.token }), (error) => axios.isCancel(error));
    const { cancelled, failures } = counts(engine, engine.app('127.0.0.1', 'api/x'));
    assert.deepEqual([cancelled, failures], [2, 0]);
  });
}

for (const base of ['http', 'fetch']) {
  test(`${base}: a stream that a retry replaces is let go, whether axios threw it or not`, async (t) => {
    const failed = [];
    const { server, client } = await set(t, [{ status: 503, body: 'x'.repeat(1 << 20) }, {}], {
      adapter: async (config) => {
        const keep = (response) => void failed.push(response.data);
        try {
          const response = await axios.getAdapter(base)(config);
          if (response.status === 503) keep(response);
          return response;
        } catch (error) {
          keep(error.response);
          throw error;
        }
      },
    });
    const free = async (stream) => {
      if (typeof stream.getReader !== 'function') return stream.destroyed;
      return (await stream.getReader().read()).done; // a stream that has been cancelled is at its end
    };
    for (const validateStatus of [(status) => status < 400, () => true]) {
      server.seen.length = 0;
      assert.equal((await client.get('x', { responseType: 'stream', validateStatus })).status, 200);
      assert.equal(await free(failed.pop()), true, String(validateStatus));
    }
  });
}

test('a wait between attempts is cancelled too', async (t) => {
  const { client } = await set(t, [{ status: 500 }], { engine: { duration: '1h' } });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  await assert.rejects(client.get('x', { signal: controller.signal }), (error) => axios.isCancel(error));
});

test('bodies are sent again, streams are not', async (t) => {
  const { server, client } = await set(t, [{ status: 500 }, {}]);
  await client.post('x', { order: 1 });
  assert.deepEqual(
    server.seen.map(({ body }) => body),
    ['{"order":1}', '{"order":1}'],
  );
  const form = new FormData();
  form.set('name', 'value of it');
  const posted = await set(t, [{ status: 500 }, {}]);
  await posted.client.post('x', form);
  assert.equal(posted.server.seen.length, 2);
  for (const { body, headers } of posted.server.seen) {
    assert.match(body, /name="name"[^]*value of it/);
    assert.ok(body.includes(/boundary=(\S+)/.exec(headers['content-type'])[1]));
  }
  const streaming = await set(t, [{ drop: true }]);
  await assert.rejects(streaming.client.post('x', Readable.from(['s'])), { code: 'RESIL_RETRY_REFUSED' });
  assert.equal(streaming.server.seen.length, 1);
  const failing = await set(t, [{ status: 503 }]);
  await assert.rejects(
    failing.client.post('x', Readable.from(['s'])),
    (error) => axios.isAxiosError(error) && error.response.status === 503,
  );
  assert.equal(failing.server.seen.length, 1);
});

test('a status that validateStatus lets pass is judged all the same', async (t) => {
  const { server, client } = await set(t, [{ status: 503 }]);
  assert.equal((await client.get('x', { validateStatus: () => true })).status, 503);
  assert.equal(server.seen.length, 4);
});

test('interceptors run once a request', async (t) => {
  const { server, client } = await set(t, [{ status: 500 }, {}]);
  let [asked, answered] = [0, 0];
  client.interceptors.request.use((config) => (asked++, config));
  client.interceptors.response.use((response) => (answered++, response));
  await client.get('x');
  assert.deepEqual([asked, answered, server.seen.length], [1, 1, 2]);
});

test('a budget ends an attempt', async (t) => {
  const clock = new VirtualClock();
  const { client, server } = await set(t, [{ hang: true }, {}], { engine: { clock } });
  const call = client.get('x');
  await asked(server, 1);
  await clock.advance(60_005);
  assert.equal((await call).status, 200);
  assert.equal(server.seen.length, 2);
});

test('an open breaker rejects, or is waited for; detach takes it all away', async (t) => {
  const clock = new VirtualClock();
  const settings = { engine: { retries: 0, trip: 'consecutiveFailures >= 2', clock } };
  const { client, engine, detach } = await set(t, [{ status: 500 }, { status: 500 }, {}], settings);
  for (let i = 0; i < 2; i++) await assert.rejects(client.get('x'));
  await assert.rejects(client.get('x'), { code: 'RESIL_OPEN' });
  const { baseURL } = client.defaults;
  const hurried = axios.create({ baseURL, adapter: adapter(engine, { waitWhenOpen: true, deadline: 30 }) });
  await assert.rejects(hurried.get('x'), { code: 'RESIL_OPEN' }); // a probe would come after its deadline
  const patient = axios.create({ baseURL, adapter: adapter(engine, { waitWhenOpen: true }) });
  const waiting = patient.get('x');
  await clock.advance(61);
  assert.equal((await waiting).status, 200);
  const before = counts(engine, engine.app('127.0.0.1', 'api/x')).successes;
  detach();
  assert.equal((await client.get('x')).status, 200);
  assert.equal(counts(engine, engine.app('127.0.0.1', 'api/x')).successes, before);
});

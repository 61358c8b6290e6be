'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Readable } = require('stream');
const { interceptor } = require('../http/undici');
const { VirtualClock } = require('../testing');
const { serve, engineFor, asked } = require('./support/server');
const { counts } = require('./support/policies');

const versions = [require('undici-6')];
try {
  versions.push(require('undici')); // needs a newer Node than this package does
} catch {}

for (const undici of versions) {
  const { Agent, request, fetch, MockAgent, stream } = undici;
  const label = `undici ${undici === versions[0] ? '6' : '7'}`;

  const set = async (t, answers, { engine: settings, ...options } = {}) => {
    const server = await serve(t, answers);
    const engine = engineFor(t, settings);
    const agent = new Agent({ keepAliveTimeout: 600_000 });
    t.after(() => agent.destroy());
    return { server, engine, dispatcher: agent.compose(interceptor(engine, options)) };
  };

  test(`${label}: an answer passes untouched`, async (t) => {
    const { server, engine, dispatcher } = await set(t, [{ headers: { 'x-y': ['a', 'b'] }, body: 'hello' }]);
    const { statusCode, headers, body } = await request(`${server.url}/orders?x=1`, { dispatcher });
    assert.deepEqual([statusCode, headers['x-y'], await body.text()], [200, ['a', 'b'], 'hello']);
    assert.equal(counts(engine, engine.app('127.0.0.1', 'orders')).successes, 1);
    await (await request(`${server.url}/orders`, { dispatcher, headers: { 'Dapr-App-Id': 'named' } })).body.dump();
    assert.equal(counts(engine, engine.app('named', 'orders')).successes, 1);
  });

  test(`${label}: statuses and broken connections are retried, on the same connection where it lives`, async (t) => {
    const { server, dispatcher } = await set(t, [
      { status: 503 },
      { status: 500, body: 'x'.repeat(1000) },
      { body: 'third' },
    ]);
    const { statusCode, body } = await request(server.url, { dispatcher });
    assert.deepEqual([statusCode, await body.text()], [200, 'third']);
    assert.deepEqual([server.seen.length, server.connections()], [3, 1]);
    const broken = await set(t, [{ drop: true }, {}]);
    assert.equal((await request(broken.server.url, { dispatcher: broken.dispatcher })).statusCode, 200);
  });

  test(`${label}: the last response is the answer, the last error is RESIL_EXHAUSTED`, async (t) => {
    const failing = await set(t, [{ status: 503, body: 'down' }]);
    const { statusCode, body } = await request(failing.server.url, { dispatcher: failing.dispatcher });
    assert.deepEqual([statusCode, await body.text(), failing.server.seen.length], [503, 'down', 4]);
    const broken = await set(t, [{ drop: true }], { engine: { retries: 1 } });
    await assert.rejects(
      request(broken.server.url, { dispatcher: broken.dispatcher }),
      (error) => error.code === 'RESIL_EXHAUSTED' && /UND_ERR|ECONN/.test(error.cause.code),
    );
  });

  test(`${label}: bodies are sent again, streams are not`, async (t) => {
    for (const body of ['text', Buffer.from('buffer'), new Uint8Array([97])]) {
      const { server, dispatcher } = await set(t, [{ status: 500 }, {}]);
      await (await request(server.url, { dispatcher, method: 'POST', body })).body.dump();
      assert.equal(server.seen[0].body, server.seen[1].body);
      assert.notEqual(server.seen[1].body, '');
    }
    const refused = [];
    const { server, engine, dispatcher } = await set(t, [{ status: 503 }]);
    engine.on('retryRefused', ({ reason }) => refused.push(reason));
    const answer = await request(server.url, { dispatcher, method: 'POST', body: Readable.from(['streamed']) });
    assert.deepEqual([answer.statusCode, await answer.body.text(), server.seen.length], [503, 'ok', 1]);
    assert.match(refused[0], /stream/);
    const broken = await set(t, [{ drop: true }]);
    await assert.rejects(
      request(broken.server.url, { dispatcher: broken.dispatcher, method: 'POST', body: Readable.from(['s']) }),
      { code: 'RESIL_RETRY_REFUSED' },
    );
  });

  test(`${label}: Retry-After is obeyed`, async (t) => {
    const { server, dispatcher } = await set(t, [{ status: 429, headers: { 'Retry-After': '1' } }, {}]);
    const start = performance.now();
    await request(server.url, { dispatcher });
    assert.ok(performance.now() - start >= 990);
  });

  test(`${label}: budgets end attempts, callers end operations`, async (t) => {
    const clock = new VirtualClock();
    const slow = await set(t, [{ hang: true }, { body: 'fast' }], { engine: { clock } });
    const call = request(slow.server.url, { dispatcher: slow.dispatcher });
    await asked(slow.server, 1);
    await clock.advance(60_005);
    assert.equal(await (await call).body.text(), 'fast');
    assert.equal(slow.server.seen.length, 2);
    const hanging = await set(t, [{ hang: true }], { engine: { budget: '60ms', retries: 0 } });
    await assert.rejects(request(hanging.server.url, { dispatcher: hanging.dispatcher }), { code: 'RESIL_TIMEOUT' });
    const left = await set(t, [{ hang: true }]);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    await assert.rejects(request(left.server.url, { dispatcher: left.dispatcher, signal: controller.signal }), {
      name: 'AbortError',
    });
    const { cancelled, failures } = counts(left.engine, left.engine.app('127.0.0.1'));
    assert.deepEqual([cancelled, failures], [1, 0]);
    const waiting = await set(t, [{ status: 500 }], { engine: { duration: '1h' } });
    const other = new AbortController();
    setTimeout(() => other.abort(), 50);
    await assert.rejects(request(waiting.server.url, { dispatcher: waiting.dispatcher, signal: other.signal }), {
      name: 'AbortError',
    });
  });

  test(`${label}: a body may be cancelled while it is read, and read slowly`, async (t) => {
    const big = 'x'.repeat(8 * 1024 * 1024);
    const { server, dispatcher } = await set(t, [{ status: 500 }, { body: big }]);
    const controller = new AbortController();
    const { body } = await request(server.url, { dispatcher, signal: controller.signal });
    controller.abort();
    await assert.rejects(body.text(), { name: 'AbortError' });
    let read = 0;
    for await (const chunk of (await request(server.url, { dispatcher })).body) {
      read += chunk.length;
      if (read < 300_000) await new Promise((resolve) => setTimeout(resolve, 5)); // back-pressure
    }
    assert.equal(read, big.length);
  });

  test(`${label}: an open breaker rejects, or is waited for`, async (t) => {
    const clock = new VirtualClock();
    const { server, engine, dispatcher } = await set(t, [{ status: 500 }, { status: 500 }, {}], {
      engine: { retries: 0, trip: 'consecutiveFailures >= 2', clock },
    });
    for (let i = 0; i < 2; i++) await (await request(server.url, { dispatcher })).body.dump();
    await assert.rejects(request(server.url, { dispatcher }), { code: 'RESIL_OPEN' });
    const agent = new Agent();
    t.after(() => agent.destroy());
    const hurried = agent.compose(interceptor(engine, { waitWhenOpen: true, deadline: 30 }));
    await assert.rejects(request(server.url, { dispatcher: hurried }), { code: 'RESIL_OPEN' }); // a probe would come too late
    const patient = agent.compose(interceptor(engine, { waitWhenOpen: true }));
    const waiting = request(server.url, { dispatcher: patient });
    await clock.advance(61);
    assert.equal((await waiting).statusCode, 200);
  });

  test(`${label}: the host is the dispatcher's, whatever the path looks like, or the target function's to say`, async (t) => {
    const { server, engine, dispatcher } = await set(t, [{ status: 500 }, {}]);
    const options = { origin: server.url, path: '//elsewhere/orders', method: 'GET' };
    assert.equal((await dispatcher.request(options)).statusCode, 200);
    assert.equal(counts(engine, engine.app('127.0.0.1', 'elsewhere/orders')).recovered, 1);
    const pool = new undici.Pool(server.url);
    t.after(() => pool.destroy());
    const own = { path: '/orders', method: 'GET' }; // a Pool's requests do not say where they go
    const told = pool.compose(interceptor(engine, { target: ({ url }) => ({ app: 'pool', method: url }) }));
    assert.equal((await told.request(own)).statusCode, 200);
    assert.equal(counts(engine, engine.app('pool', '/orders')).successes, 1);
    await assert.rejects(pool.compose(interceptor(engine)).request(own), /give the option `target`/);
  });

  test(`${label}: a retry does not stand in line behind the rest of an answer that never comes`, async (t) => {
    const server = await serve(t, [{ status: 503, stall: true }, { body: 'second' }]);
    const clock = new VirtualClock();
    const engine = engineFor(t, { retries: 1, clock }); // no budget ends: only undici's own five minutes would
    const client = new undici.Client(server.url); // one connection, one request at a time
    t.after(() => client.destroy());
    const dispatcher = client.compose(interceptor(engine, { target: () => ({ app: '127.0.0.1' }) }));
    let delayed;
    const retried = new Promise((resolve) => (delayed = resolve));
    engine.on('retry', delayed);
    const call = dispatcher.request({ path: '/', method: 'GET' });
    await retried;
    await clock.advance(5);
    const { statusCode, body } = await call;
    assert.deepEqual([statusCode, await body.text(), server.connections()], [200, 'second', 2]);
  });

  test(`${label}: nor does the next request, if the caller leaves before the retry`, async (t) => {
    const server = await serve(t, [{ status: 503, stall: true }, { body: 'next' }]);
    const engine = engineFor(t, { retries: 1, clock: new VirtualClock() });
    const client = new undici.Client(server.url);
    t.after(() => client.destroy());
    const dispatcher = client.compose(interceptor(engine, { target: () => ({ app: '127.0.0.1' }) }));
    const controller = new AbortController();
    engine.on('retry', () => setImmediate(() => controller.abort()));
    const request = { path: '/', method: 'GET', signal: controller.signal };
    await assert.rejects(dispatcher.request(request), { name: 'AbortError' });
    const { body } = await client.request({ path: '/', method: 'GET' });
    assert.deepEqual([await body.text(), server.connections()], ['next', 2]);
  });

  test(`${label}: a handler that throws ends its request, and hears of it`, async (t) => {
    const engine = engineFor(t);
    const agent = new Agent();
    const mock = new MockAgent(); // its answers have come to their end before they are judged
    mock.disableNetConnect();
    t.after(() => Promise.all([agent.destroy(), mock.close()]));
    const server = await serve(t, [{ body: 'x'.repeat(100) }]);
    mock.get('http://127.0.0.1').intercept({ path: '/' }).reply(200, 'x');
    const mistake = new Error('cannot take it');
    for (const [dispatcher, origin] of [
      [agent, server.url],
      [mock, 'http://127.0.0.1'],
    ]) {
      const error = await new Promise((resolve, reject) => {
        const head = () => {
          throw mistake;
        };
        const body = () => reject(new Error('it got the body'));
        const handler =
          undici === versions[0]
            ? { onConnect() {}, onHeaders: head, onData: body, onComplete: body, onError: resolve }
            : {
                onRequestStart() {},
                onResponseStart: head,
                onResponseData: body,
                onResponseEnd: body,
                onResponseError: (_, error) => resolve(error),
              };
        dispatcher.compose(interceptor(engine)).dispatch({ origin, path: '/', method: 'GET' }, handler);
      });
      assert.equal(error, mistake);
    }
  });

  test(`${label}: a request that no engine takes fails, and does not hang`, async (t) => {
    const { server, engine, dispatcher } = await set(t, [{}]);
    engine.dispose();
    await assert.rejects(request(server.url, { dispatcher }), { code: 'RESIL_CLOSED' });
  });

  test(`${label}: other faces of the client work through it`, async (t) => {
    const { server, dispatcher } = await set(t, [
      { status: 500 },
      { body: 'fetched' },
      { status: 500 },
      { body: 'streamed' },
    ]);
    assert.equal(await (await fetch(server.url, { dispatcher })).text(), 'fetched');
    const chunks = [];
    const { Writable } = require('stream');
    await stream(
      server.url,
      { dispatcher, method: 'GET' },
      () => new Writable({ write: (chunk, _, next) => (chunks.push(chunk), next()) }),
    );
    assert.equal(Buffer.concat(chunks).toString(), 'streamed');
  });

  test(`${label}: dispatchers that do not pause, and requests left alone`, async (t) => {
    const engine = engineFor(t);
    const mock = new MockAgent();
    mock.disableNetConnect();
    t.after(() => mock.close());
    const pool = mock.get('http://127.0.0.1');
    pool.intercept({ path: '/a' }).reply(503, 'down');
    pool.intercept({ path: '/a' }).reply(200, 'up');
    const dispatcher = mock.compose(interceptor(engine));
    const { statusCode, body } = await request('http://127.0.0.1/a', { dispatcher });
    assert.deepEqual([statusCode, await body.text()], [200, 'up']);
    pool.intercept({ path: '/b' }).reply(503, 'alone');
    const alone = mock.compose(interceptor(engine, { target: () => undefined }));
    assert.equal((await request('http://127.0.0.1/b', { dispatcher: alone })).statusCode, 503);
  });
}

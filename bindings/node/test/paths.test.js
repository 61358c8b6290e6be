'use strict';
// How many endpoints an adapter makes of the requests it sees. An endpoint lives as long as its engine, and what is asked for is not
// the adapter's to bound.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const undici = require('undici-6');
const axios = require('axios');
const { Engine } = require('..');
const { wrapFetch } = require('../http/fetch');
const { interceptor } = require('../http/undici');
const { adapter } = require('../http/axios');
const { withoutIds } = require('../http/targets');
const { child } = require('./support/child');
const { policies } = require('./support/policies');

const YAML = policies({
  breakers: '{cb: {timeout: 1h, trip: consecutiveFailures >= 2}}',
  apps: '{a: {circuitBreaker: cb}, b: {circuitBreaker: cb}}',
});

// Each makes a function (url) => promise that never leaves this process.
const CLIENTS = {
  fetch: (engine, options) => wrapFetch(engine, { fetch: async () => new Response('ok'), ...options }),
  axios: (engine, options) => {
    const client = axios.create({ adapter: adapter(engine, { adapter: async () => ({ status: 200 }), ...options }) });
    return (url) => client.get(url);
  },
  undici: (engine, options) => {
    const mock = new undici.MockAgent();
    mock.disableNetConnect();
    for (const app of ['a', 'b'])
      mock
        .get(`http://${app}`)
        .intercept({ path: () => true })
        .reply(200, 'ok')
        .persist();
    const dispatcher = mock.compose(interceptor(engine, options));
    return async (url) => (await undici.request(url, { dispatcher })).body.dump();
  },
};

const open = (t, options) => {
  const engine = Engine.fromText(YAML, options);
  t.after(() => engine.dispose());
  const warnings = [];
  engine.on('warning', ({ message }) => warnings.push(message));
  return {
    engine,
    warnings,
    names: () => engine.snapshot().endpoints.map(({ name, method }) => `${name} ${method ?? ''}`),
  };
};

const word = (i) => `p-${i.toString(36)}x`; // no id

for (const [client, make] of Object.entries(CLIENTS)) {
  test(`${client}: further paths share the app's own endpoint, and it is said once`, async (t) => {
    const { engine, warnings, names } = open(t);
    const call = make(engine, { maxPaths: 3 });
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 20; i++) for (const app of ['a', 'b']) await call(`http://${app}/${word(i)}`);
    assert.equal(names().length, 8);
    assert.ok(names().includes('a ') && names().includes('a p-2x') && !names().includes('a p-3x'));
    const own = engine.snapshot().endpoints.find(({ name, method }) => name === 'a' && !method);
    assert.equal(own.calls.successes, 34);
    assert.equal(warnings.length, 2); // a and b
    assert.match(warnings[0], /requests to a have more than 3 paths.*give the adapter a `target`/);
    const other = make(engine, { maxPaths: 3 }); // another adapter of this engine has no paths of its own
    await other('http://a/another');
    assert.equal(names().length, 8);
  });

  test(`${client}: an engine that is full throws nobody out`, async (t) => {
    for (const [maxEndpoints, expected] of [
      [1, ['a ']], // the last places are the apps' own
      [2, ['a p-0x', 'a ']],
      [4, ['a p-0x', 'b p-0x', 'a ', 'b ']],
      [6, ['a p-0x', 'b p-0x', 'a p-1x', 'b p-1x', 'a ', 'b ']],
    ]) {
      const { engine, warnings, names } = open(t, { maxEndpoints });
      const call = make(engine, {});
      for (let i = 0; i < 20; i++) for (const app of ['a', 'b']) await call(`http://${app}/${word(i)}`);
      assert.deepEqual(names(), expected);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0],
        /no room for another endpoint \(.:p-.x\).*raise maxEndpoints, or give the adapter a `target`/,
      );
    }
  });

  test(`${client}: the default bound is a few hundred, and ids make no path of their own`, async (t) => {
    const { engine, names } = open(t);
    const call = make(engine, {});
    for (let i = 0; i < 300; i++) await call(`http://a/orders/${i}/items`);
    assert.deepEqual(names(), ['a orders/{id}/items']);
    for (let i = 0; i < 300; i++) await call(`http://a/${word(i)}`);
    assert.equal(names().length, 257);
    await make(engine, { maxPaths: 0 })('http://b/path');
    assert.ok(names().includes('b '));
    for (const wrong of [-1, 1.5, '3', NaN]) assert.throws(() => make(engine, { maxPaths: wrong }), RangeError);
  });
}

test('a breaker that paths share opens for all of them', async (t) => {
  const { engine } = open(t);
  const call = wrapFetch(engine, { maxPaths: 1, fetch: async () => new Response('', { status: 500 }) });
  await call('http://a/first');
  for (const path of ['second', 'third']) await call(`http://a/${path}`);
  await assert.rejects(call('http://a/fourth'), { code: 'RESIL_OPEN' });
  assert.equal((await call('http://a/first')).status, 500);
});

test('targets of the caller: apps are bounded, others only by the room there is', async (t) => {
  const { engine, names } = open(t, { maxEndpoints: 8 });
  const fetchAs = (target) =>
    wrapFetch(engine, { maxPaths: 2, target: () => target, fetch: async () => new Response() })('http://x');
  for (let i = 0; i < 5; i++) await fetchAs({ app: 'a', method: word(i) });
  for (let i = 0; i < 5; i++) await fetchAs({ actor: 'T', id: word(i) });
  for (let i = 0; i < 5; i++) await fetchAs({ component: `c${i}` });
  assert.deepEqual(names().slice(0, 3), ['a p-0x', 'a p-1x', 'a ']);
  assert.equal(names().length, 8);
});

test('what is an id and what is not', () => {
  for (const [path, expected] of [
    ['orders/1', 'orders/{id}'],
    ['orders/1/items/22', 'orders/{id}/items/{id}'],
    ['o/3F2504E0-4F89-11D3-9A0C-0305E82C3301', 'o/{id}'],
    ['o/507f1f77bcf86cd799439011', 'o/{id}'],
    ['o/da39a3ee5e6b4b0d3255bfef95601890afd80709', 'o/{id}'],
    ['v1/orders', 'v1/orders'],
    ['facade/deadbeef', 'facade/deadbeef'],
    ['a1b2', 'a1b2'],
    ['', ''],
    ['x//', 'x//'],
  ]) {
    assert.equal(withoutIds(path), expected);
  }
});

test('where nobody listens to warnings, the process warns', async () => {
  const { out, err } = await child(`
    const { wrapFetch } = require(${JSON.stringify(require.resolve('../http/fetch'))});
    const fetch = wrapFetch(Engine.fromText(COMMON), { maxPaths: 1, fetch: async () => new Response('ok') });
    (async () => { for (const path of 'abcdef') console.log(await (await fetch('http://plain/' + path)).text()); })();
  `);
  assert.equal(out, 'ok\n'.repeat(6));
  assert.equal(err.match(/ResilWarning: requests to plain have more than 1 paths/g).length, 1);
});

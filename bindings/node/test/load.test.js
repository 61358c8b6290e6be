'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('fs');
const os = require('os');
const path = require('path');
const url = require('url');
const util = require('util');
const { Engine, ConfigError, LimitError, Outcome } = require('..');
const { platform } = require('../lib/binary');
const { COMMON, policies, real } = require('./support/policies');

const examples = path.join(__dirname, '..', '..', '..', 'examples');

function folder(t, files) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'resil-'));
  t.after(() => fs.rmSync(made, { recursive: true }));
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(made, name), text);
  return made;
}

const governed = (engine) => engine.app('order-processor', 'orders').state !== undefined;

test('loads a file, a folder, a file: URL and a text', (t) => {
  const file = path.join(examples, 'resources', 'resiliency.yaml');
  for (const source of [file, path.dirname(file), url.pathToFileURL(file)]) {
    const engine = Engine.load(source, { appId: 'checkout' });
    assert.ok(governed(engine));
    engine.dispose();
  }
  const engine = Engine.fromText(fs.readFileSync(file, 'utf8'), { appId: 'checkout' });
  assert.ok(governed(engine));
  engine.dispose();
});

test('scopes and the configuration switch decide whether policies apply', (t) => {
  const file = path.join(examples, 'resources', 'resiliency.yaml');
  const other = Engine.load(file, { appId: 'someone-else' });
  assert.ok(!governed(other));
  const enabled = Engine.load(file, { appId: 'checkout', config: path.join(examples, 'config.yaml') });
  assert.ok(governed(enabled));
  const off = folder(t, {
    'off.yaml':
      'apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec: {features: [{name: Resiliency, enabled: false}]}\n',
  });
  const disabled = Engine.load(file, { appId: 'checkout', config: path.join(off, 'off.yaml') });
  assert.ok(!governed(disabled));
  [other, enabled, disabled].forEach((engine) => engine.dispose());
});

test('a mistake is told with its place and its remedy, and nothing is loaded', () => {
  const yaml = COMMON.replace('{retry: three}', '{retry: thre}');
  assert.throws(
    () => Engine.fromText(yaml),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.code, 'RESIL_CONFIG');
      assert.equal(error.line, 12);
      assert.ok(error.column > 0);
      assert.match(error.message, /'thre'.*did you mean 'three'/s);
      return true;
    },
  );
  assert.throws(() => Engine.load('/nowhere/at-all.yaml'), ConfigError);
});

test('check tells all mistakes at once', (t) => {
  const yaml = COMMON.replace('{retry: three}', '{retry: thre}').replace('second: 1s', 'second: 1parsec');
  assert.deepEqual(Engine.checkText(COMMON), []);
  const complaints = Engine.checkText(yaml);
  assert.equal(complaints.length >= 2, true, complaints.join('\n'));
  const file = path.join(folder(t, { 'r.yaml': yaml }), 'r.yaml');
  assert.equal(Engine.check(file).length, complaints.length);
});

test('lenient turns what Dapr ignores into warnings, for who listens right after loading', async () => {
  const yaml = COMMON.replace('metadata: {name: test}', 'metadata: {name: test}\nunknown: 1');
  assert.throws(() => Engine.fromText(yaml), ConfigError);
  const logged = [];
  const engine = Engine.fromText(yaml, { lenient: true, log: (line) => logged.push(line) });
  const warnings = [];
  engine.on('warning', (event) => warnings.push(event));
  await new Promise(setImmediate);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0].message, /unknown/);
  assert.equal(warnings[0].endpoint, undefined);
  assert.deepEqual(logged, [warnings[0].message]);
  engine.dispose();
});

test('reload replaces all policies or none; breakers keep their state where their settings are equal', async (t) => {
  const file = path.join(folder(t, { 'r.yaml': COMMON }), 'r.yaml');
  const engine = Engine.load(file);
  t.after(() => engine.dispose());
  const endpoint = engine.app('plain', 'm');
  for (let i = 0; i < 2; i++) endpoint.begin().end(Outcome.FAILURE);
  assert.equal(endpoint.state, 'open');
  fs.writeFileSync(file, COMMON.replace('{circuitBreaker: cb}', '{circuitBreaker: nonsense}'));
  assert.throws(() => engine.reload(), ConfigError);
  assert.equal(endpoint.state, 'open');
  fs.writeFileSync(file, COMMON.replace('second: 1s', 'second: 2s'));
  engine.reload();
  assert.equal(endpoint.state, 'open');
  assert.equal(engine.app('timeout', 'm').begin().timeoutMs, 2000);
  engine.reloadText(policies({}));
  assert.equal(endpoint.state, undefined);
  assert.equal(await endpoint.execute(() => 'free'), 'free');
  const text = Engine.fromText(COMMON);
  assert.throws(() => text.reload(), /reloadText/);
  text.dispose();
});

test('a healthy call under way during a reload ends under the policy it began with', async (t) => {
  const { engine, app } = real(t);
  let release;
  const call = app('retry').execute(() => new Promise((resolve) => void (release = resolve)));
  engine.reloadText(policies({}));
  release('done');
  assert.equal(await call, 'done');
});

test('wrong options are refused by name', () => {
  assert.throws(() => Engine.fromText(COMMON, { appid: 'x' }), /no option 'appid'.*appId/);
  assert.throws(() => Engine.fromText(COMMON, { maxEndpoints: -1 }), RangeError);
  assert.throws(() => Engine.fromText(COMMON, { clock: { now() {} } }), /setTimeout/);
  assert.throws(() => Engine.fromText(COMMON, { log: 'yes' }), /log/);
  assert.throws(() => Engine.fromText(COMMON, { appId: 'a\0b' }), /appId/);
  assert.throws(() => Engine.fromText(Buffer.from('x')), TypeError);
  assert.throws(() => Engine.load('a\0b'), TypeError);
  assert.throws(() => Engine.load(), TypeError);
  assert.throws(() => new Engine(), /Engine.load/);
});

test('there is a limit to endpoints, and equal targets are one endpoint', () => {
  const engine = Engine.fromText(COMMON, { maxEndpoints: 2 });
  assert.equal(engine.app('a', 'm'), engine.app('a', 'm'));
  assert.equal(engine.endpoint({ app: 'a', method: 'm' }), engine.app('a', 'm'));
  assert.notEqual(engine.app('a'), engine.app('a', 'm'));
  assert.throws(
    () => engine.app('b', 'm'),
    (error) => error instanceof LimitError && error.code === 'RESIL_FULL' && /maxEndpoints/.test(error.message),
  );
  engine.dispose();
});

test('actors, components and built-in policies have endpoints of their own', (t) => {
  const breakers = '{cb: {trip: consecutiveFailures >= 1}}';
  const actors =
    '{byId: {circuitBreaker: cb, circuitBreakerScope: id}, byType: {circuitBreaker: cb, circuitBreakerScope: type}}';
  const components = '{store: {outbound: {circuitBreaker: cb}, inbound: {circuitBreaker: cb}}}';
  const { engine } = real(t, { yaml: policies({ breakers, actors, components }) });
  const fail = (endpoint) => endpoint.begin().end(Outcome.FAILURE);
  fail(engine.actor('byId', '1'));
  assert.deepEqual([engine.actor('byId', '1').state, engine.actor('byId', '2').state], ['open', 'closed']);
  fail(engine.actor('byType', '1'));
  assert.deepEqual([engine.actor('byType', '1').state, engine.actor('byType', '2').state], ['open', 'open']);
  fail(engine.component('store'));
  assert.deepEqual(
    [engine.component('store').state, engine.component('store', { direction: 'inbound' }).state],
    ['open', 'closed'],
  );
  const attempt = engine.builtin('DaprBuiltInServiceRetries').begin();
  assert.deepEqual([attempt.end(Outcome.FAILURE), attempt.delayMs], ['retry', 1000]);
  assert.equal(util.inspect(engine.actor('byId', '1')), 'Endpoint <byId:1>');
  assert.match(util.inspect(engine), /^Engine <text, \d+ endpoints>$/);
});

test('the name of the binary says what Node says of its C library', { skip: process.platform !== 'linux' }, () => {
  const { glibcVersionRuntime } = process.report.getReport().header;
  assert.match(platform(), glibcVersionRuntime === undefined ? /-musl$/ : /-glibc$/);
});

test('a seed makes delays repeatable', () => {
  const yaml = policies({ retries: '{r: {policy: exponential}}', apps: '{a: {retry: r}}' });
  const once = (jitterSeed) => {
    const engine = Engine.fromText(yaml, { jitterSeed });
    const attempt = engine.app('a', 'm').begin();
    attempt.end(Outcome.FAILURE);
    engine.dispose();
    return attempt.delayMs;
  };
  assert.equal(once(7), once(7));
  assert.ok(new Set([1, 2, 3, 4, 5, 6].map(once)).size > 1);
});

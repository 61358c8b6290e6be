'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Engine, ConfigError, Outcome } = require('..');
const native = require('../lib/native');
const { read, replay } = require('./support/vectors');

const operations = read(/^(operations.*|extension)\.jsonl$/);
const expressions = read(/^cel\.jsonl$/);

test(`${operations.length} traces of operations, with the word read in place`, async (t) => {
  for (const vector of operations) await t.test(vector.name, () => replay(vector));
});

// As in a host without external memory: every call crosses.
test(`${operations.length} traces of operations, with every call crossing`, async (t) => {
  const { word } = native;
  native.word = () => null;
  t.after(() => void (native.word = word));
  for (const vector of operations) await t.test(vector.name, () => replay(vector));
});

const policy = (trip) => `
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: cel}
spec:
  policies:
    circuitBreakers:
      cb: {timeout: 5s, trip: '${trip.replaceAll("'", "''")}'}
  targets:
    apps: {a: {circuitBreaker: cb}}
`;

/** Whether the breaker opens at the first failure. */
function trips(trip) {
  const engine = Engine.fromText(policy(trip));
  const endpoint = engine.app('a', 'm');
  endpoint.begin().end(Outcome.FAILURE);
  const { state } = endpoint;
  engine.dispose();
  return state === 'open';
}

test(`${expressions.length} expressions of the CEL suite, as trip rules`, async (t) => {
  for (const { file, name, expr, equals, error } of expressions) {
    await t.test(`${file}/${name}`, () => {
      if (!error) {
        assert.equal(trips(`(${expr}) == (${equals})`), true);
        return;
      }
      try {
        assert.equal(trips(`(${expr}) == (${expr})`), false);
      } catch (refused) {
        assert.ok(refused instanceof ConfigError, refused.stack);
      }
    });
  }
});

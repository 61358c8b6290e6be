'use strict';
// Policies for tests, and engines on virtual time.

const { Engine } = require('../..');
const { VirtualClock } = require('../../testing');

/** A Resiliency document; each part is YAML's flow form, e.g. {retries: '{r: {maxRetries: 3}}', apps: '{a: {retry: r}}'}. */
function policies({
  timeouts = '{}',
  retries = '{}',
  breakers = '{}',
  apps = '{}',
  actors = '{}',
  components = '{}',
  scopes = '[]',
}) {
  return `
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: test}
scopes: ${scopes}
spec:
  policies:
    timeouts: ${timeouts}
    retries: ${retries}
    circuitBreakers: ${breakers}
  targets:
    apps: ${apps}
    actors: ${actors}
    components: ${components}
`;
}

const COMMON = policies({
  timeouts: '{second: 1s}',
  retries:
    '{three: {policy: constant, duration: 2s, maxRetries: 3}, forever: {policy: constant, duration: 1s, maxRetries: -1}, once: {duration: 1s, maxRetries: 1, matching: {httpStatusCodes: "500-599"}}, eager: {duration: 0s, maxRetries: 2}}',
  breakers:
    '{cb: {timeout: 5s, trip: consecutiveFailures >= 2}, window: {timeout: 5s, interval: 10s, trip: consecutiveFailures >= 2}}',
  apps: '{plain: {circuitBreaker: cb}, window: {circuitBreaker: window}, retry: {retry: three}, forever: {retry: forever}, status: {retry: once}, eager: {retry: eager}, timeout: {timeout: second}, slow: {timeout: second, retry: three}, all: {timeout: second, retry: three, circuitBreaker: cb}}',
});

/** An engine of COMMON's policies on a virtual clock: {engine, clock, app(name)}; disposed after the test. */
function virtual(t, { yaml = COMMON, ...options } = {}) {
  const clock = new VirtualClock();
  const engine = Engine.fromText(yaml, { clock, ...options });
  t.after(() => engine.dispose());
  return { engine, clock, app: (name, method = 'm') => engine.app(name, method) };
}

/** An engine of COMMON's policies on the machine's clock. */
function real(t, { yaml = COMMON, ...options } = {}) {
  const engine = Engine.fromText(yaml, options);
  t.after(() => engine.dispose());
  return { engine, app: (name, method = 'm') => engine.app(name, method) };
}

/** A function that fails `failures` times and then answers 'ok'; `calls` counts. */
function flaky(failures, error = new Error('down')) {
  const fn = async () => {
    fn.calls++;
    if (fn.calls <= failures) throw error;
    return 'ok';
  };
  fn.calls = 0;
  return fn;
}

/** A promise with its handles. */
function deferred() {
  const result = {};
  result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
  return result;
}

const counts = (engine, endpoint) => engine.snapshot().endpoints.find((each) => each.endpoint === endpoint.id).calls;

module.exports = { policies, COMMON, virtual, real, flaky, deferred, counts };

'use strict';
// What is compared: one policy each, the same settings, the same action.

const {
  ConsecutiveBreaker,
  ExponentialBackoff,
  SamplingBreaker,
  TimeoutStrategy,
  circuitBreaker,
  handleAll,
  retry,
  timeout,
  wrap,
} = require('cockatiel');
const CircuitBreaker = require('opossum');
const { Engine } = require('../../../bindings/node');

const engine = Engine.fromText(`
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: bench}
spec:
  policies:
    timeouts: {t: 5s}
    retries: {r: {policy: exponential, maxRetries: 3}}
    circuitBreakers:
      consecutive: {timeout: 1h, trip: consecutiveFailures >= 5}
      rate: {timeout: 1h, trip: "requests >= 20 && double(totalFailures) / double(requests) >= 0.5"}
      interval: {timeout: 1h, interval: 10s, trip: "requests >= 20 && double(totalFailures) / double(requests) >= 0.5"}
  targets:
    apps:
      breaker: {circuitBreaker: consecutive}
      rate: {circuitBreaker: rate}
      interval: {circuitBreaker: interval}
      timeout: {timeout: t}
      all: {timeout: t, retry: r, circuitBreaker: consecutive}
      open: {circuitBreaker: consecutive}
`);

const sequential = (call) => async (count) => {
  for (let i = 0; i < count; i++) await call();
};

let calls = 0;
const action = async () => ++calls;
const syncAction = () => ++calls;

const endpoint = (name) => engine.app(name, 'm');
const breaker = () => circuitBreaker(handleAll, { halfOpenAfter: 3_600_000, breaker: new ConsecutiveBreaker(5) });
const consecutive = breaker();
const sampling = circuitBreaker(handleAll, {
  halfOpenAfter: 3_600_000,
  breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 2 }),
});
const aggressive = timeout(5000, TimeoutStrategy.Aggressive);
const all = wrap(
  retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
  breaker(),
  timeout(5000, TimeoutStrategy.Aggressive),
);
const opossum = (options) => new CircuitBreaker(action, options);
const [bare, noTimeout, standard] = [action, opossum({ timeout: false }), opossum({})];
const [onBreaker, onRate, onInterval, onTimeout, onAll, onOpen] = [
  'breaker',
  'rate',
  'interval',
  'timeout',
  'all',
  'open',
].map(endpoint);

/** Opens the breakers whose rejections are measured. */
async function open() {
  const broken = breaker();
  const dead = new CircuitBreaker(() => Promise.reject(new Error('down')), {
    timeout: false,
    volumeThreshold: 5,
    errorThresholdPercentage: 50,
    resetTimeout: 3_600_000,
  });
  const fails = () => Promise.reject(new Error('down'));
  for (let i = 0; i < 6; i++) {
    await broken.execute(fails).catch(() => {});
    await dead.fire().catch(() => {});
    await onOpen.execute(fails).catch(() => {});
  }
  if (broken.state !== 1 || !dead.opened || onOpen.state !== 'open')
    throw new Error('a breaker that should be open is not');
  return { broken, dead };
}

async function rows() {
  const { broken, dead } = await open();
  const caught = (call) => async () => {
    try {
      await call();
    } catch {
      return;
    }
    throw new Error('not rejected');
  };
  return {
    await: { loop: sequential(bare), count: 20_000 },
    'await: resil breaker': { loop: sequential(() => onBreaker.execute(action)), count: 20_000 },
    'await: cockatiel breaker': { loop: sequential(() => consecutive.execute(action)), count: 20_000 },
    'await: opossum, no timeout': { loop: sequential(() => noTimeout.fire()), count: 5_000 },
    'await: opossum': { loop: sequential(() => standard.fire()), count: 5_000 },
    'await: resil rate breaker': { loop: sequential(() => onRate.execute(action)), count: 20_000 },
    'await: resil rate breaker, an interval': { loop: sequential(() => onInterval.execute(action)), count: 5_000 },
    'await: cockatiel sampling breaker': { loop: sequential(() => sampling.execute(action)), count: 20_000 },
    'await: resil timeout': { loop: sequential(() => onTimeout.execute(action)), count: 5_000 },
    'await: cockatiel timeout': { loop: sequential(() => aggressive.execute(action)), count: 400 },
    'await: resil all three': { loop: sequential(() => onAll.execute(action)), count: 5_000 },
    'await: cockatiel all three': { loop: sequential(() => all.execute(action)), count: 400 },
    sync: {
      loop: (count) => {
        for (let i = 0; i < count; i++) syncAction();
      },
      count: 500_000,
    },
    'sync: resil breaker': {
      loop: (count) => {
        for (let i = 0; i < count; i++) onBreaker.executeSync(syncAction);
      },
      count: 500_000,
    },
    'sync: resil begin and end by hand': {
      loop: (count) => {
        for (let i = 0; i < count; i++) onBreaker.begin().end(0);
      },
      count: 50_000,
    },
    'open: resil, a value': { loop: sequential(() => onOpen.tryExecute(action)), count: 20_000 },
    'open: resil, a throw': { loop: sequential(caught(() => onOpen.execute(action))), count: 1_000 },
    'open: cockatiel, a throw': { loop: sequential(caught(() => broken.execute(action))), count: 1_000 },
    'open: opossum, a throw': { loop: sequential(caught(() => dead.fire())), count: 1_000 },
    'open, sync: resil, a value': {
      loop: (count) => {
        for (let i = 0; i < count; i++) onOpen.tryExecuteSync(syncAction);
      },
      count: 50_000,
    },
  };
}

module.exports = { rows };

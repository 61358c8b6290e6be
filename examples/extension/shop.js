'use strict';
// A shop under load: everybody orders at once, and the engine's limits decide who waits. What the policies say is in resources/.
// Ends with a verdict, and with 0 only if everything went as it says.

const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { once } = require('node:events');
const { Engine, Outcome } = require('../../bindings/node');

const ORDERS = 300;
const CALLS = 40; // of stock, which is broken
const resources = path.join(__dirname, 'resources');

const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;
const say = (line) => console.log(`INFO[${String(Math.floor(seconds())).padStart(4, '0')}] ${line}`);

/** Sends a request; an answer that no policy likes is an answer all the same. */
async function send(base, what, body, signal) {
  const response = await fetch(`${base}/${what}`, { method: 'POST', body: JSON.stringify(body), signal });
  await response.arrayBuffer();
  return response.status;
}

const judged = { outcome: (error, status) => (error === undefined ? Outcome.http(status) : undefined) };

/** Everybody orders in the same moment. One order in ten stumbles at first, and is tried again. */
async function rush(engine, base) {
  const orders = engine.app('order-processor', 'orders');
  const turned = { 'rate-limited': 0, busy: 0 };
  const count = ({ reason }) => turned[reason]++;
  engine.on('reject', count);
  const from = performance.now();
  let attempts = 0;
  const order = (orderId) =>
    orders.execute(
      ({ signal }) => {
        attempts++;
        return send(base, 'orders', { orderId, stumbles: orderId % 10 === 0 }, signal);
      },
      { ...judged, waitWhenOpen: true },
    );
  const answers = await Promise.all(Array.from({ length: ORDERS }, (_, i) => order(i + 1)));
  engine.off('reject', count);
  return { answers, attempts, turned, took: (performance.now() - from) / 1000 };
}

/** One caller after the other asks a service that is broken. */
async function ask(engine, base) {
  const stock = engine.app('stock', 'levels');
  const told = { turnedAway: 0, wouldTurnAway: 0 };
  const count = ({ shadow }) => (shadow ? told.wouldTurnAway++ : told.turnedAway++);
  engine.on('reject', count);
  for (let i = 0; i < CALLS; i++) await stock.tryExecute(({ signal }) => send(base, 'stock', {}, signal), judged);
  engine.off('reject', count);
  return { ...told, state: stock.state };
}

async function main() {
  const services = fork(path.join(__dirname, 'services.js'));
  const [{ port }] = await once(services, 'message');
  const base = `http://127.0.0.1:${port}`;
  const engine = Engine.load(resources, { appId: 'checkout', everyRejection: true });
  engine.on('log', (line, { type }) => type === 'stateChange' && say(line));

  say(`${ORDERS} customers order at once; order-processor takes 8 at a time, and 100 a second after the first 20`);
  const { answers, attempts, turned, took } = await rush(engine, base);
  say(`${attempts} attempts in ${took.toFixed(1)} s: "rate-limited" was said ${turned['rate-limited']} times, "busy" ${turned.busy} times`);

  say(`stock is broken, and its breaker stands in the shadow: ${CALLS} calls`);
  const shadow = await ask(engine, base);
  say(`it is ${shadow.state}, would have turned away ${shadow.wouldTurnAway} calls, and turned away ${shadow.turnedAway}`);

  say('the breaker steps out of the shadow, by a reload');
  const texts = ['resiliency.yaml', 'extension.yaml'].map((name) => fs.readFileSync(path.join(resources, name), 'utf8'));
  engine.reloadText(texts.join('\n---\n').replace('mode: shadow', 'mode: normal'));
  const enforced = await ask(engine, base);
  say(`it is ${enforced.state}, and turned away ${enforced.turnedAway} calls`);

  services.send('what did you see?');
  const [seen] = await once(services, 'message');
  services.disconnect();
  engine.dispose();

  assert.ok(answers.every((status) => status === 200), 'an order failed');
  assert.deepEqual(seen.orders.sort((a, b) => a - b), Array.from({ length: ORDERS }, (_, i) => i + 1), 'an order was lost or doubled');
  assert.ok(seen.most <= 8, `order-processor had ${seen.most} at once`);
  assert.ok(attempts <= 20 + 100 * took + 1, `${attempts} attempts in ${took} s are too many`);
  assert.ok(turned['rate-limited'] > 0, 'nobody had to wait for the rate limit');
  assert.deepEqual(shadow, { turnedAway: 0, wouldTurnAway: CALLS - 20, state: 'open' });
  assert.deepEqual(enforced, { turnedAway: CALLS - 20, wouldTurnAway: 0, state: 'open' });
  assert.equal(seen.stock, CALLS + 20, 'calls of stock');
  console.log(
    `extension: ${ORDERS} orders passed, none lost, none doubled, ${attempts - ORDERS} of them at the second try; at most ${seen.most} at once and ` +
      `${attempts} begun in ${took.toFixed(1)} s; the shadow breaker opened and turned nobody away, out of the shadow it turned away ${enforced.turnedAway}`,
  );
}

main().catch((error) => {
  console.error(`extension: the story deviated: ${error.stack}`);
  process.exit(1);
});

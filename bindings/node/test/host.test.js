'use strict';
// What every binding agrees on above the C ABI: tests/conformance/host, whose README says what its words mean.

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Outcome } = require('..');
const { read } = require('./support/vectors');
const { virtual } = require('./support/policies');

const vectors = read(/^ends\.jsonl$/, 'host');
const HEAD = 'apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec: ';

/** What one attempt does; `script.now` is the one under way, for the classifier. */
function attempt(script, clock, controller, { signal }) {
  const does = script.attempts[script.made++];
  assert.ok(does !== undefined, `attempt ${script.made} was not to be made`);
  script.now = does;
  const fails = () => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  if (does.hangs) return fails();
  if (does.cancelled) {
    const over = fails();
    controller.abort();
    return over;
  }
  const answer = () => {
    if (does.throws !== undefined) throw new Error(does.throws);
    if (does.status === undefined) return does.returns ?? 'judged';
    return new Response(null, {
      status: does.status,
      headers: does.retry_after === undefined ? {} : { 'retry-after': does.retry_after },
    });
  };
  return new Promise((resolve) => clock.setTimeout(resolve, does.takes_ms ?? 0)).then(answer);
}

/** The caller's classifier. */
function judge(script) {
  const does = script.now;
  if (does.classifier_throws !== undefined) throw new Error(does.classifier_throws);
  return does.permanent ? Outcome.noRetry(Outcome.FAILURE) : undefined;
}

const nameOf = (value) =>
  value?.code === 'RESIL_TIMEOUT' ? 'timeout' : value instanceof Error ? value.message : String(value?.status ?? value);

function told(error) {
  const { code, reason, cause } = error;
  if (code === 'RESIL_EXHAUSTED') return { end: 'exhausted', cause: nameOf(cause), reason };
  if (code === 'RESIL_TIMEOUT') return { end: 'timeout', error: 'timeout' };
  if (error.reasonCode !== undefined)
    return { end: 'rejected', cause: cause === undefined ? null : nameOf(cause), reason };
  return error.name === 'AbortError' ? { end: 'cancelled' } : { end: 'error', error: nameOf(error) };
}

async function call(endpoint, clock, { attempts, deadline_ms: deadline, wait, advance_ms: advance, expect }) {
  if (advance !== undefined) await clock.advance(advance);
  const script = { attempts, made: 0, now: undefined };
  const controller = new AbortController();
  const delays = [];
  let since = clock.now();
  const pause = () => {
    const ms = clock.now() - since;
    if (script.made > 0 || ms > 0) delays.push(ms);
  };
  const fn = async (context) => {
    pause();
    try {
      return await attempt(script, clock, controller, context);
    } finally {
      since = clock.now();
    }
  };
  const options = { deadline, waitWhenOpen: wait === true, outcome: () => judge(script), signal: controller.signal };
  let got;
  try {
    got = { end: 'value', error: nameOf(await clock.run(endpoint.execute(fn, options))) };
  } catch (error) {
    got = told(error);
  }
  if (clock.now() > since) pause(); // to a begin that was refused
  assert.equal(script.made, attempts.length, 'attempts');
  const { delays_ms: waits, ...end } = expect;
  assert.deepEqual(got, end);
  assert.equal(delays.length, waits.length, `delays ${delays}`);
  delays.forEach((ms, i) => assert.ok(ms >= waits[i] && ms <= waits[i] + 1, `delays ${delays}, expected ${waits}`));
}

test(`${vectors.length} vectors for hosts`, async (t) => {
  assert.ok(vectors.length > 0);
  for (const { name, policies, calls, counts, state } of vectors) {
    await t.test(name, async (t) => {
      const { engine, clock, app } = virtual(t, { yaml: HEAD + policies });
      const endpoint = app('a');
      for (const one of calls) await call(endpoint, clock, one);
      const entry = engine.snapshot().endpoints[0];
      for (const [count, value] of Object.entries(counts)) assert.equal(entry.calls[count], value, count);
      if (state !== undefined) assert.equal(entry.breaker.state, state);
    });
  }
});

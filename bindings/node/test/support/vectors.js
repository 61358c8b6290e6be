'use strict';
// The conformance vectors, and how one of them is replayed through begin and end.

const assert = require('node:assert/strict');
const fs = require('fs');
const path = require('path');
const { Engine, Outcome } = require('../..');
const { VirtualClock } = require('../../testing');

const folder = process.env.RESIL_VECTORS || path.join(__dirname, '..', '..', '..', '..', 'tests', 'conformance');

/** All lines of the files whose names match. */
function read(pattern, below = '') {
  const where = path.join(folder, below);
  const names = fs.readdirSync(where).filter((name) => pattern.test(name)).sort();
  assert.notEqual(names.length, 0, `no ${pattern} in ${where}`);
  return names
    .flatMap((name) => fs.readFileSync(path.join(where, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line));
}

const ns = (ms) => Math.round(ms * 1e6);
const REASONS = { 'breaker-open': 'open', 'breaker-half-open-full': 'too_many_requests' }; // the others have one name everywhere
const VERDICTS = { done: 'done', retry: 'retry', giveUp: 'fail' };

const OUTCOMES = {
  success: Outcome.SUCCESS,
  failure: Outcome.FAILURE,
  timeout: Outcome.TIMEOUT,
  cancelled: Outcome.CANCELLED,
};

function outcomeOf({ outcome, http_status: http, grpc_status: grpc }) {
  if (http !== undefined) return Outcome.http(http);
  return grpc !== undefined ? Outcome.grpc(grpc) : OUTCOMES[outcome];
}

/** A trace may say between which two a number is. */
function within(range, got) {
  if (range !== undefined) assert.ok(range[0] <= got && got <= range[1], `${got} is not from ${range[0]} to ${range[1]}`);
}

class Replay {
  constructor({ spec, app_id: appId }) {
    this.clock = new VirtualClock();
    this.engine = Engine.fromText(spec, { appId, clock: this.clock });
    this.transitions = [];
    this.calls = new Map();
    this.engine.on('log', (line, { type, from, to, timeMs }) => {
      if (type !== 'stateChange') return;
      const breaker = /^Circuit breaker "(.*)" changed state from \S+ to \S+$/.exec(line)[1];
      this.transitions.push({ at: ns(timeMs), breaker, from, to });
    });
  }

  endpoint({ kind, name, method, id, direction, type }) {
    if (kind === 'app') return this.engine.app(name, method);
    if (kind === 'actor') return this.engine.actor(name, id);
    assert.equal(kind, 'component');
    return this.engine.component(name, { direction, type });
  }

  step(step) {
    this.clock.set(step.at / 1e6);
    this[step.op](step, step.expect);
  }

  begin({ at, call, attempt, target, deadline_ns: deadline }, expect) {
    let made = this.calls.get(call);
    const options = deadline === undefined ? undefined : { deadline: (deadline - at) / 1e6 };
    if (made === undefined) this.calls.set(call, (made = this.endpoint(target).begin(options)));
    else made.begin();
    assert.equal(made.allowed ? 'allow' : 'reject', expect.decision);
    if (made.allowed) {
      assert.equal(made.attempt, attempt);
      assert.equal(ns(made.timeoutMs ?? 0), expect.timeout_ns);
    } else {
      assert.equal(REASONS[made.reason] ?? made.reason, expect.reason);
      within(expect.wait_ns, ns(made.retryAfterMs));
    }
  }

  end(step, expect) {
    const attempt = this.calls.get(step.call);
    const decision = attempt.end(outcomeOf(step), { retryAfterMs: (step.hint_ns ?? 0) / 1e6 });
    assert.equal(VERDICTS[decision], expect.verdict);
    if (decision === 'retry') within(expect.delay_ns, ns(attempt.delayMs));
    if (decision === 'giveUp' && expect.reason !== undefined) assert.equal(attempt.reason, expect.reason);
  }

  inspect({ target }, { state, counts }) {
    const endpoint = this.endpoint(target);
    assert.equal(endpoint.state, state);
    const { breaker } = this.engine.snapshot().endpoints.find((each) => each.endpoint === endpoint.id);
    assert.equal(breaker.state, state);
    for (const [name, value] of Object.entries(counts ?? {})) assert.equal(breaker.counts[name], value, name);
  }
}

/** Replays one trace of operations. */
function replay(vector) {
  const run = new Replay(vector);
  vector.steps.forEach((step, i) => {
    try {
      run.step(step);
    } catch (error) {
      error.message = `step ${i} (${JSON.stringify(step)}): ${error.message}`;
      throw error;
    }
  });
  assert.deepEqual(run.transitions, vector.expect_transitions);
  for (const attempt of run.calls.values()) attempt.dispose();
  run.engine.dispose();
}

module.exports = { read, replay };

'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { execFile } = require('child_process');
const path = require('path');
const { promisify } = require('util');
const { kinds } = require('./support/memory');

const script = path.join(__dirname, 'support', 'memory.js');
const BLOCKS = 5;
const ROUNDS = { plain: 2, window: 2, timeout: 2, sync: 2, byHand: 2 }; // a million calls with those of the warm-up; others: 1

for (const kind of kinds) {
  test(`memory does not grow: ${kind}`, async () => {
    const rounds = String(ROUNDS[kind] ?? 1);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', '--single-threaded', script, kind, String(BLOCKS), rounds],
      { timeout: 300_000 },
    );
    const grown = JSON.parse(stdout);
    const of = (what) => grown.map((each) => each[what]);
    // V8 compiles code and drops it again, some 200 KB at a time: what one block leaves, another frees. So the sum counts.
    const live = of('live').reduce((sum, each) => sum + each, 0);
    assert.ok(live < BLOCKS * 100 * 1024, stdout);
    assert.ok(Math.min(...of('rss')) < 1024 * 1024, stdout);
    assert.equal(Math.min(...of('tickets')), 0, stdout);
  });
}

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
      ['--expose-gc', script, kind, String(BLOCKS), rounds],
      { timeout: 300_000 },
    );
    const grown = JSON.parse(stdout);
    const sorted = (what) => grown.map((each) => each[what]).sort((a, b) => a - b);
    assert.ok(sorted('live')[BLOCKS >> 1] < 100 * 1024, stdout); // the median: what one block leaves, another may free
    assert.ok(sorted('rss')[0] < 1024 * 1024, stdout);
    assert.equal(sorted('tickets')[0], 0, stdout);
  });
}

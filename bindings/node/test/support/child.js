'use strict';
// A process of its own, for what only a whole process shows.

const { spawn } = require('child_process');
const path = require('path');

const PRELUDE = `
const { Engine, Outcome } = require(${JSON.stringify(path.join(__dirname, '..', '..'))});
const { COMMON, policies } = require(${JSON.stringify(path.join(__dirname, 'policies.js'))});
`;

/** Runs code after PRELUDE; answers {code, signal, out, err}. */
function child(code, { args = [], prelude = PRELUDE, cwd, limitMs = 120_000 } = {}) {
  return new Promise((resolve, reject) => {
    const made = spawn(process.execPath, [...args, '-e', prelude + code], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
    });
    let out = '';
    let err = '';
    made.stdout.on('data', (chunk) => (out += chunk));
    made.stderr.on('data', (chunk) => (err += chunk));
    made.on('error', reject);
    made.on('close', (exit, signal) => resolve({ code: exit, signal, out, err }));
  });
}

module.exports = { child };

'use strict';
// npm install && node bench.js [--json FILE] [--rounds N] [--smoke]
// --smoke only shows that every row runs.
// Prints a Markdown table; ratios are over what a bare await (or call) costs.

const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFileSync } = require('child_process');
const { measure } = require('./measure');

const binding = path.join(__dirname, '..', '..', '..', 'bindings', 'node');

const flag = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);

// What this binding aims at: [row, base, reference row, its base, what the ratio should be].
const AIMS = [
  [
    "breaker, of cockatiel's",
    'await: resil breaker',
    'await: cockatiel breaker',
    'at most 1/3',
    (ratio) => ratio <= 1 / 3,
  ],
  [
    "breaker on a rate, of cockatiel's sampling breaker",
    'await: resil rate breaker',
    'await: cockatiel sampling breaker',
    'at most 1/2',
    (ratio) => ratio <= 1 / 2,
  ],
  ["breaker, of opossum's", 'await: resil breaker', 'await: opossum', 'at most 1/10', (ratio) => ratio <= 1 / 10],
  [
    "breaker, of opossum's with its timeout off",
    'await: resil breaker',
    'await: opossum, no timeout',
    'at most 1/10',
    (ratio) => ratio <= 1 / 10,
  ],
  [
    "timeout, of cockatiel's",
    'await: resil timeout',
    'await: cockatiel timeout',
    'at most 1/50',
    (ratio) => ratio <= 1 / 50,
  ],
  [
    "rejection as a value, of cockatiel's throw",
    'open: resil, a value',
    'open: cockatiel, a throw',
    'at most 1/20',
    (ratio) => ratio <= 1 / 20,
  ],
  [
    "rejection as a throw, of cockatiel's",
    'open: resil, a throw',
    'open: cockatiel, a throw',
    'at most 1',
    (ratio) => ratio <= 1,
  ],
];

function buildIfMissing() {
  try {
    require(binding);
  } catch (error) {
    if (error.code !== 'RESIL_NATIVE') throw error;
    execFileSync('npm', ['ci', '--silent', '--ignore-scripts'], { cwd: binding, stdio: ['ignore', 2, 2] });
    execFileSync(process.execPath, [path.join(binding, 'scripts', 'build.js')], { stdio: ['ignore', 2, 2] });
  }
}

async function main() {
  buildIfMissing();
  const { rows } = require('./rows');
  const smoke = process.argv.includes('--smoke');
  const results = await measure(await rows(), smoke ? { rounds: 1, warmups: 1 } : { rounds: Number(flag('--rounds') ?? 61) });
  const bases = { await: results.get('await').median, sync: results.get('sync').median };
  const added = (name) => results.get(name).median - (name.includes('sync') ? bases.sync : bases.await);
  const version = (name) => require(`${name}/package.json`).version;

  const report = {
    node: process.version,
    cpu: os.cpus()[0].model,
    peers: { cockatiel: version('cockatiel'), opossum: version('opossum') },
    rows: Object.fromEntries(
      [...results].map(([name, { median, low, high }]) => [name, { ns: median, low, high, added: added(name) }]),
    ),
    aims: AIMS.map(([what, ours, theirs, aim, met]) => {
      const ratio = added(ours) / added(theirs);
      return { what, ratio, aim, met: ratio > 0 && met(ratio) };
    }),
  };
  const sync = added('sync: resil breaker');
  report.aims.push({ what: 'executeSync over the bare call, ns', ratio: sync, aim: 'under 5', met: sync < 5 });

  console.log(
    `Node ${report.node}, cockatiel ${report.peers.cockatiel}, opossum ${report.peers.opossum}, ${report.cpu}\n`,
  );
  console.log('| call | ns, median | lowest to highest | over the bare call |\n|---|---:|---:|---:|');
  for (const [name, row] of Object.entries(report.rows)) {
    console.log(
      `| ${name} | ${row.ns.toFixed(1)} | ${row.low.toFixed(1)} to ${row.high.toFixed(1)} | ${row.added.toFixed(1)} |`,
    );
  }
  console.log('\n| what resil adds, as a part of what the other adds | measured | aim | |\n|---|---:|---|---|');
  for (const { what, ratio, aim, met } of report.aims) {
    if (ratio <= 0) {
      console.log(`| ${what} | lost in the noise | ${aim} | measure again |`); // of a machine that does something else too
      continue;
    }
    const shown = aim.includes('1/') ? `1/${(1 / ratio).toFixed(1)}` : ratio.toFixed(1);
    console.log(`| ${what} | ${shown} | ${aim} | ${met ? 'met' : 'missed'} |`);
  }
  if (flag('--json') !== undefined) fs.writeFileSync(flag('--json'), `${JSON.stringify(report, null, 2)}\n`);
}

main();

'use strict';
// The package as its users get it: packed, installed in an empty folder, with nothing of this tree on the path.
const { test, before, after } = require('node:test');
const assert = require('node:assert/strict');
const { execFile, spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { promisify } = require('util');

const root = path.join(__dirname, '..');
const examples = path.join(root, '..', '..', 'examples');
const { platform } = require('../lib/binary');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'resil-package-'));
const installed = path.join(folder, 'node_modules', 'resil');
const run = (command, args, options) =>
  promisify(execFile)(command, args, { cwd: folder, maxBuffer: 1 << 26, ...options });

before(async () => {
  await run('npm', ['pack', '--pack-destination', folder], { cwd: root });
  const filename = fs.readdirSync(folder).find((name) => name.endsWith('.tgz'));
  fs.writeFileSync(path.join(folder, 'package.json'), '{"private": true}');
  await run('npm', ['install', '--offline', '--no-package-lock', path.join(folder, filename)]);
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const script = (name, text) => {
  fs.writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

const STORY = `
const engine = Engine.load(${JSON.stringify(path.join(examples, 'resources'))}, { appId: 'checkout', config: ${JSON.stringify(path.join(examples, 'config.yaml'))} });
const orders = engine.app('order-processor', 'orders');
for (let i = 0; i < 5; i++) orders.begin().end(Outcome.FAILURE);
orders.tryExecute(async () => 1).then(({ code }) => console.log(version, orders.state, code));
`;

test("it brings this platform's binary, and no more than it needs", () => {
  assert.ok(fs.existsSync(path.join(installed, 'prebuilds', platform(), 'resil.node')));
  for (const absent of ['test', 'node_modules', 'build', 'scripts/vendor.js'])
    assert.ok(!fs.existsSync(path.join(installed, absent)), absent);
  assert.ok(!fs.existsSync(path.join(root, 'native')), 'the copies for the package have been taken away');
});

test('CommonJS and ES modules load it, and each entry point', async () => {
  const expected = /^\d+\.\d+\.\d+ open RESIL_OPEN\n$/;
  assert.match(
    (await run(process.execPath, [script('a.cjs', `const { Engine, Outcome, version } = require('resil');${STORY}`)]))
      .stdout,
    expected,
  );
  assert.match(
    (
      await run(process.execPath, [
        script('b.mjs', `import resil, { Engine, Outcome, version, OpenError } from 'resil';${STORY}`),
      ])
    ).stdout,
    expected,
  );
  const entries = [
    ['fetch', 'wrapFetch'],
    ['undici', 'interceptor'],
    ['axios', 'adapter'],
    ['axios', 'attach'],
    ['testing', 'VirtualClock'],
  ];
  const imports = entries.map(([entry, name]) => `import { ${name} } from 'resil/${entry}';`).join('\n');
  const requires = entries.map(([entry, name]) => `typeof require('resil/${entry}').${name}`).join(', ');
  const { stdout } = await run(process.execPath, [
    script(
      'c.mjs',
      `${imports}
    import { createRequire } from 'module';
    const require = createRequire(import.meta.url);
    console.log([${entries.map(([, name]) => `typeof ${name}`).join(', ')}, ${requires}].join());
    console.log(Object.keys(require('resil')).every((name) => name in (resil)), require('resil').Engine === resil.Engine);
  `.replace('import { createRequire', "import * as resil from 'resil';\n    import { createRequire"),
    ),
  ]);
  assert.equal(stdout, `${Array(10).fill('function').join()}\ntrue true\n`);
});

test('JavaScript that was moved out of the package, as bundlers do it, says that it must not be', async () => {
  const moved = path.join(folder, 'dist');
  for (const each of ['index.js', 'lib'])
    fs.cpSync(path.join(installed, each), path.join(moved, each), { recursive: true });
  await assert.rejects(run(process.execPath, ['-e', "require('./dist/index.js')"]), (error) => {
    assert.match(error.stderr, /resil has no binary for .*: .*tell the bundler that `resil` is external/);
    return true;
  });
});

test('its types are found by TypeScript', async () => {
  script(
    'd.mts',
    "import { Engine } from 'resil';\nimport { wrapFetch } from 'resil/fetch';\nexport const f: typeof fetch = wrapFetch(Engine.load('x'));\n",
  );
  script(
    'e.cts',
    "import { VirtualClock } from 'resil/testing';\nimport resil = require('resil');\nexport const e: resil.Engine = resil.Engine.fromText('', { clock: new VirtualClock() });\n",
  );
  script(
    'f.ts',
    "import { Engine } from 'resil';\nimport { wrapFetch } from 'resil/fetch';\nimport { interceptor } from 'resil/undici';\nimport { attach } from 'resil/axios';\nimport { VirtualClock } from 'resil/testing';\nexport const all = [Engine, wrapFetch, interceptor, attach, VirtualClock];\n",
  );
  const tsc = require.resolve('typescript/bin/tsc');
  const types = path.dirname(path.dirname(require.resolve('@types/node/package.json')));
  const check = (...args) =>
    run(process.execPath, [
      tsc,
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      '--typeRoots',
      types,
      '--types',
      'node',
      ...args,
    ]);
  await check('--module', 'nodenext', 'd.mts', 'e.cts');
  await check('--module', 'commonjs', '--moduleResolution', 'node10', 'f.ts'); // knows nothing of "exports"
});

test(
  'without a binary it says what to do, and builds one from its own sources',
  { skip: spawnSync('cmake', ['--version']).status !== 0 && 'no cmake here', timeout: 1_500_000 },
  async () => {
    fs.rmSync(path.join(installed, 'prebuilds'), { recursive: true });
    const main = path.join(folder, 'a.cjs');
    await assert.rejects(run(process.execPath, [main]), (error) => {
      assert.match(
        error.stderr,
        new RegExp(`resil has no binary for ${platform()}: run .node node_modules/resil/scripts/build.js.`),
      );
      return true;
    });
    const env = { ...process.env, RESIL_LIBRARY: '' };
    const bare = { ...env, PATH: path.dirname(process.execPath) + '-nothing' };
    const failed = spawnSync(process.execPath, [path.join(installed, 'scripts', 'build.js')], {
      env: bare,
      encoding: 'utf8',
    });
    assert.equal(failed.status, 1);
    assert.match(failed.stderr, /no binary for .* could be built: cmake does not start .* resil needs CMake/);
    const broken = spawnSync(process.execPath, [path.join(installed, 'scripts', 'install.js')], {
      env: bare,
      encoding: 'utf8',
    });
    assert.equal(broken.status, 0); // the installation itself goes on
    const disconnected = { ...env, XDG_CACHE_HOME: path.join(folder, 'no-cache') };
    await run(process.execPath, [path.join(installed, 'scripts', 'install.js')], { env: disconnected });
    assert.match((await run(process.execPath, [main])).stdout, /^\d+\.\d+\.\d+ open RESIL_OPEN\n$/);
  },
);

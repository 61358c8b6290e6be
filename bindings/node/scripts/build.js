'use strict';
// Builds the native binary for this platform into prebuilds/. From a checkout it builds the engine beside it; from an
// installed package, the sources in native/. Nothing is downloaded but what the engine's own build needs in a checkout.
//   node scripts/build.js [--library path/to/libresil.a]

const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { root, platform, binaryFor } = require('../lib/binary');

class BuildError extends Error {}

function engineRoot() {
  const checkout = path.join(root, '..', '..');
  if (fs.existsSync(path.join(checkout, 'capi', 'include', 'resil.h'))) return checkout;
  const packed = path.join(root, 'native');
  if (fs.existsSync(path.join(packed, 'capi', 'include', 'resil.h'))) return packed;
  throw new BuildError(
    'the sources of the engine are missing: reinstall the package, or build in a checkout of the repository',
  );
}

function nodeApiHeaders() {
  const packed = path.join(root, 'native', 'node-api');
  if (fs.existsSync(path.join(packed, 'node_api.h'))) return packed;
  try {
    return require('node-api-headers').include_dir;
  } catch {
    const installed = path.join(path.dirname(process.execPath), '..', 'include', 'node');
    if (fs.existsSync(path.join(installed, 'node_api.h'))) return installed;
    throw new BuildError('the headers of Node-API are missing: run `npm ci --ignore-scripts` in bindings/node first');
  }
}

function run(command, args, remedy) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw new BuildError(`${command} does not start (${error.code}): ${remedy}`);
  if (status !== 0)
    throw new BuildError(`\`${command} ${args[0]}\` failed with ${status}; the lines above say why. ${remedy}`);
}

function build({ library = process.env.RESIL_LIBRARY } = {}) {
  const source = engineRoot();
  const output = binaryFor(platform());
  const folder = path.join(root, 'build');
  const settings = {
    CMAKE_BUILD_TYPE: 'Release',
    RESIL_ROOT: source,
    RESIL_LIBRARY: library ? path.resolve(library) : '',
    RESIL_NODE_HEADERS: nodeApiHeaders(),
    RESIL_NODE_OUTPUT: output,
  };
  const thirdParty = path.join(source, 'third_party');
  if (fs.existsSync(thirdParty)) {
    settings['FETCHCONTENT_SOURCE_DIR_YAML-CPP'] = path.join(thirdParty, 'yaml-cpp');
    settings.FETCHCONTENT_SOURCE_DIR_NLOHMANN_JSON = path.join(thirdParty, 'nlohmann_json');
  }
  const remedy =
    'resil needs CMake 3.25 or later, a C++20 compiler and binutils on the path (Debian: apt install cmake g++; Alpine: apk add cmake make g++)';
  const defines = Object.entries(settings).map(([key, value]) => `-D${key}=${value}`);
  const previous = path.join(folder, 'CMakeCache.txt');
  if (
    fs.existsSync(previous) &&
    !fs.readFileSync(previous, 'utf8').includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${fs.realpathSync(root)}\n`)
  ) {
    fs.rmSync(folder, { recursive: true }); // the package has moved
  }
  run('cmake', ['-S', root, '-B', folder, ...defines], remedy);
  run(
    'cmake',
    ['--build', folder, '--parallel', String(Math.min(os.cpus().length, 8)), '--target', 'resil_node'],
    remedy,
  );
  return output;
}

function main(args) {
  const at = args.indexOf('--library');
  try {
    const output = build(at < 0 ? {} : { library: args[at + 1] });
    console.log(`resil: built ${path.relative(process.cwd(), output)}`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`resil: no binary for ${platform()} could be built: ${error.message}`);
    process.exitCode = 1;
  }
}

if (require.main === module) main(process.argv.slice(2));

module.exports = { build, BuildError, engineRoot, nodeApiHeaders };

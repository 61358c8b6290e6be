'use strict';
// Before `npm pack`: copies what building from source needs into native/, so that the package is complete without a checkout
// and without a network. After it, `--remove` takes the copies away.

const fs = require('fs');
const path = require('path');
const { root } = require('../lib/binary');
const { nodeApiHeaders } = require('./build');

const checkout = path.join(root, '..', '..');
const native = path.join(root, 'native');

// A setting of the build that the engine came from: ours, or that of the library we were given.
function cached(name) {
  const given = process.env.RESIL_LIBRARY ? [path.join(path.dirname(process.env.RESIL_LIBRARY), '..')] : [];
  for (const folder of [path.join(root, 'build'), ...given]) {
    const file = path.join(folder, 'CMakeCache.txt');
    const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : [];
    const line = lines.find((each) => each.startsWith(`${name}:`));
    if (line !== undefined) return line.slice(line.indexOf('=') + 1);
  }
  return '';
}

function firstWith(folders, file) {
  const folder = folders.find((each) => each !== '' && fs.existsSync(path.join(each, file)));
  if (folder === undefined)
    throw new Error(`no folder of ${folders.join(', ')} has ${file}; build in this checkout first (npm run build)`);
  return folder;
}

function inSourceCache(prefix) {
  const cache = cached('RESIL_SOURCE_CACHE');
  const names = cache !== '' && fs.existsSync(cache) ? fs.readdirSync(cache) : [];
  return names.filter((name) => name.startsWith(prefix)).map((name) => path.join(cache, name));
}

function copy(from, to, only) {
  fs.cpSync(from, path.join(native, to), {
    recursive: true,
    filter: (file) => only === undefined || fs.statSync(file).isDirectory() || only.test(file),
  });
}

function vendor() {
  remove();
  for (const each of ['CMakeLists.txt', 'LICENSE', 'core', 'capi']) copy(path.join(checkout, each), each);
  copy(path.join(checkout, 'tests', 'abi', 'symbols.txt'), path.join('tests', 'abi', 'symbols.txt'));

  const yaml = firstWith(
    [cached('FETCHCONTENT_SOURCE_DIR_YAML-CPP'), ...inSourceCache('yaml-cpp-')],
    'include/yaml-cpp/yaml.h',
  );
  for (const each of ['include', 'src', 'LICENSE'])
    copy(path.join(yaml, each), path.join('third_party', 'yaml-cpp', each), /\.(h|cpp)$|LICENSE$/);

  const jsonHeaders = ['/usr/include', '/usr/local/include', '/opt/homebrew/include'];
  const json = firstWith(
    [...inSourceCache('nlohmann_json-').map((folder) => path.join(folder, 'single_include')), ...jsonHeaders],
    'nlohmann/json.hpp',
  );
  copy(path.join(json, 'nlohmann'), path.join('third_party', 'nlohmann_json', 'single_include', 'nlohmann'));

  copy(nodeApiHeaders(), 'node-api', /(node|native)_api\w*\.h$/);
  fs.copyFileSync(path.join(checkout, 'LICENSE'), path.join(root, 'LICENSE'));
}

function remove() {
  fs.rmSync(native, { recursive: true, force: true });
  fs.rmSync(path.join(root, 'LICENSE'), { force: true });
}

if (process.argv.includes('--remove')) remove();
else vendor();

'use strict';
// Loads the native binary and makes sure that it is the one this JavaScript was written for.

const fs = require('fs');
const { platform, binaryFor } = require('./binary');
const { NativeError } = require('./errors');

const REMEDY =
  'run `node node_modules/resil/scripts/build.js` to build it from the sources in this package (it needs CMake 3.25 and a C++20 compiler)';

function load() {
  const name = platform();
  const file = binaryFor(name);
  if (!fs.existsSync(file)) {
    throw new NativeError(`resil has no binary for ${name}: ${REMEDY}`);
  }
  try {
    return require(file);
  } catch (cause) {
    throw new NativeError(`resil's binary for ${name} does not load (${cause.message}): ${REMEDY}`, { cause });
  }
}

const native = load();
if (native.abi !== native.compiledAbi) {
  throw new NativeError(`resil's binary holds ABI ${native.abi} but was compiled for ABI ${native.compiledAbi}: ${REMEDY}`);
}

module.exports = native;

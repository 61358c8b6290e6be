'use strict';
// Loads the native binary and makes sure that it is the one this JavaScript was written for.

const fs = require('fs');
const path = require('path');
const { root, platform, binaryFor } = require('./binary');
const { make } = require('./errors');

function remedy() {
  let builder = path.join(root, 'scripts', 'build.js');
  if (!fs.existsSync(builder))
    return "resil's JavaScript is not where its package is; if a bundler has moved it, tell the bundler that `resil` is external";
  try {
    builder = path.relative(process.cwd(), builder);
  } catch {} // the working folder has been removed
  return `run \`node ${builder}\` to build it from the sources in this package (it needs CMake 3.25 and a C++20 compiler)`;
}

function load() {
  const name = platform();
  const file = binaryFor(name);
  if (!fs.existsSync(file)) {
    throw make.native(`resil has no binary for ${name}: ${remedy()}`);
  }
  try {
    return require(file);
  } catch (cause) {
    throw make.native(`resil's binary for ${name} does not load (${cause.message}): ${remedy()}`, cause);
  }
}

const native = load();
if (native.abi !== native.compiledAbi) {
  throw make.native(
    `resil's binary holds ABI ${native.abi} but was compiled for ABI ${native.compiledAbi}: ${remedy()}`,
  );
}

module.exports = native;

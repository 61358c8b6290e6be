'use strict';
// Where the native binary of this platform is.

const fs = require('fs');
const path = require('path');

const root = path.join(__dirname, '..');

// Only the C library tells two Linux binaries apart. Its ldd says whose it is; so does Node's report, but that takes as long as
// all the rest of loading.
function libc() {
  if (process.platform !== 'linux') return '';
  try {
    const [name] = /musl|GNU C Library|GLIBC/.exec(fs.readFileSync('/usr/bin/ldd', 'latin1')) ?? [];
    if (name !== undefined) return name === 'musl' ? '-musl' : '-glibc';
  } catch {} // there is none
  const report = process.report;
  if (report && typeof report.getReport === 'function') {
    const network = report.excludeNetwork;
    report.excludeNetwork = true; // or the report may wait for name servers
    const { header } = report.getReport();
    report.excludeNetwork = network;
    return header && header.glibcVersionRuntime ? '-glibc' : '-musl';
  }
  return fs.existsSync('/etc/alpine-release') ? '-musl' : '-glibc';
}

const platform = () => `${process.platform}-${process.arch}${libc()}`;

const binaryFor = (name) => path.join(root, 'prebuilds', name, 'resil.node');

module.exports = { root, platform, binaryFor };

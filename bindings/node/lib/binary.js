'use strict';
// Where the native binary of this platform is.

const fs = require('fs');
const path = require('path');

const root = path.join(__dirname, '..');

// Only the C library tells two Linux binaries apart; the report names glibc's version where there is one.
function libc() {
  if (process.platform !== 'linux') return '';
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

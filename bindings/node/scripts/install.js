'use strict';
// After `npm install`: nothing to do where the package brings this platform's binary; otherwise build it. A failure does not
// fail the installation (the package may be there for its types, or for another machine): loading it says what to do.

const fs = require('fs');
const path = require('path');
const { root, platform, binaryFor } = require('../lib/binary');
const { build, BuildError } = require('./build');

const inCheckout = fs.existsSync(path.join(root, '..', '..', 'capi', 'include', 'resil.h'));

if (!inCheckout && !fs.existsSync(binaryFor(platform()))) {
  console.log(`resil: this package has no binary for ${platform()}; building one`);
  try {
    build();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`resil: no binary for ${platform()} could be built: ${error.message}`);
  }
}

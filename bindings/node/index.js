'use strict';

const { Engine } = require('./lib/engine');
const { Endpoint } = require('./lib/endpoint');
const { Attempt } = require('./lib/attempt');
const { Outcome } = require('./lib/outcome');
const { classes } = require('./lib/errors');
const native = require('./lib/native');

module.exports = { Engine, Endpoint, Attempt, Outcome, ...classes, version: native.version };

'use strict';

const { Engine } = require('./lib/engine');
const { Endpoint } = require('./lib/endpoint');
const { Attempt } = require('./lib/attempt');
const { Outcome } = require('./lib/outcome');
const errors = require('./lib/errors');
const native = require('./lib/native');

module.exports = { Engine, Endpoint, Attempt, Outcome, ...errors, version: native.version };

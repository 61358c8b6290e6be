'use strict';
// The options of an engine, checked, and in the form that the addon takes.

const { LENIENT, EVERY_REJECTION } = require('./codes');

const KNOWN = [
  'appId',
  'config',
  'lenient',
  'everyRejection',
  'maxEndpoints',
  'eventCapacity',
  'maxBytes',
  'jitterSeed',
  'clock',
  'log',
];

function engineOptions(options = {}) {
  for (const key of Object.keys(options)) {
    if (!KNOWN.includes(key)) throw new TypeError(`an engine has no option '${key}'; it has ${KNOWN.join(', ')}`);
  }
  return {
    native: {
      appId: text(options.appId, 'appId'),
      configPath: text(
        options.config instanceof URL ? require('url').fileURLToPath(options.config) : options.config,
        'config',
      ),
      flags: (options.lenient ? LENIENT : 0) | (options.everyRejection ? EVERY_REJECTION : 0),
      maxEndpoints: count(options.maxEndpoints, 'maxEndpoints', 2 ** 32 - 1),
      eventCapacity: count(options.eventCapacity, 'eventCapacity', 2 ** 32 - 1),
      maxBytes: count(options.maxBytes, 'maxBytes', Number.MAX_SAFE_INTEGER),
      jitterSeed: count(options.jitterSeed, 'jitterSeed', Number.MAX_SAFE_INTEGER),
    },
    clock: options.clock,
    log: sink(options.log),
  };
}

function text(value, name) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && !value.includes('\0')) return value;
  throw new TypeError(`${name} is a string`);
}

// 0 = the engine's default.
function count(value, name, most) {
  if (value === undefined || value === null) return 0;
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`${name} is an integer from 0 to ${most}, not ${String(value)}`);
}

// Off by default: a library does not write to its host's console unasked.
function sink(log) {
  if (log === undefined || log === null || log === false) return null;
  if (log === true) return (line) => console.info(line);
  if (typeof log === 'function') return log;
  if (typeof log.info === 'function') return (line) => log.info(line);
  throw new TypeError('log is true, a function, or a logger with info()');
}

module.exports = { engineOptions };

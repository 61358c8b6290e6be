'use strict';
// The server's own hint: Retry-After. Where it is found is the host's to know; what it says, the engine's.

const native = require('./native');
const { LONGEST_MS } = require('./options');

const header = (headers, name) =>
  typeof headers.get === 'function' ? headers.get(name) : (headers[name] ?? headers['Retry-After']);

/** Milliseconds that the response (or the response of an error) asks to wait; 0 = it does not say. */
function retryAfterMs(source) {
  try {
    return read(source);
  } catch {
    return 0; // headers that cannot be read say nothing
  }
}

function read(source) {
  if (typeof source !== 'object' || source === null) return 0;
  const headers =
    source.headers ??
    (typeof source.response === 'object' && source.response !== null ? source.response.headers : undefined);
  if (typeof headers !== 'object' || headers === null) return 0;
  return parse(header(headers, 'retry-after'));
}

function parse(value) {
  if (typeof value !== 'string' && typeof value !== 'number') return 0;
  const ns = native.retryAfter(String(value).trim(), Date.now()); // white space around a field's value is not part of it
  return ns > 0 ? Math.min(ns / 1e6, LONGEST_MS) : 0;
}

module.exports = { retryAfterMs, parseRetryAfter: parse };

'use strict';
// The server's own hint: Retry-After, in seconds or as a date.

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
  if (/^\s*\d+\s*$/.test(value)) return Math.min(Number(value) * 1000, LONGEST_MS);
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.min(Math.max(0, date - Date.now()), LONGEST_MS);
}

module.exports = { retryAfterMs, parseRetryAfter: parse };

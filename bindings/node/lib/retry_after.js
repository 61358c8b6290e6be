'use strict';
// The server's own hint: Retry-After, in seconds or as a date.

const header = (headers, name) =>
  typeof headers.get === 'function' ? headers.get(name) : (headers[name] ?? headers['Retry-After']);

/** Milliseconds that the response (or the response of an error) asks to wait; 0 = it does not say. */
function retryAfterMs(source) {
  if (typeof source !== 'object' || source === null) return 0;
  const headers =
    source.headers ??
    (typeof source.response === 'object' && source.response !== null ? source.response.headers : undefined);
  if (typeof headers !== 'object' || headers === null) return 0;
  return parse(header(headers, 'retry-after'));
}

function parse(value) {
  if (typeof value !== 'string' && typeof value !== 'number') return 0;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}

module.exports = { retryAfterMs, parseRetryAfter: parse };

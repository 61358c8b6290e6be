'use strict';
// What the three adapters have in common: whose policies a request gets, and whether it can be made twice.

/** The app whose policies apply is the host, or what Dapr's header says; its method is the path. No host (data:), no policies. */
function defaultTarget({ url, headers }) {
  const named = headerOf(headers, 'dapr-app-id');
  if (url.startsWith('/') && named === undefined)
    throw new TypeError(
      `${url} does not say which host it is for: give the option \`target\` or the header dapr-app-id`,
    );
  const { hostname, pathname } = new URL(url, 'http://unsaid');
  const app = named ?? hostname;
  return app === '' ? undefined : { app, method: pathname.replace(/^\/+/, '') || undefined };
}

// Headers come as Headers, as an object, as pairs, or flat ([name, value, name, value], undici's form).
function headerOf(headers, name) {
  if (headers === undefined || headers === null) return undefined;
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined;
  let entries;
  if (Array.isArray(headers) && headers.length > 0 && !Array.isArray(headers[0])) {
    entries = headers.map((value, i) => [value, headers[i + 1]]).filter((_, i) => i % 2 === 0);
  } else {
    entries = typeof headers[Symbol.iterator] === 'function' ? [...headers] : Object.entries(headers);
  }
  const found = entries.find(([key]) => String(key).toLowerCase() === name);
  return found === undefined ? undefined : String(found[1]);
}

const ONCE = 'its body is a stream, which can be sent only once; use a string, a buffer, a Blob or a form';

/** Why a request with this body cannot be repeated, or undefined. */
function refusalOf(body) {
  if (body === null || typeof body !== 'object') return typeof body === 'function' ? ONCE : undefined;
  if (Array.isArray(body) || ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return undefined;
  if (body instanceof URLSearchParams || body instanceof Blob || body instanceof FormData) return undefined;
  const streams =
    typeof body.pipe === 'function' || typeof body.getReader === 'function' || typeof body.next === 'function';
  return streams || body[Symbol.asyncIterator] !== undefined ? ONCE : undefined;
}

/** A signal that aborts with either of two; `caller` goes on counting after the attempt, while its answer's body is read. */
function eitherSignal(caller, attempt) {
  if (caller === undefined || caller === attempt) return attempt;
  if (typeof AbortSignal.any === 'function') return AbortSignal.any([caller, attempt]);
  const both = new AbortController(); // Node 18
  for (const signal of [caller, attempt]) {
    if (signal.aborted) both.abort(signal.reason);
    else signal.addEventListener('abort', () => both.abort(signal.reason), { once: true });
  }
  return both.signal;
}

/** The options that every adapter takes, checked. */
function adapterOptions({ target = defaultTarget, waitWhenOpen, deadline, outcome, ...rest } = {}) {
  if (typeof target !== 'function')
    throw new TypeError('target is a function of the request: ({url, method, headers}) => ({app, method})');
  return { target, call: { waitWhenOpen, deadline, outcome }, rest };
}

module.exports = { adapterOptions, defaultTarget, headerOf, refusalOf, eitherSignal };

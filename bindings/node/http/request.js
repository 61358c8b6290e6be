'use strict';
// What the three adapters have in common: their options, whether a request can be made twice, and what becomes of answers that
// nobody reads.

const { defaultTarget, endpointOf, PATHS } = require('./targets');

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

/** Lets go of a body that nobody will read, so that its connection is free: a stream of the web, or one of Node's. */
function release(body) {
  if (typeof body?.cancel === 'function') {
    Promise.resolve(body.cancel()).catch(() => {}); // somebody else may be reading it
  } else if (typeof body?.destroy === 'function') {
    body.on?.('error', () => {}); // it ends too early, on purpose
    body.destroy();
  }
}

const KNOWN = ['target', 'maxPaths', 'waitWhenOpen', 'deadline', 'outcome'];

/**
 * The options that every adapter takes, and its `own`, checked; `endpoint` answers the endpoint of a request, or undefined for none.
 */
function adapterOptions(engine, options, ...own) {
  if (typeof engine?._intern !== 'function') throw new TypeError('an adapter needs an Engine of resil');
  const { target = defaultTarget, maxPaths = PATHS, waitWhenOpen, deadline, outcome, ...rest } = options ?? {};
  const unknown = Object.keys(rest).find((key) => !own.includes(key));
  if (unknown !== undefined)
    throw new TypeError(`this adapter has no option '${unknown}'; it has ${[...KNOWN, ...own].join(', ')}`);
  if (typeof target !== 'function')
    throw new TypeError('target is a function of the request: ({url, method, headers}) => ({app, method})');
  if (!Number.isInteger(maxPaths) || maxPaths < 0)
    throw new RangeError(`maxPaths is an integer from 0, not ${String(maxPaths)}`);
  const endpoint = (request) => {
    const wanted = target(request);
    return wanted === undefined || wanted === null ? undefined : endpointOf(engine, wanted, maxPaths);
  };
  return { endpoint, call: { waitWhenOpen, deadline, outcome }, rest };
}

module.exports = { adapterOptions, refusalOf, release };

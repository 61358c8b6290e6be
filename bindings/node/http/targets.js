'use strict';
// Whose policies a request gets, and how many endpoints an adapter makes of the requests it sees.

const { KIND } = require('../lib/codes');
const { targetOf } = require('../lib/target');

/**
 * The app whose policies apply is the host, or what Dapr's header says; its method is the path, with `{id}` for each part of it that
 * is an id. No host (data:), no policies.
 */
function defaultTarget({ url, headers }) {
  const named = headerOf(headers, 'dapr-app-id');
  if (url.startsWith('/') && named === undefined)
    throw new TypeError(
      `${url} does not say which host it is for: give the option \`target\` or the header dapr-app-id`,
    );
  const { hostname, pathname } = new URL(url, 'http://unsaid');
  const app = named ?? hostname;
  return app === '' ? undefined : { app, method: withoutIds(pathname.replace(/^\/+/, '')) || undefined };
}

const NUMBER = /^\d+$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const HEX = /^(?=.*\d)[\da-f]{8,}$/i; // without a digit it may be a word

const isId = (part) => NUMBER.test(part) || UUID.test(part) || HEX.test(part);

/** A path of which every request for the same thing has the same one. */
function withoutIds(path) {
  return path
    .split('/')
    .map((part) => (isId(part) ? '{id}' : part))
    .join('/');
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

const PATHS = 256; // of an app, unless the option maxPaths says otherwise

const books = new WeakMap(); // engine -> {paths: app -> how many its adapters have made; told: of which it was said; full}

/**
 * The endpoint of a target. What requests ask for is not ours to bound, but an endpoint lives as long as its engine: so beyond
 * `maxPaths` methods of an app, or where the engine has no room, further ones go by the app's own endpoint, and where there is none
 * by no policies at all (undefined). Each is told once.
 */
function endpointOf(engine, wanted, maxPaths) {
  const target = targetOf(wanted);
  const known = engine._known(target);
  if (known !== undefined) return known;
  let book = books.get(engine);
  if (book === undefined) books.set(engine, (book = { paths: new Map(), told: new Set(), full: false }));
  const own = target.instance === undefined ? undefined : ownTarget(target);
  const endpoint =
    own !== undefined && target.kind === KIND.APP
      ? (pathOf(engine, book, target, maxPaths) ?? ownOf(engine, book, own))
      : interned(engine, target);
  if (endpoint !== undefined) return endpoint;
  tellFull(engine, book, target);
  return target.kind === KIND.ACTOR && own !== undefined ? interned(engine, own) : undefined;
}

// An app's own endpoint, unless the places that are left are kept for those of others.
function ownOf(engine, book, own) {
  const known = engine._known(own);
  if (known !== undefined) return known;
  const others = owed(engine, book) - (book.paths.has(own.name) ? 1 : 0);
  return engine._room() > others ? interned(engine, own) : undefined;
}

// One more path of an app, or undefined (and told) if there may be no more.
function pathOf(engine, book, target, maxPaths) {
  const { name } = target;
  const made = book.paths.get(name) ?? 0;
  if (made >= maxPaths) {
    tellPaths(engine, book, name, maxPaths);
    return undefined;
  }
  book.paths.set(name, made);
  if (engine._room() > owed(engine, book)) {
    const endpoint = interned(engine, target);
    if (endpoint !== undefined) {
      book.paths.set(name, made + 1);
      return endpoint;
    }
  }
  if (made === 0) book.paths.delete(name); // it may be without policies, and then nothing is kept for it
  tellFull(engine, book, target);
  return undefined;
}

// How many free places are kept for the own endpoints of apps that have paths.
function owed(engine, { paths }) {
  if (engine._room() > paths.size) return paths.size;
  return [...paths.keys()].filter((name) => engine._known(targetOf({ app: name })) === undefined).length;
}

const ownTarget = ({ kind, name }) =>
  kind === KIND.APP ? targetOf({ app: name }) : kind === KIND.ACTOR ? targetOf({ actor: name }) : undefined;

// Undefined: the engine is full.
function interned(engine, target) {
  try {
    return engine._intern(target);
  } catch (error) {
    if (error.code === 'RESIL_FULL') return undefined;
    throw error;
  }
}

const LEAVE_OUT = 'give the adapter a `target` that leaves out what varies';

function tellPaths(engine, { told }, name, maxPaths) {
  if (told.has(name)) return;
  told.add(name);
  engine._feed.warn(
    `requests to ${name} have more than ${maxPaths} paths: further ones share one circuit breaker; ${LEAVE_OUT}`,
  );
}

function tellFull(engine, book, target) {
  if (book.full) return;
  book.full = true;
  engine._feed.warn(
    `there is no room for another endpoint (${target}): further requests go by the endpoint of their app, or without policies ` +
      `if it has none; raise maxEndpoints, or ${LEAVE_OUT}`,
  );
}

module.exports = { defaultTarget, headerOf, endpointOf, withoutIds, PATHS };

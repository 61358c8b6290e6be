'use strict';
// The engine: policies from files, and the endpoints they govern.

const { EventEmitter } = require('events');
const util = require('util');
const native = require('./native');
const { FULL, nameOf } = require('./codes');
const { checkClock, nowNs } = require('./clock');
const { wheelOf } = require('./wheel');
const { EventFeed } = require('./events');
const { Endpoint } = require('./endpoint');
const targets = require('./target');
const { engineOptions } = require('./engine_options');
const { make } = require('./errors');

const MOST_ENDPOINTS = 1_048_576; // the engine's own default

class Engine extends EventEmitter {
  static load(path, options) {
    return new Engine(true, pathText(path), options);
  }

  static fromText(yaml, options) {
    return new Engine(false, yamlText(yaml), options);
  }

  static check(path, options) {
    return lines(native.check(true, pathText(path), engineOptions(options).native));
  }

  static checkText(yaml, options) {
    return lines(native.check(false, yamlText(yaml), engineOptions(options).native));
  }

  constructor(isPath, source, options) {
    if (typeof isPath !== 'boolean') throw new TypeError('use Engine.load(path) or Engine.fromText(yaml)');
    super();
    const { native: raw, clock, log } = engineOptions(options);
    const opened = native.open(isPath, source, raw);
    if (opened.number === undefined) throw make.config(opened);
    this._number = opened.number;
    this._guard = opened.guard; // the collector closes the engine if nobody disposes it
    this._path = isPath ? source : undefined;
    this._clock = checkClock(clock);
    this._wheel = wheelOf(this._clock);
    this._endpoints = new Map();
    this._byId = new Map();
    this._most = raw.maxEndpoints || MOST_ENDPOINTS;
    this._waiting = new Set(); // operations between attempts
    this._draining = -1; // once disposed: calls still in flight
    this._feed = new EventFeed(this, log);
    this._feed.loaded();
  }

  app(name, method) {
    return this._intern(targets.app(name, method));
  }

  actor(type, id) {
    return this._intern(targets.actor(type, id));
  }

  component(name, options) {
    return this._intern(targets.component(name, options));
  }

  builtin(name) {
    return this._intern(targets.builtin(name));
  }

  endpoint(target) {
    return this._intern(targets.targetOf(target));
  }

  execute(target, fn, options) {
    return this.endpoint(target).execute(fn, options);
  }

  removeAllListeners(...types) {
    super.removeAllListeners(...types);
    this._feed.hook();
    return this;
  }

  reload(path = this._path) {
    if (path === undefined)
      throw new TypeError('this engine was loaded from a text: give reload a path, or use reloadText');
    this._reload(true, pathText(path));
    this._path = path;
  }

  reloadText(yaml) {
    this._reload(false, yamlText(yaml));
  }

  snapshot() {
    this._open();
    for (const endpoint of this._byId.values()) endpoint._credit();
    return JSON.parse(native.snapshot(this._number, nowNs(this._clock)));
  }

  get disposed() {
    return this._draining >= 0;
  }

  /** Ends waits at once, lets no call begin, and frees the engine when the last one in flight is over. */
  dispose() {
    if (this.disposed) return;
    this._feed.drain();
    if (this.disposed) return; // a listener was faster
    let inFlight = 0;
    for (const endpoint of this._byId.values()) {
      endpoint._close();
      inFlight += endpoint._inFlight();
    }
    this._draining = inFlight;
    for (const operation of [...this._waiting]) operation.disposed();
    if (inFlight === 0) native.close(this._number);
  }

  [util.inspect.custom]() {
    return `Engine <${this._path ?? 'text'}, ${this.disposed ? 'disposed' : `${this._byId.size} endpoints`}>`;
  }

  /** The endpoint of a target, if there is one already. */
  _known(target) {
    return this._endpoints.get(target.key);
  }

  /** How many more endpoints there may be, at most. */
  _room() {
    return this._most - this._byId.size;
  }

  _intern(target) {
    this._open();
    const { key } = target;
    const known = this._endpoints.get(key);
    if (known !== undefined) return known;
    const id = native.endpoint(this._number, target.kind, target.name, target.instance ?? null);
    if (id === FULL)
      throw make.full(
        `there is no room for another endpoint (${target}): raise maxEndpoints, or use fewer distinct methods and ids`,
      );
    if (id < 0) throw make.other('RESIL_ARGUMENT', `the engine takes no such target (${target}): ${nameOf(id)}`);
    // Two targets may be one endpoint (the actors of a type that share a breaker).
    let endpoint = this._byId.get(id);
    if (endpoint === undefined) this._byId.set(id, (endpoint = new Endpoint(this, id, target)));
    this._endpoints.set(key, endpoint);
    return endpoint;
  }

  /** Of an event; undefined for a warning about none. */
  _endpointById(id) {
    return id < 0 ? undefined : (this._byId.get(id) ?? this._endpointOfType(id));
  }

  // The ids of an actor type share a circuit breaker under circuitBreakerScope: type. Its endpoint is the engine's own making,
  // which nobody may have asked for: the engine knows which type it is of.
  _endpointOfType(id) {
    const text = native.endpointText(this._number, id);
    if (text === '') return undefined;
    const endpoint = new Endpoint(this, id, targets.actor(JSON.parse(text).name));
    if (this.disposed) endpoint._close();
    this._byId.set(id, endpoint);
    return endpoint;
  }

  _reload(isPath, source) {
    this._open();
    const problem = native.reload(this._number, isPath, source);
    this._feed.loaded();
    if (problem !== undefined) throw make.config(problem);
  }

  _open() {
    if (this.disposed) throw make.closed();
  }

  // A call is over.
  _left() {
    if (this._draining > 0 && --this._draining === 0) native.close(this._number);
  }
}

if (Symbol.dispose !== undefined) Engine.prototype[Symbol.dispose] = Engine.prototype.dispose;

const lines = (text) => text.split('\n').filter((line) => line !== '');

function pathText(path) {
  const text = path instanceof URL ? require('url').fileURLToPath(path) : path;
  if (typeof text !== 'string' || text === '' || text.includes('\0'))
    throw new TypeError(`a path is a string or a file: URL, not ${util.inspect(path)}`);
  return text;
}

function yamlText(yaml) {
  if (typeof yaml !== 'string')
    throw new TypeError(`the policies are a string of YAML, not ${yaml === null ? 'null' : typeof yaml}`);
  return yaml;
}

module.exports = { Engine };

'use strict';
// axios under resil's policies, as an adapter: interceptors and transformers of the instance work as before, and run once
// a request, not once an attempt.

const { adapterOptions, refusalOf, release } = require('./request');
const { Outcome } = require('../lib/outcome');
const { ExhaustedError, RetryRefusedError } = require('../lib/errors').classes;

function adapter(engine, options) {
  const { endpoint, call, rest } = adapterOptions(engine, options, 'adapter');

  return async function resilAdapter(config) {
    const base = resolve(rest.adapter, config);
    const wanted = endpoint({
      url: urlOf(config),
      method: (config.method ?? 'get').toUpperCase(),
      headers: config.headers,
    });
    if (wanted === undefined) return base(config);

    const caller = callerOf(config);
    let last;
    const attempt = (context) => {
      last = context;
      return base({ ...config, cancelToken: undefined, signal: context.signal });
    };
    try {
      const response = await wanted.execute(attempt, {
        outcome,
        ...defined(call),
        signal: caller.signal,
        refuseRetry: refusalOf(config.data),
        discard,
        discardError: (error) => discard(error?.response),
      });
      if (isStream(response.data)) last._follow(response, response.data);
      return response;
    } catch (error) {
      if (caller.signal?.aborted && error === caller.signal.reason) throw canceled(config, error);
      // An answer is the caller's in axios's own form; only a failure without one is resil's to tell.
      const told = error instanceof ExhaustedError || error instanceof RetryRefusedError;
      throw told && error.cause?.response !== undefined ? error.cause : error;
    } finally {
      caller.release();
    }
  };
}

/** Puts an instance under the engine's policies; answers a function that takes it out again. */
function attach(instance, engine, options) {
  if (typeof instance?.defaults !== 'object')
    throw new TypeError('attach takes axios, or an instance that it made, and then an Engine of resil');
  const before = instance.defaults.adapter;
  const after = adapter(engine, { adapter: before, ...options });
  instance.defaults.adapter = after;
  return () => {
    if (instance.defaults.adapter === after) instance.defaults.adapter = before;
  };
}

const axios = () => {
  try {
    const loaded = require('axios');
    return loaded.default ?? loaded;
  } catch (cause) {
    throw new TypeError('resil/axios found no axios to load; install it, or give the option `adapter` a function', {
      cause,
    });
  }
};

const resolve = (base, config) =>
  typeof base === 'function' ? base : axios().getAdapter(base ?? ['http', 'fetch'], config);

function urlOf({ url = '', baseURL = '' }) {
  if (baseURL === '' || /^([a-z][a-z\d+\-.]*:)?\/\//i.test(url)) return url;
  return url === '' ? baseURL : `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}

// The caller's signal, or one that follows its older cancel token.
function callerOf({ signal, cancelToken }) {
  if (cancelToken === undefined || cancelToken === null) return { signal: signal ?? undefined, release() {} };
  const controller = new AbortController();
  const cancel = (reason) => controller.abort(reason);
  const follow = () => controller.abort(signal.reason); // the reason tells a deadline from a caller who left
  cancelToken.subscribe(cancel);
  if (signal?.aborted) follow();
  signal?.addEventListener('abort', follow);
  return {
    signal: controller.signal,
    release() {
      cancelToken.unsubscribe(cancel);
      signal?.removeEventListener('abort', follow);
    },
  };
}

// axios's own word for it, so that axios.isCancel goes on working.
const canceled = (config, cause) => Object.assign(new (axios().CanceledError)(null, config), { cause });

const outcome = (error) => (error?.code === 'ERR_CANCELED' ? Outcome.CANCELLED : undefined);

const isStream = (data) => typeof data?.pipe === 'function' || typeof data?.getReader === 'function';

const defined = (options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

// A response that a retry replaces, and that was asked for as a stream. Most come within the error that axios makes of a status.
function discard(response) {
  if (isStream(response?.data)) release(response.data);
}

module.exports = { adapter, attach };

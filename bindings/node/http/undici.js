'use strict';
// undici under resil's policies, as an interceptor for Dispatcher.compose. An attempt ends with the response's head. Both forms of
// handlers are spoken: undici 6's (onConnect, onHeaders, ...) and the newer one (onRequestStart, onResponseStart, ...).

const { adapterOptions, refusalOf } = require('./request');
const { modern, legacy } = require('./undici_handlers');
const { Leg } = require('./undici_leg');

function interceptor(engine, options) {
  const { endpoint, call } = adapterOptions(engine, options);

  return (dispatch) => (opts, handler) => {
    if (opts.upgrade || opts.method === 'CONNECT') return dispatch(opts, handler);
    const style = typeof handler.onRequestStart === 'function' ? modern : legacy;
    let wanted;
    try {
      wanted = endpoint(describe(opts));
    } catch (error) {
      new Exchange(dispatch, opts, style, handler).refuse(error);
      return true;
    }
    if (wanted === undefined) return dispatch(opts, handler);
    new Exchange(dispatch, opts, style, handler).run(wanted, call);
    return true;
  };
}

const describe = ({ origin, path, method, headers }) => ({
  // Not new URL(path, origin): a path that begins with // would name another host. A Client's or Pool's requests have no origin.
  url: origin && path.startsWith('/') ? new URL(origin).origin + path : path,
  method: (method ?? 'GET').toUpperCase(),
  headers,
});

// One request of the caller's: an operation, with a leg for each attempt.
class Exchange {
  constructor(dispatch, opts, style, handler) {
    this.dispatch = dispatch;
    this.opts = opts;
    this.style = style;
    this.out = style.out(handler);
    this.caller = new AbortController();
    this.leg = null;
  }

  run(endpoint, call) {
    // The handler may abort from here on, whether a request is under way or the operation waits.
    this.out.start(this);
    const options = {
      ...call,
      signal: this.caller.signal,
      refuseRetry: refusalOf(this.opts.body ?? null),
      discard: (head) => head.leg.discard(),
    };
    let operation;
    try {
      operation = endpoint.execute((context) => this.attempt(context), options);
    } catch (error) {
      this.out.error(error); // wrong options
      return;
    }
    operation.then(
      (head) => head.leg.forward(),
      (error) => {
        this.leg?.abandon();
        this.out.error(error);
      },
    );
  }

  // No such target, or no engine any more: the handler must not wait for ever.
  refuse(error) {
    this.out.start(this);
    this.out.error(error);
  }

  attempt(context) {
    return new Promise((resolve, reject) => {
      this.leg?.abandon();
      const leg = new Leg(this.out, resolve, reject);
      this.leg = leg;
      const { signal } = context;
      signal.addEventListener('abort', () => leg.abort(signal.reason), { once: true });
      this.dispatch(this.opts, this.style.in(leg));
    });
  }

  // What the caller's handler can do to its request.
  abort(reason) {
    if (this.leg !== null && this.leg.forwarding) this.leg.abort(reason);
    else this.caller.abort(reason);
  }
  pause() {
    this.leg?.pause();
  }
  resume() {
    this.leg?.resume();
  }
  get controller() {
    return this.leg?.controller;
  }
  get aborted() {
    return this.caller.signal.aborted || (this.controller?.aborted ?? false);
  }
  get reason() {
    return this.caller.signal.aborted ? this.caller.signal.reason : (this.controller?.reason ?? null);
  }
}

module.exports = { interceptor };

'use strict';
// The two forms of undici's handlers, each as `in`: what undici calls, told to a leg; and `out`: the caller's handler, told
// what the legs say.

const modern = {
  in: (leg) => ({
    onRequestStart(controller) {
      leg.started(controller);
    },
    onResponseStart(controller, statusCode, headers, statusMessage) {
      if (statusCode < 200) leg.out.informed(statusCode, headers, statusMessage);
      else leg.headed({ statusCode, headers, statusMessage });
    },
    onResponseData(controller, chunk) {
      leg.data(chunk);
    },
    onResponseEnd(controller, trailers) {
      leg.ended(trailers);
    },
    onResponseError(controller, error) {
      leg.failed(error);
    },
  }),

  out(handler) {
    let controller;
    return {
      start(exchange) {
        controller = new Controller(exchange);
        handler.onRequestStart(controller, {});
      },
      informed: (...head) => handler.onResponseStart?.(controller, ...head),
      head({ statusCode, headers, statusMessage }) {
        controller.own = false;
        handler.onResponseStart?.(controller, statusCode, headers, statusMessage);
        return !controller.own;
      },
      data: (chunk) => handler.onResponseData?.(controller, chunk),
      end: (trailers) => handler.onResponseEnd?.(controller, trailers),
      error: (error) => handler.onResponseError?.(controller, error),
    };
  },
};

// Outlives the legs, as the caller's handler does.
class Controller {
  constructor(exchange) {
    this._exchange = exchange;
    this.own = false; // paused by the handler
  }
  pause() {
    this.own = true;
    this._exchange.pause();
  }
  resume() {
    this.own = false;
    this._exchange.resume();
  }
  abort(reason) {
    this._exchange.abort(reason);
  }
  get paused() {
    return this.own;
  }
  get aborted() {
    return this._exchange.aborted;
  }
  get reason() {
    return this._exchange.reason;
  }
  get rawHeaders() {
    return this._exchange.controller?.rawHeaders ?? null;
  }
  get rawTrailers() {
    return this._exchange.controller?.rawTrailers ?? null;
  }
}

const legacy = {
  in(leg) {
    let paused = false;
    let flow = () => {};
    return {
      onConnect(abort) {
        leg.started({
          abort,
          pause: () => void (paused = true),
          resume() {
            paused = false;
            flow();
          },
        });
      },
      onHeaders(statusCode, raw, resume, statusMessage) {
        if (statusCode < 200) return leg.out.informed(statusCode, raw, resume, statusMessage);
        flow = resume;
        leg.headed({ statusCode, headers: parsed(raw), statusMessage, raw });
        return !paused;
      },
      onData(chunk) {
        leg.data(chunk);
        return !paused;
      },
      onComplete(trailers) {
        leg.ended(trailers);
      },
      onError(error) {
        leg.failed(error);
      },
      // undici asks for these by their presence.
      onBodySent: leg.out.bodySent,
      onRequestSent: leg.out.requestSent,
      onResponseStarted: leg.out.responseStarted,
    };
  },

  out: (handler) => ({
    start: (exchange) => handler.onConnect?.((reason) => exchange.abort(reason), {}),
    informed: (...head) => handler.onHeaders?.(...head),
    head: ({ statusCode, raw, statusMessage }, leg) =>
      handler.onHeaders?.(statusCode, raw, () => leg.resume(), statusMessage),
    data(chunk, leg) {
      if (handler.onData?.(chunk) === false) leg.pause();
    },
    end: (trailers) => handler.onComplete?.(trailers),
    error: (error) => handler.onError?.(error),
    bodySent: handler.onBodySent?.bind(handler),
    requestSent: handler.onRequestSent?.bind(handler),
    responseStarted: handler.onResponseStarted?.bind(handler),
  }),
};

// [name, value, name, value, ...] of buffers or strings; only what is read here matters: single values.
function parsed(raw) {
  const headers = {};
  for (let i = 0; i + 1 < raw.length; i += 2) headers[String(raw[i]).toLowerCase()] = String(raw[i + 1]);
  return headers;
}

module.exports = { modern, legacy };

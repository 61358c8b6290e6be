'use strict';
// fetch under resil's policies. An attempt ends with the response's head: its status is judged, its body is the caller's to read.

const { adapterOptions, refusalOf, release } = require('./request');

function wrapFetch(engine, options) {
  const { endpoint, call, rest } = adapterOptions(engine, options, 'fetch');
  const inner = rest.fetch ?? ((input, init) => globalThis.fetch(input, init));

  // Like the platform's, it throws nothing: whatever is wrong is a rejection.
  return async function fetch(input, options) {
    const init = options ?? {};
    const request =
      typeof input === 'object' && input !== null && typeof input.clone === 'function' ? input : undefined;
    if (request !== undefined && request.bodyUsed) return inner(input, init); // the platform's own complaint
    const described = {
      url: request === undefined ? String(input) : request.url,
      method: (init.method ?? request?.method ?? 'GET').toUpperCase(),
      headers: init.headers ?? request?.headers,
    };
    const wanted = endpoint(described);
    if (wanted === undefined) return inner(input, init);

    const caller = (init.signal === undefined ? request?.signal : init.signal) ?? undefined;
    const once = refusalOf(init.body ?? null);
    // A Request's body is a stream, but one that can be cloned: each attempt gets a copy.
    const cloned = request !== undefined && request.body !== null && (init.body ?? null) === null;
    let last;
    const attempt = (context) => {
      last = context;
      return inner(cloned ? request.clone() : input, { ...init, signal: context.signal });
    };
    try {
      const response = await wanted.execute(attempt, { ...call, signal: caller, refuseRetry: once, discard });
      last._follow(response, response.body);
      return response;
    } finally {
      if (cloned) release(request.body);
    }
  };
}

// A response that a retry replaces. Where the option `fetch` is node-fetch, its body is a stream of Node's in front of the socket's,
// and destroying it would leave that one stopped for ever: it is read to its end.
function discard(response) {
  const body = response?.body;
  if (typeof body?.resume === 'function') body.on('error', () => {}).resume();
  else release(body);
}

module.exports = { wrapFetch };

'use strict';
// An HTTP server that answers what it is told to, and remembers what it was asked.

const http = require('http');
const { Engine } = require('../..');
const { policies } = require('./policies');

/**
 * `answers`: for each request in turn {status, headers, body, delayMs, drop, hang, stall}; the last one goes on. One that stalls never
 * ends its body. Answers {url, seen,
 * connections}; closed after the test.
 */
async function serve(t, answers) {
  const seen = [];
  const sockets = new Set();
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const {
        status = 200,
        headers = {},
        body = 'ok',
        delayMs = 0,
        drop = false,
        hang = false,
        stall = false,
      } = answers[Math.min(seen.length, answers.length - 1)];
      seen.push({
        method: request.method,
        path: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      if (drop) request.socket.destroy();
      else if (stall) response.writeHead(status, { ...headers, 'content-length': body.length + 1 }).write(body);
      else if (!hang) setTimeout(() => response.writeHead(status, headers).end(body), delayMs);
    });
  });
  server.keepAliveTimeout = 0; // connections live as long as their clients want
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, seen, connections: () => connections };
}

/**
 * An engine whose app 127.0.0.1 is retried after 5 ms, has a budget and a breaker that is open for 60 ms. Whatever depends on how
 * fast this machine answers is tested on a clock that the test moves.
 */
function engineFor(
  t,
  { retries = 3, budget = '60s', trip = 'consecutiveFailures >= 50', duration = '5ms', clock } = {},
) {
  const engine = Engine.fromText(
    policies({
      timeouts: `{t: ${budget}}`,
      retries: `{r: {policy: constant, duration: ${duration}, maxRetries: ${retries}, matching: {httpStatusCodes: "429,500-599"}}}`,
      breakers: `{cb: {timeout: 60ms, trip: ${trip}}}`,
      apps: '{127.0.0.1: {timeout: t, retry: r, circuitBreaker: cb}, untimed: {retry: r}}',
    }),
    { clock },
  );
  t.after(() => engine.dispose());
  return engine;
}

/** Waits until the server has been asked `n` times. */
async function asked({ seen }, n) {
  for (let polls = 0; seen.length < n; polls++) {
    if (polls > 60_000) throw new Error(`the server was asked ${seen.length} times, not ${n}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

module.exports = { serve, engineFor, asked };

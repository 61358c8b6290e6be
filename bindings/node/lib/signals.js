'use strict';
// Callers' AbortSignals. However many operations wait on one signal, it carries one listener, and none once they are over:
// a signal that lives as long as the process gathers nothing.

const watched = new WeakMap(); // signal -> {operations, listener}

/** Calls operation.cancel(reason) when the signal aborts, until unwatch(). */
function watch(signal, operation) {
  let entry = watched.get(signal);
  if (entry === undefined) {
    const operations = new Set();
    const listener = () => {
      watched.delete(signal);
      for (const each of operations) each.cancel(signal.reason);
    };
    watched.set(signal, (entry = { operations, listener }));
    signal.addEventListener('abort', listener, { once: true });
  }
  entry.operations.add(operation);
}

function unwatch(signal, operation) {
  const entry = watched.get(signal);
  if (entry === undefined || !entry.operations.delete(operation) || entry.operations.size > 0) return;
  watched.delete(signal);
  signal.removeEventListener('abort', entry.listener);
}

/**
 * A signal for attempts that nothing can abort: no budget and no caller's signal. Many share one, so it must not gather their
 * listeners, which it would never call anyway. AbortSignal.any() makes it remember what follows it: so it is replaced now and then.
 */
function never() {
  if (reads++ % READS === 0) {
    shared = new AbortController().signal;
    for (const method of ['addEventListener', 'removeEventListener'])
      Object.defineProperty(shared, method, { value: () => {} });
  }
  return shared;
}

const READS = 1024;
let reads = 0;
let shared;

module.exports = { watch, unwatch, never };

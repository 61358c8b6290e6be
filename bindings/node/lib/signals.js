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
 * A signal for attempts that nothing can abort: no budget and no caller's signal. All of them share it, so it must not gather
 * their listeners; it would never call one anyway.
 */
const never = new AbortController().signal;
for (const method of ['addEventListener', 'removeEventListener']) {
  Object.defineProperty(never, method, { value: () => {} });
}

module.exports = { watch, unwatch, never };

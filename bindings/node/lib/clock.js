'use strict';
// Where time comes from. The machine's clock is the engine's own: no time crosses. Any other one is an object
// {now(), setTimeout(callback, ms), clearTimeout(handle)} whose milliseconds have fractions, down to the nanosecond.

const LONGEST_TIMEOUT = 2 ** 31 - 1; // beyond this, setTimeout fires at once

const system = {
  now: () => performance.now(),
  // Looked up at every call, so that fake timers installed later are honoured.
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => clearTimeout(handle),
};

function checkClock(clock) {
  if (clock === undefined || clock === system) return system;
  for (const method of ['now', 'setTimeout', 'clearTimeout']) {
    if (clock === null || typeof clock[method] !== 'function') {
      throw new TypeError(
        `a clock needs now(), setTimeout(callback, ms) and clearTimeout(handle); ${method} is missing`,
      );
    }
  }
  return clock;
}

/** Nanoseconds for the engine; NaN lets it read its own clock, and only when it must. */
const nowNs = (clock) => (clock === system ? NaN : Math.round(clock.now() * 1e6));

/** Calls back after `ms`, however long that is, and never at once. Returns a function that cancels. */
function after(clock, ms, callback) {
  if (ms === 0 && clock === system) {
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  }
  let handle;
  const arm = (left) => {
    // The machine's timers drop fractions: the engine would only say that it is too early.
    const step = Math.min(clock === system ? Math.ceil(left) : left, LONGEST_TIMEOUT);
    handle = clock.setTimeout(() => (left > step ? arm(left - step) : callback()), step);
  };
  arm(ms);
  return () => clock.clearTimeout(handle);
}

/** Blocks this thread. */
function sleepSync(clock, ms) {
  if (clock === system) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  } else if (typeof clock.sleepSync === 'function') {
    clock.sleepSync(ms);
  } else {
    throw new TypeError('executeSync can only wait on this clock if it has sleepSync(ms)');
  }
}

module.exports = { system, checkClock, nowNs, after, sleepSync, LONGEST_TIMEOUT };

'use strict';
// The healthy call. While the endpoint's word has FAST set, begin would allow and a success would change nothing; so the word
// is read before and after, and if it is the same both times the engine need not hear of the call at all. Counts are credited
// before anyone looks at them.

const { Operation } = require('./operation');
const { callOptions } = require('./options');
const { isThenable, carriesStatus } = require('./outcome');
const { Success } = require('./result');
const { PLAIN } = require('./context');

/** FAST set and no time budget: bit 0 and bits 1..24 of the word's lower half. */
const UNTIMED_MASK = 0x1ffffff;
const UNTIMED = 1;

/** A first attempt without begin; answers a promise. `low` and `high` are the word as it was read just now. */
function elide(endpoint, fn, options, wantsValue, low, high) {
  endpoint._begun++;
  let promise;
  try {
    promise = fn(PLAIN);
  } catch (error) {
    return Operation.takeOver(endpoint, fn, callOptions(options), wantsValue, low, high, error, true);
  }
  if (!isThenable(promise)) {
    return ended(endpoint, fn, options, wantsValue, low, high, promise);
  }
  return promise.then(
    (value) => {
      const word = endpoint._fast;
      if (word[0] === low && word[1] === high && !carriesStatus(value)) {
        endpoint._healthy++;
        return wantsValue ? new Success(value) : value;
      }
      return Operation.takeOver(endpoint, fn, callOptions(options), wantsValue, low, high, value, false);
    },
    (error) => Operation.takeOver(endpoint, fn, callOptions(options), wantsValue, low, high, error, true),
  );
}

// An action that answered without a promise.
function ended(endpoint, fn, options, wantsValue, low, high, value) {
  const word = endpoint._fast;
  if (word[0] === low && word[1] === high && !carriesStatus(value)) {
    endpoint._healthy++;
    return Promise.resolve(wantsValue ? new Success(value) : value);
  }
  return Operation.takeOver(endpoint, fn, callOptions(options), wantsValue, low, high, value, false);
}

module.exports = { elide, UNTIMED_MASK, UNTIMED };

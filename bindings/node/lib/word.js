'use strict';
// The endpoint's word, as resil.h lays it out, read as two halves: whether a call may be made without the engine hearing of it.
//
// FAST: begin would allow and do nothing. COUNTED (a rule over requests): begin would allow and add 1 to a cell, which is done
// here. An engine is used by one thread, so nothing changes word or cell between two statements, and no compare-and-swap is
// needed: looking at the cell's generation and adding to it is one step.

const native = require('./native');
const { FAST, COUNTED } = require('./contract');

const HOW = 3;
/** Without a time budget: bits 1..24 of a fast word, 2..25 of a counted one. */
const UNTIMED_FAST = 0x1ffffff;
const UNTIMED_COUNTED = 0x3ffffff;
const GENERATION_AT = 12; // in the upper half

/** Never FAST or COUNTED: for endpoints whose word cannot be read or must not be. */
const NO_WORD = new Int32Array(2);

/** Whether a word that is not untimed and FAST, which the callers look for themselves, is untimed and COUNTED; then it was counted. */
const admitsUntimed = (endpoint, low) => (low & UNTIMED_COUNTED) === COUNTED && count(endpoint);

/** The budget in ms that the word gives an attempt; undefined = none. */
const budgetOf = (low) => ((low & FAST) !== 0 ? low >>> 1 : low >>> 2) & 0xffffff || undefined;

/** Whether an attempt may be made by the word alone, as it is now; its request is counted then. Otherwise begin must be asked. */
function admits(endpoint, low) {
  if ((low & FAST) !== 0) return true;
  return (low & HOW) === COUNTED && count(endpoint);
}

function count(endpoint) {
  let cell = endpoint._cell;
  if (cell === null) {
    const buffer = native.tally(endpoint.engine._number, endpoint.id);
    if (buffer === null) return false;
    endpoint._cell = cell = new Int32Array(buffer);
  }
  // Of another generation, or about to carry into the upper half: the engine does it.
  if ((cell[1] ^ endpoint._words[1]) >>> GENERATION_AT !== 0 || cell[0] === -1) return false;
  cell[0]++;
  return true;
}

module.exports = { FAST, HOW, UNTIMED_FAST, UNTIMED_COUNTED, COUNTED, NO_WORD, budgetOf, admits, admitsUntimed };

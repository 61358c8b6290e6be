'use strict';
// The numbers of resil.h that cross the boundary.

const contract = require('./contract');
const native = require('./native');

const { KIND, BEGIN, END, WHY, EVENT_KIND } = contract;
const STATES = ['closed', 'open', 'half-open'];
const { FULL } = contract.ERROR;
const { HAS_EVENTS, MAY_WAIT } = contract.TICKET_FLAG;
const { NO_RETRY } = contract.OUTCOME_FLAG; // beside an outcome
const { LENIENT, EVERY_REJECTION } = contract.OPTION_FLAG;

const names = new Map();

/** The engine's own word for a reason or an error. */
function nameOf(code) {
  let name = names.get(code);
  if (name === undefined) names.set(code, (name = native.name(code)));
  return name;
}

/** The word for a state; one of a newer engine is told by its number. */
const stateOf = (number) => STATES[number] ?? `unknown (${number})`;

module.exports = {
  KIND,
  BEGIN,
  END,
  WHY,
  STATES,
  EVENT_KIND,
  FULL,
  HAS_EVENTS,
  MAY_WAIT,
  NO_RETRY,
  LENIENT,
  EVERY_REJECTION,
  nameOf,
  stateOf,
};

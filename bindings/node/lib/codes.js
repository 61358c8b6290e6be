'use strict';
// The numbers of resil.h that cross the boundary.

const contract = require('./contract');
const native = require('./native');

const { KIND, BEGIN: VERDICT, END: DECISION, WHY, EVENT_KIND } = contract;
const STATES = ['closed', 'open', 'half-open'];
const { FULL } = contract.ERROR;
const { HAS_EVENTS } = contract.TICKET_FLAG;
const { LENIENT, EVERY_REJECTION } = contract.OPTION_FLAG;

const names = new Map();

/** The engine's own word for a reason or an error. */
function nameOf(code) {
  let name = names.get(code);
  if (name === undefined) names.set(code, (name = native.name(code)));
  return name;
}

module.exports = {
  KIND,
  VERDICT,
  DECISION,
  WHY,
  STATES,
  EVENT_KIND,
  FULL,
  HAS_EVENTS,
  LENIENT,
  EVERY_REJECTION,
  nameOf,
};

'use strict';
// Generated from capi/contract.toml by capi/generate.py; edit the table.

// What a function answers instead when it was called wrongly; < 0.
const ERROR = {
  ARG: -1,
  CONFIG: -2,
  FULL: -3,
  TICKET: -4,
  INTERNAL: -5,
};

// What an endpoint is.
const KIND = {
  APP: 0,
  ACTOR: 1,
  COMPONENT_IN: 2,
  COMPONENT_OUT: 3,
  BUILTIN: 4,
};

// What resil_begin answers.
const BEGIN = {
  ALLOW: 0,
  REJECT: 1,
};

// What resil_end answers.
const END = {
  DONE: 0,
  RETRY: 1,
  GIVE_UP: 2,
};

// Why the last answer was not ALLOW or DONE. New ones may come: see ABI.md.
const WHY = {
  OPEN: 16,
  TOO_MANY_REQUESTS: 17,
  HALF_OPEN_FULL: 17,
  EXHAUSTED: 18,
  NOT_RETRIABLE: 19,
  CANCELLED: 20,
  DEADLINE: 21,
  RETRY_BUDGET: 22,
  BUSY: 23,
  RATE_LIMITED: 24,
  HELD: 25,
};

// What the host saw; also RESIL_HTTP(status) and RESIL_GRPC(code).
const OUTCOME = {
  SUCCESS: 0,
  FAILURE: 1,
  TIMEOUT: 2,
  CANCELLED: 3,
};

// The state of a circuit breaker; before and after of a RESIL_EVENT_BREAKER.
const STATE = {
  CLOSED: 0,
  OPEN: 1,
  HALF_OPEN: 2,
};

// What an event tells; the table below says what its members mean.
const EVENT_KIND = {
  BREAKER: 1,
  RETRY: 2,
  RECOVERED: 3,
  REJECTED: 4,
  TIMED_OUT: 5,
  GAVE_UP: 6,
  WARNING: 7,
};

const OPTION_FLAG = {
  LENIENT: 1,
  EVERY_REJECTION: 2,
};

const TICKET_FLAG = {
  HAS_EVENTS: 1,
  MAY_WAIT: 2,
};

const OUTCOME_FLAG = {
  NO_RETRY: 1073741824,
};

const EVENT_FLAG = {
  SHADOW: 1,
};

const ABI = 1;
const HTTP_BIT = 0x10000;
const GRPC_BIT = 0x20000;
const FAST = 0x1;
const COUNTED = 0x2;
const TALLY_MOST = 0xfffffffffff;

module.exports = {
  ABI,
  HTTP_BIT,
  GRPC_BIT,
  FAST,
  COUNTED,
  TALLY_MOST,
  ERROR,
  KIND,
  BEGIN,
  END,
  WHY,
  OUTCOME,
  STATE,
  EVENT_KIND,
  OPTION_FLAG,
  TICKET_FLAG,
  OUTCOME_FLAG,
  EVENT_FLAG,
};

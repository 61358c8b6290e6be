'use strict';
// A healthy call: one attempt without a time budget, a caller's signal or a deadline, that succeeds. It makes no object.
//
// While the endpoint's word says so, begin would allow (and at most count a request) and a success would change nothing; so the
// word is read before and after, and if it is the same both times the engine need not hear of the call at all. Where it does not (an
// interval), begin and end cross. Whatever is less simple goes on as an Operation.

const { DOUBLE, MODE, doubles } = require('./registers');
const { BEGIN } = require('./codes');
const { Operation } = require('./operation');
const { begin, end } = require('./crossing');
const { takeTicket, giveTicket } = require('./tickets');
const { callOptions, plainOptions, isPlain } = require('./options');
const { Outcome, isThenable, carriesStatus } = require('./outcome');
const { nowNs } = require('./clock');
const { Success } = require('./result');
const { PLAIN } = require('./context');
const { FAST, HOW, COUNTED, UNTIMED_FAST, UNTIMED_COUNTED, admitsUntimed } = require('./word');

const MOST_SPARE = 4096;
const nativeThen = Promise.prototype.then;

// Goes by the endpoint's word as it was read before the attempt. This is what a call needs when it ends; its two handlers are
// made once and serve one call after another.
class WordCall {
  constructor() {
    this.endpoint = null;
    this.fn = null;
    this.options = undefined;
    this.wantsValue = false;
    this.low = 0;
    this.high = 0;
    this.beganNs = NaN; // of a virtual clock; the engine reads its own when it must
    this.returned = (value) => {
      const { endpoint } = this;
      const word = endpoint._words;
      if (word[0] !== this.low || word[1] !== this.high || carriesStatus(value)) return this.takeOver(value, false);
      endpoint._healthy++;
      if (endpoint._virtual) this.beganNs = NaN;
      // The next call may have it, and nothing of this one stays reachable.
      this.endpoint = null;
      this.fn = null;
      this.options = undefined;
      if (spareWordCalls.length < MOST_SPARE) spareWordCalls.push(this);
      return this.wantsValue ? new Success(value) : value;
    };
    this.threw = (error) => this.takeOver(error, true);
  }

  takeOver(value, threw) {
    const operation = new Operation(this.endpoint, this.fn, plainOptions(this.options), this.wantsValue);
    operation.goBy(this.low, this.high, this.beganNs);
    this.beganNs = NaN;
    this.endpoint = null;
    this.fn = null;
    this.options = undefined;
    if (spareWordCalls.length < MOST_SPARE) spareWordCalls.push(this);
    return operation.takeOver(value, threw);
  }
}

// Has begun with the engine, and ends with it.
class TicketCall {
  constructor() {
    this.endpoint = null;
    this.fn = null;
    this.options = undefined;
    this.wantsValue = false;
    this.ticket = null;
    this.returned = (value) => {
      if (carriesStatus(value)) return this.takeOver(value, false);
      const { endpoint, ticket } = this;
      this.release();
      end(endpoint, ticket, Outcome.SUCCESS, 0, 0);
      giveTicket(ticket);
      endpoint._leave();
      return this.wantsValue ? new Success(value) : value;
    };
    this.threw = (error) => this.takeOver(error, true);
  }

  takeOver(value, threw) {
    const operation = new Operation(this.endpoint, this.fn, plainOptions(this.options), this.wantsValue);
    operation.ticket = this.ticket;
    this.release();
    return operation.takeOver(value, threw);
  }

  release() {
    this.endpoint = null;
    this.fn = null;
    this.options = undefined;
    this.ticket = null;
    if (spareTicketCalls.length < MOST_SPARE) spareTicketCalls.push(this);
  }
}

const spareWordCalls = [];
const spareTicketCalls = [];

/** Makes the attempt of a call; answers a promise. */
function attempt(call, fn) {
  let promise;
  let ordinary;
  let later;
  try {
    promise = fn(PLAIN);
    ordinary = promise instanceof Promise && promise.then === nativeThen;
    later = ordinary || isThenable(promise);
  } catch (error) {
    return call.takeOver(error, true);
  }
  if (ordinary) return promise.then(call.returned, call.threw);
  if (!later) return Promise.resolve(call.returned(promise));
  return Promise.resolve(promise).then(call.returned, call.threw); // only the language's own is sure to call one handler, once
}

/** Calls `fn` under the endpoint's policies; answers a promise, or at once the Rejection that `execute` is to throw. */
function start(endpoint, fn, options, wantsValue) {
  if (options !== undefined && !isPlain(options)) return Operation.run(endpoint, fn, callOptions(options), wantsValue);
  const word = endpoint._words;
  const low = word[0];
  if ((low & UNTIMED_FAST) !== FAST && !admitsUntimed(endpoint, low))
    return startCrossing(endpoint, fn, options, wantsValue, low);
  endpoint._begun++;
  const call = spareWordCalls.length > 0 ? spareWordCalls.pop() : new WordCall();
  call.endpoint = endpoint;
  call.fn = fn;
  call.options = options;
  call.wantsValue = wantsValue;
  call.low = low;
  call.high = word[1];
  if (endpoint._virtual) call.beganNs = nowNs(endpoint.engine._clock);
  return attempt(call, fn);
}

function startCrossing(endpoint, fn, options, wantsValue, low) {
  if (((low & HOW) !== 0 && (low & UNTIMED_COUNTED) !== COUNTED) || endpoint.engine.disposed)
    return Operation.run(endpoint, fn, callOptions(options), wantsValue);
  const ticket = takeTicket();
  endpoint._begun++; // before the engine hears of it: a listener may dispose the engine
  const answer = begin(endpoint, ticket, MODE.FRESH, 0);
  if (answer !== BEGIN.ALLOW || doubles[DOUBLE.TIMEOUT] !== 0) {
    return Operation.begun(endpoint, fn, callOptions(options), wantsValue, ticket, answer);
  }
  const call = spareTicketCalls.length > 0 ? spareTicketCalls.pop() : new TicketCall();
  call.endpoint = endpoint;
  call.fn = fn;
  call.options = options;
  call.wantsValue = wantsValue;
  call.ticket = ticket;
  return attempt(call, fn);
}

module.exports = { start };

'use strict';
// One attempt of a request through undici. Its response is held at the head until the engine has judged it: then it is
// forwarded to the caller's handler, or drained so that the connection can serve the retry.

const DRAIN_BYTES = 128 * 1024; // beyond that, closing the connection is cheaper

const unread = () => new Error('resil: the rest of a response that is retried is not read');

class Leg {
  constructor(out, resolve, reject) {
    this.out = out;
    this.resolve = resolve;
    this.reject = reject;
    this.controller = undefined; // {abort, pause, resume}
    this.forwarding = false;
    this.discarded = false;
    this.over = false; // nothing more comes from undici
    this.head = null;
    this.held = []; // what came while the head was being judged: some dispatchers do not pause
    this.drained = 0;
    this.aborting = undefined;
  }

  // From undici:

  started(controller) {
    this.controller = controller;
    if (this.aborting !== undefined) controller.abort(this.aborting.reason);
  }

  /** Answers whether the body may flow. */
  headed(head) {
    this.head = head;
    this.controller.pause();
    this.resolve({ statusCode: head.statusCode, headers: head.headers, leg: this });
  }

  data(chunk) {
    if (this.discarded) {
      this.drained += chunk.length;
      if (this.drained > DRAIN_BYTES) this.abort(unread());
    } else if (this.forwarding) {
      this.out.data(chunk, this);
    } else {
      this.held.push(() => this.out.data(chunk, this));
    }
  }

  ended(trailers) {
    this.over = true;
    if (this.forwarding) this.out.end(trailers);
    else if (!this.discarded) this.held.push(() => this.out.end(trailers));
  }

  failed(error) {
    this.over = true;
    if (this.forwarding) this.out.error(error);
    else if (this.head === null) this.reject(error);
    else if (!this.discarded) this.held.push(() => this.out.error(error));
  }

  // From the exchange:

  forward() {
    this.forwarding = true;
    try {
      if (this.out.head(this.head, this) !== false) this.resume();
      for (const deliver of this.held.splice(0)) deliver();
    } catch (error) {
      // As undici does it: a handler that throws (`dump` refuses what is too long so) breaks its request off, and is told of it.
      if (this.over) this.out.error(error);
      else this.abort(error);
    }
  }

  discard() {
    this.discarded = true;
    this.held.length = 0;
    this.resume();
  }

  /** The time for draining is over: a retry must not stand in line behind what may never come, and without one nobody closes it. */
  abandon() {
    if (this.discarded && !this.over) this.abort(unread());
  }

  abort(reason) {
    this.aborting = { reason };
    this.controller?.abort(reason);
  }
  pause() {
    this.controller?.pause();
  }
  resume() {
    this.controller?.resume();
  }
}

module.exports = { Leg };

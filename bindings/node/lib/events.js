'use strict';
// The engine's events as an EventEmitter's. They are read right after the call that caused them, so they come in order and
// nobody polls; nothing is read while nobody listens or waits.

const native = require('./native');
const { INT, DOUBLE, EVENT, EVENT_COLUMNS, ints, doubles, eventRows } = require('./registers');
const { EVENT_FLAG } = require('./contract');
const { EVENT_KIND, stateOf, nameOf } = require('./codes');
const { nameOfOutcome } = require('./outcome');

const shapes = {
  [EVENT_KIND.BREAKER]: (before, after) => ({ type: 'stateChange', from: stateOf(before), to: stateOf(after) }),
  [EVENT_KIND.RETRY]: (before, after, value) => ({
    type: 'retry',
    attempt: before,
    outcome: nameOfOutcome(after),
    delayMs: value / 1e6,
  }),
  [EVENT_KIND.RECOVERED]: (before) => ({ type: 'recovered', attempts: before }),
  [EVENT_KIND.REJECTED]: (before, after, value, flags) => ({
    type: 'reject',
    attempts: before,
    reason: nameOf(after),
    reasonCode: after,
    retryAfterMs: value / 1e6,
    shadow: (flags & EVENT_FLAG.SHADOW) !== 0,
  }),
  [EVENT_KIND.TIMED_OUT]: (before, after, value) => ({ type: 'timeout', attempt: before, timeoutMs: value / 1e6 }),
  [EVENT_KIND.GAVE_UP]: (before, after, value) => ({
    type: 'giveUp',
    attempts: before,
    reason: nameOf(after),
    reasonCode: after,
    outcome: nameOfOutcome(value),
  }),
  [EVENT_KIND.WARNING]: (before, after, value) => ({ type: 'warning', number: value }),
};

// An event of a newer engine is passed on as it is.
const unknown = (kind, before, after, value) => ({ type: 'other', kind, name: nameOf(kind), before, after, value });

class EventFeed {
  /** `log` gets every line that Dapr would log; null = nobody wants them. */
  constructor(engine, log) {
    this._engine = engine;
    this._log = log;
    this._listeners = 0;
    this._logListeners = 0;
    this._draining = false;
    this._lastSeq = 0;
    this._loading = false;
    this._hooks = { newListener: (type) => this._count(type, 1), removeListener: (type) => this._count(type, -1) };
    this.hook();
  }

  /** Hears of who comes and goes, from now on and also after somebody has removed all listeners. */
  hook() {
    const { _engine: engine, _hooks: hooks } = this;
    for (const type of Object.keys(hooks)) engine.off(type, hooks[type]).on(type, hooks[type]);
    const counts = engine.eventNames().map((type) => engine.listenerCount(type));
    this._listeners = counts.reduce((sum, count) => sum + count, 0) - 2; // of others than these two
    this._logListeners = engine.listenerCount('log');
  }

  _count(type, step) {
    // What happened while nobody listened is not news; but the warnings of a load are, for who listens right after it.
    if (step > 0 && !this._loading && this._idle()) this._skip();
    this._listeners += step;
    if (type === 'log') this._logListeners += step;
  }

  _idle() {
    return this._listeners === 0 && this._log === null && this._engine._waiting.size === 0;
  }

  /** After a load or reload: its warnings are emitted when the current code has had time to listen. */
  loaded() {
    this._loading = true;
    process.nextTick(() => {
      this._loading = false;
      if (this._idle()) this._skip();
      else this.drain();
    });
  }

  /** For the middle of a call: its results in the registers survive what listeners do. */
  drainKeepingRegisters() {
    if (this._idle() && !this._loading) return;
    const result = ints[INT.RESULT];
    const attempt = ints[INT.ATTEMPT];
    const flags = ints[INT.FLAGS];
    const reason = ints[INT.REASON];
    const timeout = doubles[DOUBLE.TIMEOUT];
    const delay = doubles[DOUBLE.DELAY];
    this.drain();
    ints[INT.RESULT] = result;
    ints[INT.ATTEMPT] = attempt;
    ints[INT.FLAGS] = flags;
    ints[INT.REASON] = reason;
    doubles[DOUBLE.TIMEOUT] = timeout;
    doubles[DOUBLE.DELAY] = delay;
  }

  /** Emits what has happened since the last time. A listener that calls the engine gets the events of that call after these. */
  drain() {
    if (this._draining) return;
    this._draining = true;
    try {
      for (let rows = this._read(); rows.length > 0; rows = this._read()) rows.forEach(this._publish, this);
    } finally {
      this._draining = false;
    }
  }

  // Copies everything out of the shared buffer before any listener can cause more.
  _read() {
    const count = native.drain(this._engine._number);
    const wantsLines = this._log !== null || this._logListeners > 0;
    const rows = [];
    for (let i = 0, at = 0; i < count; i++, at += EVENT_COLUMNS) {
      const kind = eventRows[at + EVENT.KIND];
      const shape = shapes[kind] ?? unknown.bind(undefined, kind);
      const seq = eventRows[at + EVENT.SEQ];
      const [before, after, value, flags] = eventRows.subarray(at + EVENT.BEFORE, at + EVENT.FLAGS + 1);
      const event = shape(before, after, value, flags);
      event.endpoint = this._engine._endpointById(eventRows[at + EVENT.ENDPOINT]);
      event.timeMs = eventRows[at + EVENT.TIME] / 1e6;
      const lost = seq - this._lastSeq - 1;
      this._lastSeq = seq;
      rows.push({ event, lost, line: wantsLines || event.type === 'warning' ? native.eventText(i) : '' });
    }
    return rows;
  }

  _publish({ event, lost, line }) {
    if (lost > 0) this._emit('lost', lost);
    if (event.type === 'warning') event.message = line;
    this._emit(event.type, event);
    if (line !== '') {
      if (this._log !== null) this._guard(() => this._log(line, event));
      this._emit('log', line, event);
    }
    if (event.type === 'stateChange' && event.to !== 'open') this._wake();
  }

  /** An event of the host's own: the engine would have retried. */
  retryRefused(endpoint, reason, error) {
    this._emit('retryRefused', { type: 'retryRefused', endpoint, reason, error });
  }

  /** A warning of the host's own: to who listens, or else to the process, since nobody would hear of it otherwise. */
  warn(message, endpoint) {
    const { _engine: engine, _log: log } = this;
    if (log === null && this._logListeners === 0 && engine.listenerCount('warning') === 0) {
      process.emitWarning(message, { type: 'ResilWarning' });
      return;
    }
    const event = { type: 'warning', number: 0, endpoint, timeMs: engine._clock.now() };
    this._publish({ event, lost: 0, line: message });
  }

  // A breaker that has changed may admit those who wait for it, wherever they stand in their wait.
  _wake() {
    for (const operation of [...this._engine._waiting]) if (operation.rejected) operation.again();
  }

  _emit(type, ...values) {
    this._guard(() => this._engine.emit(type, ...values));
  }

  // A listener's mistake must not become the outcome of the call that caused the event: it surfaces as an uncaught exception.
  _guard(call) {
    try {
      call();
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }

  _skip() {
    for (let rows = this._read(); rows.length > 0; rows = this._read());
  }
}

module.exports = { EventFeed };

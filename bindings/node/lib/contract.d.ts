// Generated from capi/contract.toml by capi/generate.py; edit the table.

/** What a function answers instead when it was called wrongly; < 0. */
export declare const ERROR: {
  /** An argument names nothing that there is. */
  readonly ARG: -1;
  /** A document was refused. */
  readonly CONFIG: -2;
  /** max_endpoints are there. */
  readonly FULL: -3;
  /** No attempt of this ticket is in flight. */
  readonly TICKET: -4;
  /** Memory ran out, or a bug of the library. */
  readonly INTERNAL: -5;
};

/** What an endpoint is. */
export declare const KIND: {
  /** A method of an app. */
  readonly APP: 0;
  /** An actor, by its type and id. */
  readonly ACTOR: 1;
  /** What a component sends to the app. */
  readonly COMPONENT_IN: 2;
  /** What the app asks of a component. */
  readonly COMPONENT_OUT: 3;
  /** A reserved policy, by its name. */
  readonly BUILTIN: 4;
};

/** What resil_begin answers. */
export declare const BEGIN: {
  /** Make the attempt. */
  readonly ALLOW: 0;
  /** Make none; the ticket's reason says why. */
  readonly REJECT: 1;
};

/** What resil_end answers. */
export declare const END: {
  /** The operation succeeded. */
  readonly DONE: 0;
  /** Wait delay_ns, then begin again. */
  readonly RETRY: 1;
  /** The operation is over; the ticket's reason says why. */
  readonly GIVE_UP: 2;
};

/** Why the last answer was not ALLOW or DONE. New ones may come: see ABI.md. */
export declare const WHY: {
  /** The circuit breaker is open. */
  readonly OPEN: 16;
  /** The circuit breaker is half-open and its probes are under way. */
  readonly TOO_MANY_REQUESTS: 17;
  /** The older name of TOO_MANY_REQUESTS. */
  readonly HALF_OPEN_FULL: 17;
  /** The retry policy allows no further attempt. */
  readonly EXHAUSTED: 18;
  /** The failure is none that the retry policy, or the caller, wants retried. */
  readonly NOT_RETRIABLE: 19;
  /** The caller cancelled. */
  readonly CANCELLED: 20;
  /** The operation's deadline has passed, or would before the next attempt. */
  readonly DEADLINE: 21;
  /** The target's budget of retries is used up for the moment. */
  readonly RETRY_BUDGET: 22;
  /** As many attempts as the target may have at a time are in flight. */
  readonly BUSY: 23;
  /** The target's rate of attempts is reached. */
  readonly RATE_LIMITED: 24;
  /** The target asked to be left alone (Retry-After) and that time is not over. */
  readonly HELD: 25;
};

/** What the host saw; also RESIL_HTTP(status) and RESIL_GRPC(code). */
export declare const OUTCOME: {
  /** The attempt did what it should. */
  readonly SUCCESS: 0;
  /** It failed in some way that has no status. */
  readonly FAILURE: 1;
  /** Its time was over, the policy's or one that the caller brought. */
  readonly TIMEOUT: 2;
  /** The caller gave it up: counts for nothing and ends the operation. */
  readonly CANCELLED: 3;
};

/** The state of a circuit breaker; before and after of a RESIL_EVENT_BREAKER. */
export declare const STATE: {
  /** Attempts are admitted. */
  readonly CLOSED: 0;
  /** Attempts are rejected until the breaker's timeout is over. */
  readonly OPEN: 1;
  /** A few attempts are admitted to see whether the target answers again. */
  readonly HALF_OPEN: 2;
};

/** What an event tells; the table below says what its members mean. */
export declare const EVENT_KIND: {
  /** A circuit breaker changed its state. */
  readonly BREAKER: 1;
  /** An attempt failed and another follows. */
  readonly RETRY: 2;
  /** An operation succeeded at a later attempt. */
  readonly RECOVERED: 3;
  /** An attempt was not admitted. */
  readonly REJECTED: 4;
  /** An attempt ran out of its time. */
  readonly TIMED_OUT: 5;
  /** An operation with a retry policy failed. */
  readonly GAVE_UP: 6;
  /** Something about the policies, or about a bound. */
  readonly WARNING: 7;
};

export declare const OPTION_FLAG: {
  /** What Dapr ignores is a warning event, not an error. */
  readonly LENIENT: 1;
  /** An event for each rejection, not only for a generation's first. */
  readonly EVERY_REJECTION: 2;
};

export declare const TICKET_FLAG: {
  /** There is something to read with resil_events. */
  readonly HAS_EVENTS: 1;
  /** Out of begin, of a rejection: waiting delay_ns and beginning again can be of use. */
  readonly MAY_WAIT: 2;
};

export declare const OUTCOME_FLAG: {
  /** Or'ed to an outcome, which counts as it says; no retry follows: NOT_RETRIABLE. */
  readonly NO_RETRY: 1073741824;
};

export declare const EVENT_FLAG: {
  /** In reserved[0] of a REJECTED: by a shadow; the attempt was admitted. */
  readonly SHADOW: 1;
};

export declare const ABI: 1;
export declare const HTTP_BIT: 65536;
export declare const GRPC_BIT: 131072;
export declare const FAST: 1;
export declare const COUNTED: 2;
export declare const TALLY_MOST: 17592186044415;

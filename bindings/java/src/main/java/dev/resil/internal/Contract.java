// Generated from capi/contract.toml by capi/generate.py; edit the table.
package dev.resil.internal;

/** resil.h's numbers. */
public final class Contract {
  private Contract() {}

  /** An argument names nothing that there is. */
  public static final int E_ARG = -1;

  /** A document was refused. */
  public static final int E_CONFIG = -2;

  /** max_endpoints are there. */
  public static final int E_FULL = -3;

  /** No attempt of this ticket is in flight. */
  public static final int E_TICKET = -4;

  /** Memory ran out, or a bug of the library. */
  public static final int E_INTERNAL = -5;

  /** A method of an app. */
  public static final int APP = 0;

  /** An actor, by its type and id. */
  public static final int ACTOR = 1;

  /** What a component sends to the app. */
  public static final int COMPONENT_IN = 2;

  /** What the app asks of a component. */
  public static final int COMPONENT_OUT = 3;

  /** A reserved policy, by its name. */
  public static final int BUILTIN = 4;

  /** Make the attempt. */
  public static final int ALLOW = 0;

  /** Make none; the ticket's reason says why. */
  public static final int REJECT = 1;

  /** The operation succeeded. */
  public static final int DONE = 0;

  /** Wait delay_ns, then begin again. */
  public static final int RETRY = 1;

  /** The operation is over; the ticket's reason says why. */
  public static final int GIVE_UP = 2;

  /** The circuit breaker is open. */
  public static final int WHY_OPEN = 16;

  /** The circuit breaker is half-open and its probes are under way. */
  public static final int WHY_TOO_MANY_REQUESTS = 17;

  /** The older name of TOO_MANY_REQUESTS. */
  public static final int WHY_HALF_OPEN_FULL = 17;

  /** The retry policy allows no further attempt. */
  public static final int WHY_EXHAUSTED = 18;

  /** The failure is none that the retry policy, or the caller, wants retried. */
  public static final int WHY_NOT_RETRIABLE = 19;

  /** The caller cancelled. */
  public static final int WHY_CANCELLED = 20;

  /** The operation's deadline has passed, or would before the next attempt. */
  public static final int WHY_DEADLINE = 21;

  /** The target's budget of retries is used up for the moment. */
  public static final int WHY_RETRY_BUDGET = 22;

  /** As many attempts as the target may have at a time are in flight. */
  public static final int WHY_BUSY = 23;

  /** The target's rate of attempts is reached. */
  public static final int WHY_RATE_LIMITED = 24;

  /** The target asked to be left alone (Retry-After) and that time is not over. */
  public static final int WHY_HELD = 25;

  /** The attempt did what it should. */
  public static final int SUCCESS = 0;

  /** It failed in some way that has no status. */
  public static final int FAILURE = 1;

  /** Its time was over, the policy's or one that the caller brought. */
  public static final int TIMEOUT = 2;

  /** The caller gave it up: counts for nothing and ends the operation. */
  public static final int CANCELLED = 3;

  /** Attempts are admitted. */
  public static final int CLOSED = 0;

  /** Attempts are rejected until the breaker's timeout is over. */
  public static final int OPEN = 1;

  /** A few attempts are admitted to see whether the target answers again. */
  public static final int HALF_OPEN = 2;

  /** A circuit breaker changed its state. */
  public static final int EVENT_BREAKER = 1;

  /** An attempt failed and another follows. */
  public static final int EVENT_RETRY = 2;

  /** An operation succeeded at a later attempt. */
  public static final int EVENT_RECOVERED = 3;

  /** An attempt was not admitted. */
  public static final int EVENT_REJECTED = 4;

  /** An attempt ran out of its time. */
  public static final int EVENT_TIMED_OUT = 5;

  /** An operation with a retry policy failed. */
  public static final int EVENT_GAVE_UP = 6;

  /** Something about the policies, or about a bound. */
  public static final int EVENT_WARNING = 7;

  /** resil_abi() of a library that keeps what is written here. */
  public static final int ABI = 1;

  /** What Dapr ignores is a warning event, not an error. */
  public static final int LENIENT = 1;

  /** An event for each rejection, not only for a generation's first. */
  public static final int EVERY_REJECTION = 2;

  /** There is something to read with resil_events. */
  public static final int HAS_EVENTS = 1;

  /** Out of begin, of a rejection: waiting delay_ns and beginning again can be of use. */
  public static final int MAY_WAIT = 2;

  /** Or'ed to an outcome, which counts as it says; no retry follows: NOT_RETRIABLE. */
  public static final int NO_RETRY = 1073741824;

  /** In reserved[0] of a REJECTED: by a shadow; the attempt was admitted. */
  public static final int SHADOW = 1;

  /** See resil.h. */
  public static final int HTTP_BIT = 65536;

  /** See resil.h. */
  public static final int GRPC_BIT = 131072;

  /** See resil.h. */
  public static final int FAST = 1;

  /** See resil.h. */
  public static final int COUNTED = 2;

  /** See resil.h. */
  public static final long TALLY_MOST = 17592186044415L;
}

/* resil.h - the whole public C ABI of resil, an embedded resilience-policy engine.
 *
 * Shape: sans-I/O. resil never sleeps, spawns threads, opens sockets or calls you back. You bracket
 * every attempt of an operation with resil_begin/resil_end and do the waiting and calling yourself.
 *
 * Threads: every function may run on any thread at any time, except resil_close, which must run
 * alone and last. A ticket is used by one thread at a time but may move between threads.
 *
 * Hot path (resil_begin, resil_end, resil_adopt): never blocks, locks, allocates, throws, calls
 * back or enters the kernel; bounded well under 1 us. Hosts may rely on this (.NET
 * SuppressGCTransition, Java Linker.Option.critical, cgo nocallback, a held Python GIL).
 *
 * Memory: the caller owns every buffer it passes; resil keeps none. Nothing is returned to free
 * except the engine. Text is UTF-8 with a byte length; a negative length means NUL-terminated.
 *
 * Time: int64_t nanoseconds of any monotonic clock; durations are nanoseconds too.
 *
 * Results: >= 0 is an answer, < 0 is a RESIL_E_*. RESIL_E_ARG everywhere: an engine, ticket or
 * buffer that is NULL and may not be, a negative capacity, no such endpoint. Adding functions or
 * enum values is a minor change; nothing below is ever renumbered, resized or removed within one
 * RESIL_ABI (ABI.md).
 *
 * Text into a buffer: returns the full length; if that is >= capacity the text was cut (never
 * within a character, always NUL-terminated), call again. `buf` may be NULL when capacity is 0.
 *
 * Sections: load, endpoints, calls, the word, observing. */
#ifndef RESIL_H
#define RESIL_H
#include <stdint.h>
#ifndef RESIL_API
#if !defined(_WIN32)
#define RESIL_API __attribute__((visibility("default")))
#elif defined(RESIL_STATIC)
#define RESIL_API
#elif defined(RESIL_BUILD)
#define RESIL_API __declspec(dllexport)
#else
#define RESIL_API __declspec(dllimport)
#endif
#endif
#ifdef __cplusplus
extern "C" {
#endif

/* ==== The library: any thread, no errors ==== */

/* [contract abi] generated from contract.toml by generate.py */
/* resil_abi() of a library that keeps what is written here. */
#define RESIL_ABI 1
/* [/contract] */
RESIL_API int32_t resil_abi(void);         /* RESIL_ABI of the loaded library; check at load */
RESIL_API const char* resil_version(void); /* "0.1.0"; static */
/* A reason or an error: "breaker-open", "E_CONFIG"; "unknown" for others; static, never NULL. */
RESIL_API const char* resil_name(int32_t code);

/* [contract error] generated from contract.toml by generate.py */
/* What a function answers instead when it was called wrongly; < 0. */
enum {
  RESIL_E_ARG = -1, /* An argument names nothing that there is. */
  RESIL_E_CONFIG = -2, /* A document was refused. */
  RESIL_E_FULL = -3, /* max_endpoints are there. */
  RESIL_E_TICKET = -4, /* No attempt of this ticket is in flight. */
  RESIL_E_INTERNAL = -5 /* Memory ran out, or a bug of the library. */
};
/* [/contract] */

/* ==== Load: any thread; takes the engine's lock, allocates, may read files ==== */

typedef struct resil_engine resil_engine;

/* Written in place, so it needs no thread-local state (goroutines and virtual threads migrate).
 * `message` is the first mistake, NUL-terminated: where it is and what to write instead. line and
 * column count from 1; 0 = not about a place in a text. resil_check tells all mistakes at once. */
typedef struct {
  int32_t code, line, column, reserved;
  char message[240];
} resil_error;

/* `size` = sizeof the caller compiled with. A longer struct is accepted if its tail is zero. */
typedef struct {
  uint32_t size, flags;    /* RESIL_LENIENT | RESIL_EVERY_REJECTION */
  const char* app_id;      /* who is calling, for `scopes`; NULL = every document applies */
  const char* config_path; /* a kind: Configuration file, which may switch all off; NULL = on */
  uint32_t max_endpoints, event_capacity; /* 0 = default: 1 048 576 and 1 024 */
  uint64_t jitter_seed;    /* 0 = random; anything else makes delays repeatable */
  uint64_t max_bytes;      /* of policy text, all documents together; 0 = default: 262 144 */
} resil_options;
/* [contract option_flag] generated from contract.toml by generate.py */
/* What Dapr ignores is a warning event, not an error. */
#define RESIL_LENIENT 1u
/* An event for each rejection, not only for a generation's first. */
#define RESIL_EVERY_REJECTION 2u
/* [/contract] */

/* Load YAML (one or more documents), or a file or folder of it. `opt` and `err` may be NULL. NULL
 * on failure, with *err filled: E_ARG (options or source), E_CONFIG (the documents), E_INTERNAL. */
RESIL_API resil_engine* resil_open(const resil_options* opt, const char* yaml, int64_t len,
                                   resil_error* err);
RESIL_API resil_engine* resil_open_path(const resil_options* opt, const char* path,
                                        resil_error* err);
/* Replace all policies, or none: E_CONFIG, E_FULL (an actor type needs an endpoint of its own and
 * there is no room), E_INTERNAL. Endpoint ids survive; a breaker keeps its state iff its settings
 * are equal; an operation in flight finishes under the policy it began with. Calls go on
 * meanwhile. */
RESIL_API int32_t resil_reload(resil_engine* e, const char* yaml, int64_t len, resil_error* err);
RESIL_API int32_t resil_reload_path(resil_engine* e, const char* path, resil_error* err);
/* Alone and last: no other function may run with this engine, then or later. NULL is fine. */
RESIL_API void resil_close(resil_engine* e);
/* Everything that resil_open (or, where `path` is not NULL, resil_open_path) would complain about,
 * an error or warning a line, without making an engine. 0 = nothing to complain about. E_ARG:
 * neither text nor path; E_INTERNAL. */
RESIL_API int64_t resil_check(const resil_options* opt, const char* yaml, int64_t len,
                              const char* path, char* buf, int64_t capacity);

/* ==== Endpoints: any thread; interning takes the engine's lock and allocates ==== */

/* [contract kind] generated from contract.toml by generate.py */
/* What an endpoint is. */
typedef enum {
  RESIL_APP = 0, /* A method of an app. */
  RESIL_ACTOR = 1, /* An actor, by its type and id. */
  RESIL_COMPONENT_IN = 2, /* What a component sends to the app. */
  RESIL_COMPONENT_OUT = 3, /* What the app asks of a component. */
  RESIL_BUILTIN = 4 /* A reserved policy, by its name. */
} resil_kind;
/* [/contract] */

/* Intern an endpoint once; keep the id. `instance` is an app's method, an actor's id, a component's
 * type (Statestore, Pubsub, ...; it only chooses default policies); it may be NULL. RESIL_BUILTIN
 * names a reserved policy. A target without policy gets an id too and is always allowed. E_ARG: no
 * such kind, or no name; E_FULL: max_endpoints are there; E_INTERNAL. */
RESIL_API int32_t resil_endpoint(resil_engine* e, int32_t kind, const char* name, int64_t name_len,
                                 const char* instance, int64_t instance_len);
/* What an endpoint is called, as a JSON object: {"kind": "app", "name": "order-processor",
 * "method": "orders"}; an actor has "id", a component "direction" (inbound | outbound) and "type".
 * Text into a buffer, as above; takes no lock. E_ARG: no such endpoint; E_INTERNAL. */
RESIL_API int64_t resil_endpoint_text(resil_engine* e, int32_t endpoint, char* buf,
                                      int64_t capacity);

/* ==== Calls: any thread; the hot path ==== */

/* One logical operation, all its attempts. Zero it to start one. 64 bytes forever, no pointers. */
typedef struct {
  uint32_t endpoint;   /* set by begin */
  uint32_t attempt;    /* 1, 2, ...: the attempt just begun */
  uint32_t flags;      /* out: RESIL_HAS_EVENTS, RESIL_MAY_WAIT. in: reserved, zero */
  int32_t reason;      /* why the last answer was not ALLOW / DONE; see resil_name */
  int64_t deadline_ns; /* in, optional: when the whole operation must be over (now_ns's clock). Its
                          first begin writes the target's own deadline here, if that is earlier */
  int64_t timeout_ns;  /* out of begin: this attempt's budget, never past the deadline; 0 = none */
  int64_t delay_ns;    /* out of end: wait this long before the next begin. Out of begin: 0 when
                          allowed; when rejected, how long until one could be. In to end: the
                          server's own hint (Retry-After), 0 = none */
  uint64_t engine[3];  /* policy and breaker generation, start; not yours */
} resil_ticket;
/* [contract ticket_flag] generated from contract.toml by generate.py */
/* There is something to read with resil_events. */
#define RESIL_HAS_EVENTS 1u
/* Out of begin, of a rejection: waiting delay_ns and beginning again can be of use. */
#define RESIL_MAY_WAIT 2u
/* [/contract] */

/* [contract begin] generated from contract.toml by generate.py */
/* What resil_begin answers. */
enum {
  RESIL_ALLOW = 0, /* Make the attempt. */
  RESIL_REJECT = 1 /* Make none; the ticket's reason says why. */
};
/* [/contract] */
/* [contract end] generated from contract.toml by generate.py */
/* What resil_end answers. */
enum {
  RESIL_DONE = 0, /* The operation succeeded. */
  RESIL_RETRY = 1, /* Wait delay_ns, then begin again. */
  RESIL_GIVE_UP = 2 /* The operation is over; the ticket's reason says why. */
};
/* [/contract] */
/* [contract reason] generated from contract.toml by generate.py */
/* Why the last answer was not ALLOW or DONE. New ones may come: see ABI.md. */
enum {
  RESIL_WHY_OPEN = 16, /* The circuit breaker is open. */
  /* The circuit breaker is half-open and its probes are under way. */
  RESIL_WHY_TOO_MANY_REQUESTS = 17,
  RESIL_WHY_HALF_OPEN_FULL = 17, /* The older name of TOO_MANY_REQUESTS. */
  RESIL_WHY_EXHAUSTED = 18, /* The retry policy allows no further attempt. */
  /* The failure is none that the retry policy, or the caller, wants retried. */
  RESIL_WHY_NOT_RETRIABLE = 19,
  RESIL_WHY_CANCELLED = 20, /* The caller cancelled. */
  /* The operation's deadline has passed, or would before the next attempt. */
  RESIL_WHY_DEADLINE = 21,
  RESIL_WHY_RETRY_BUDGET = 22, /* The target's budget of retries is used up for the moment. */
  RESIL_WHY_BUSY = 23, /* As many attempts as the target may have at a time are in flight. */
  RESIL_WHY_RATE_LIMITED = 24, /* The target's rate of attempts is reached. */
  /* The target asked to be left alone (Retry-After) and that time is not over. */
  RESIL_WHY_HELD = 25
};
/* [/contract] */
/* [contract outcome] generated from contract.toml by generate.py */
/* What the host saw; also RESIL_HTTP(status) and RESIL_GRPC(code). */
enum {
  RESIL_SUCCESS = 0, /* The attempt did what it should. */
  RESIL_FAILURE = 1, /* It failed in some way that has no status. */
  RESIL_TIMEOUT = 2, /* Its time was over, the policy's or one that the caller brought. */
  RESIL_CANCELLED = 3 /* The caller gave it up: counts for nothing and ends the operation. */
};
/* [/contract] */
#define RESIL_HTTP(status) (0x10000 | (int32_t)(status)) /* an outcome; resil classifies it */
#define RESIL_GRPC(code) (0x20000 | (int32_t)(code))
/* [contract outcome_flag] generated from contract.toml by generate.py */
/* Or'ed to an outcome, which counts as it says; no retry follows: NOT_RETRIABLE. */
#define RESIL_NO_RETRY 0x40000000
/* [/contract] */
/* 1: the outcome (with or without RESIL_NO_RETRY) is a failure, which breakers count and retries
 * follow: FAILURE, TIMEOUT, HTTP below 200 or above 399, gRPC other than 0. 0: it is not. E_ARG:
 * it is no outcome. */
RESIL_API int32_t resil_failed(int32_t outcome);
/* The value of a Retry-After field (RFC 9110: seconds, or a date in any of its three forms) in
 * nanoseconds from `unix_now_ns` (since 1970) on, which only a date needs: the hint for a ticket's
 * delay_ns. It holds at INT64_MAX. -1: neither of the two, or past. White space around a field's
 * value is not part of it. */
RESIL_API int64_t resil_retry_after(const char* text, int64_t len, int64_t unix_now_ns);

/* `now_ns` is any monotonic clock; RESIL_NOW lets the engine read its own (CLOCK_MONOTONIC), only
 * when it must. Passing time in is the custom clock: tests and simulators need no hook. */
#define RESIL_NOW INT64_MIN
/* What the engine's own clock says: for deadlines, and to measure with the same clock. */
RESIL_API int64_t resil_now(void);
/* ALLOW: make the attempt within timeout_ns, then call resil_end exactly once, whatever happened.
 * REJECT: do not, do not call resil_end; the operation is over, unless the host chose to wait:
 * then sleep delay_ns and begin again with this same ticket (waiting is no attempt). Where
 * RESIL_MAY_WAIT is not set waiting is of no use: the deadline is over, or would be. E_TICKET: an
 * attempt of this ticket is in flight, or its operation is over. */
RESIL_API int32_t resil_begin(resil_engine* e, int32_t endpoint, int64_t now_ns, resil_ticket* t);
/* RETRY: wait delay_ns (the policy's or the server's, whichever is longer), then resil_begin with
 * this same ticket. DONE and GIVE_UP: the operation is over; a retry that could not begin before
 * the deadline is not offered. CANCELLED frees the permit and counts for nothing. A result from
 * before a breaker changed state is ignored. A probe never ended expires, so a lost ticket cannot
 * wedge a breaker. E_ARG: no outcome; E_TICKET: no attempt of this ticket is in flight. */
RESIL_API int32_t resil_end(resil_engine* e, resil_ticket* t, int32_t outcome, int64_t now_ns);

/* ==== The word: any thread, no lock. OPTIONAL, for hosts whose crossing into C costs much ==== */

/* The endpoint's breaker word, valid until resil_close; NULL for no such endpoint. Load it with
 * acquire order: bit 0 FAST | bits 1..24 timeout in ms, 0 = none | the rest opaque: compare, do
 * not decode. While FAST is set, begin would allow and a success would change nothing. So: load w;
 * if FAST, make the attempt without begin; if it succeeded and the word still equals w, skip end
 * as well. Otherwise resil_adopt(w) rebuilds the ticket begin would have made (E_ARG: no such
 * endpoint, or a word that is not FAST; E_TICKET), then resil_end as usual. FAST is never set
 * where a success or the passing of time counts (rates, intervals, limits). */
#define RESIL_FAST 1u
RESIL_API const uint64_t* resil_word(resil_engine* e, int32_t endpoint);
/* Where the rule reads requests (a rate), begin has one thing to do, and a host can do it. The word
 * is then: bits 0..1 = RESIL_COUNTED | bits 2..25 timeout in ms, 0 = none | bits 44..63 generation.
 * While it says so, begin would allow and only add 1 to a cell, and a success would change nothing.
 * The cell has the generation that it counts in bits 44..63 too, and below a number of at most
 * RESIL_TALLY_MOST. So: load w; if (w & 3) == RESIL_COUNTED, add 1 to the cell by compare-and-swap
 * as long as its generation is w's and its number below the most; otherwise, or without a cell,
 * call resil_begin. After that all is as with FAST: skip end if the word still equals w, else
 * resil_adopt(w), which knows that the request is counted. resil_inline.h is this in C; ABI.md says
 * why it is right.
 * resil_tally: the cell of `slot`, valid until resil_close; NULL for no such endpoint, a negative
 * slot, or while no rule of the endpoint counts: ask again when its word says COUNTED. Threads that
 * use different slots meet less; any number from 0 is one, a host without threads uses 0. */
#define RESIL_COUNTED 2u
#define RESIL_TALLY_MOST 0xFFFFFFFFFFFull
RESIL_API uint64_t* resil_tally(resil_engine* e, int32_t endpoint, int32_t slot);
RESIL_API int32_t resil_adopt(resil_engine* e, int32_t endpoint, uint64_t word, int64_t began_ns,
                              resil_ticket* t);
/* Tell the statistics of `n` healthy calls that skipped begin and end (bindings count them in
 * their own cheapest way and credit them before a snapshot), so that metrics are complete. The
 * breaker's decisions never needed them. E_ARG: no such endpoint, n < 0. */
RESIL_API int32_t resil_credit(resil_engine* e, int32_t endpoint, int64_t n);

/* ==== Observing: any thread; state and transitions take no lock, texts do, readers of events wait
 *      for each other and no call for them ==== */

/* [contract state] generated from contract.toml by generate.py */
/* The state of a circuit breaker; before and after of a RESIL_EVENT_BREAKER. */
enum {
  RESIL_CLOSED = 0, /* Attempts are admitted. */
  RESIL_OPEN = 1, /* Attempts are rejected until the breaker's timeout is over. */
  RESIL_HALF_OPEN = 2 /* A few attempts are admitted to see whether the target answers again. */
};
/* [/contract] */
/* The state at `now_ns`, read without moving anything; E_ARG for no such endpoint or no breaker. */
RESIL_API int32_t resil_state(resil_engine* e, int32_t endpoint, int64_t now_ns);
/* How often the endpoint's breaker changed into that state since the engine was opened: the number
 * of its RESIL_EVENT_BREAKER with this `after`. A breaker that an actor type shares is told by the
 * type's endpoint. E_ARG for no such endpoint or state. */
RESIL_API int64_t resil_transitions(resil_engine* e, int32_t endpoint, int32_t to_state);

/* [contract event_kind] generated from contract.toml by generate.py */
/* What an event tells; the table below says what its members mean. */
enum {
  RESIL_EVENT_BREAKER = 1, /* A circuit breaker changed its state. */
  RESIL_EVENT_RETRY = 2, /* An attempt failed and another follows. */
  RESIL_EVENT_RECOVERED = 3, /* An operation succeeded at a later attempt. */
  RESIL_EVENT_REJECTED = 4, /* An attempt was not admitted. */
  RESIL_EVENT_TIMED_OUT = 5, /* An attempt ran out of its time. */
  RESIL_EVENT_GAVE_UP = 6, /* An operation with a retry policy failed. */
  RESIL_EVENT_WARNING = 7 /* Something about the policies, or about a bound. */
};
/* [/contract] */
/* kind       before          after            value
 * BREAKER    state           state            0
 * RETRY      failed attempt  its outcome      delay_ns before the next
 * RECOVERED  attempts made   0                0
 * REJECTED   attempts made   RESIL_WHY_*      ns until one could be admitted
 * TIMED_OUT  attempt         0                its budget, ns
 * GAVE_UP    attempts made   RESIL_WHY_*      the last outcome
 * WARNING    0               0                its number; endpoint is -1 unless it is about one */
typedef struct {
  uint64_t seq;
  int64_t time_ns;
  int32_t endpoint, kind, before, after;
  int64_t value;
  uint64_t reserved[3];
} resil_event;
/* [contract event_flag] generated from contract.toml by generate.py */
/* In reserved[0] of a REJECTED: by a shadow; the attempt was admitted. */
#define RESIL_SHADOW 1u
/* [/contract] */
/* Copy events after *cursor and advance it; start at 0. Any number of readers, each with its own
 * cursor. What is old is overwritten: a jump in `seq` (they count 1, 2, 3, ...) is how many this
 * reader lost. Events of one endpoint come in their order, and so do those of one thread. Returns
 * the count. */
RESIL_API int32_t resil_events(resil_engine* e, uint64_t* cursor, resil_event* out,
                               int32_t capacity);
/* The line to log for an event, in the words that Dapr's users know, e.g. `Circuit breaker
 * "order-processor:orders" changed state from closed to open`. 0 = nothing to log (only the first
 * retry of an operation has a line, a rejection by an open breaker none; by a limit, or one that a
 * breaker in the shadow only tells, has one). Text into a buffer, as above; E_INTERNAL. */
RESIL_API int64_t resil_event_text(resil_engine* e, const resil_event* event, char* buf,
                                   int64_t capacity);
/* State of every endpoint at `now_ns` as JSON, read without moving anything. Text into a buffer,
 * as above; E_INTERNAL. At least: {"endpoints": [{"kind": "app", "name": "order-processor",
 * "method": "orders", "breaker": {"name": "order-processor:orders", "state": "closed", "counts":
 * {"requests": 0, "totalSuccesses": 0, "totalFailures": 0, "consecutiveSuccesses": 0,
 * "consecutiveFailures": 0}}}]}. A count that the trip rule does not read is not kept while
 * closed: it is null. ABI.md has the whole schema. */
RESIL_API int64_t resil_snapshot(resil_engine* e, int64_t now_ns, char* buf, int64_t capacity);

#ifdef __cplusplus
}
#endif
#endif

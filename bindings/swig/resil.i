// One interface for every language SWIG speaks; README.md beside this file shows how to build one.
//
// Nothing here crosses that SWIG maps badly somewhere: no uint64 (Java makes a BigInteger of it, Lua a rounded double),
// no struct by value, no char * to be filled in. Numbers are int or long long, text goes in with its length and comes
// back as an owned copy, and what has state is a class: Options, Engine, Operation, Events.
%module resil

%{
#include "resil_swig.h"
%}

%include "typemaps/languages.i"

// Reasons, outcomes and the like, under the names of resil.h without their prefix.
%rename("%(regex:/^RESIL_(.*)$/\\1/)s", %$isenumitem) "";
%include "constants.i"

%rename(abi) resil_abi;
%rename(version) resil_version;
%rename(name) resil_name;
int resil_abi(void);            // RESIL_ABI of the library that was loaded
const char *resil_version(void);
const char *resil_name(int code);

%rename(built_for) resil_swig_built_for;
%rename(http) resil_swig_http;
%rename(grpc) resil_swig_grpc;
%rename(now) resil_now;
%rename(no_time) resil_swig_no_time;
%rename(failed) resil_failed;
%rename(retry_after) resil_swig_retry_after;
int resil_swig_built_for(void); // RESIL_ABI that this binding was compiled with; refuse to go on where the two differ
int resil_swig_http(int status);
int resil_swig_grpc(int code);  // these two: the outcome for a status
int resil_failed(int outcome);  // 1: breakers count it and retries follow; 0: not; < 0: it is no outcome
// What a Retry-After field asks for, in ns from `unix_now` (ns since 1970) on; -1: nothing.
long long resil_swig_retry_after(const char *text, long long length, long long unix_now);
long long resil_now(void);      // the clock that the engine reads when given no time, in ns
long long resil_swig_no_time(void);

// What resil_options says; set what differs from the default.
struct Options {
  char *app_id, *config_path;
  int lenient, every_rejection, max_endpoints, event_capacity;
  long long jitter_seed, max_bytes;
  %extend {
    Options(void);
    ~Options(void);
  }
};

// All mistakes and warnings, one a line, of a text, or of a path where `path` is not null. Empty: nothing to say.
%newobject resil_swig_check;
%rename(check) resil_swig_check;
char *resil_swig_check(const struct Options *options, const char *text, long long length, const char *path);

// A loaded engine. Free of threads, as the C ABI is; closed by its destructor.
struct Engine {
  %extend {
    Engine(const struct Options *options, const char *text, long long length, const char *path);
    ~Engine(void);

    int failed(void);          // 0, or the RESIL_E_* of the last open or reload, which the next four describe
    int error_line(void);
    int error_column(void);
    %newobject error_message;
    char *error_message(void);
    int reload(const char *text, long long length, const char *path);

    int endpoint(int kind, const char *name, long long name_length, const char *instance, long long instance_length);
    int begin_attempt(int endpoint, long long now, struct Operation *operation);
    int end_attempt(struct Operation *operation, int outcome, long long now);
    int state(int endpoint, long long now);
    long long transitions(int endpoint, int to_state);
    %newobject endpoint_text;
    char *endpoint_text(int endpoint);         // its name as a JSON object; empty: there is no such endpoint
    int credit(int endpoint, long long calls);
    %newobject snapshot;
    char *snapshot(long long now);
  }
};

// One operation with all its attempts; make a new one for the next. Look at it after begin_attempt and end_attempt.
struct Operation {
  %extend {
    Operation(void);
    ~Operation(void);
    int attempt(void);
    int has_events(void);
    int may_wait(void);                        // after a rejection: waiting delay_ns can be of use
    int reason(void);
    long long timeout_ns(void);
    long long delay_ns(void);
    void set_deadline_ns(long long deadline);
    void set_delay_ns(long long hint);         // the server's own hint, before end_attempt
  }
};

// A reader of the engine's events with a place of its own: next() moves to the next one, 0 = there is none yet.
struct Events {
  %extend {
    Events(void);
    ~Events(void);
    int next(struct Engine *engine);
    long long seq(void);
    long long time_ns(void);
    int endpoint(void);
    int kind(void);
    int before(void);
    int after(void);
    long long value(void);
    int shadow(void);                          // a rejection only told, by a breaker in shadow mode: the attempt was admitted
    %newobject text;
    char *text(struct Engine *engine);          // the line to log, or an empty one
  }
};

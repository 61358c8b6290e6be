/* The C behind resil.i: plain values and owned text in place of the ABI's structs. Functions are named as SWIG wants the
 * methods of the classes in resil.i: Class_method, new_Class, delete_Class. */
#ifndef RESIL_SWIG_H
#define RESIL_SWIG_H
#include <resil.h>
#include <stdlib.h>
#include <string.h>

struct Options {
  char *app_id, *config_path;
  int lenient, every_rejection, max_endpoints, event_capacity;
  long long jitter_seed, max_bytes;
};
struct Engine {
  resil_engine *engine;
  resil_error error;
};
struct Operation {
  resil_ticket ticket;
};
struct Events {
  uint64_t cursor;
  resil_event event;
};

static inline int resil_swig_built_for(void) { return RESIL_ABI; }
static inline int resil_swig_http(int status) { return RESIL_HTTP(status); }
static inline int resil_swig_grpc(int code) { return RESIL_GRPC(code); }
static inline long long resil_swig_no_time(void) { return RESIL_NOW; }
static inline long long resil_swig_retry_after(const char *text, long long length, long long unix_now) {
  return resil_retry_after(text, text ? length : 0, unix_now);
}

static inline resil_options resil_swig_options(const struct Options *from) {
  resil_options to;
  memset(&to, 0, sizeof to);
  to.size = sizeof to;
  if (!from) return to;
  to.flags = (from->lenient ? RESIL_LENIENT : 0) | (from->every_rejection ? RESIL_EVERY_REJECTION : 0);
  to.app_id = from->app_id;
  to.config_path = from->config_path;
  to.max_endpoints = (uint32_t)from->max_endpoints;
  to.event_capacity = (uint32_t)from->event_capacity;
  to.jitter_seed = (uint64_t)from->jitter_seed;
  to.max_bytes = (uint64_t)from->max_bytes;
  return to;
}

static inline struct Options *new_Options(void) { return (struct Options *)calloc(1, sizeof(struct Options)); }
static inline void delete_Options(struct Options *self) {
  if (!self) return;
  free(self->app_id);
  free(self->config_path);
  free(self);
}

/* Ask a function of the ABI that returns a text's full length for the whole of it. The text may grow between two calls,
 * hence the loop; NULL = no memory. */
#define RESIL_SWIG_WHOLE_TEXT(CALL)                      \
  int64_t size = 256, whole = 0;                         \
  char *buffer = (char *)malloc((size_t)size);           \
  while (buffer && (whole = (CALL)) >= size) {           \
    size = whole + 1;                                    \
    free(buffer);                                        \
    buffer = (char *)malloc((size_t)size);               \
  }                                                      \
  if (buffer && whole <= 0) buffer[0] = 0;               \
  return buffer

static inline char *resil_swig_check(const struct Options *options, const char *text, long long length,
                                     const char *path) {
  resil_options o = resil_swig_options(options);
  RESIL_SWIG_WHOLE_TEXT(resil_check(&o, text, length, path, buffer, size));
}

static inline struct Engine *new_Engine(const struct Options *options, const char *text, long long length,
                                        const char *path) {
  struct Engine *self = (struct Engine *)calloc(1, sizeof *self);
  if (!self) return NULL;
  resil_options o = resil_swig_options(options);
  self->engine = path ? resil_open_path(&o, path, &self->error) : resil_open(&o, text, length, &self->error);
  return self;
}
static inline void delete_Engine(struct Engine *self) {
  if (!self) return;
  resil_close(self->engine);
  free(self);
}
static inline int Engine_failed(struct Engine *self) {
  return self->engine || self->error.code ? self->error.code : RESIL_E_INTERNAL;
}
static inline int Engine_error_line(struct Engine *self) { return self->error.line; }
static inline int Engine_error_column(struct Engine *self) { return self->error.column; }
static inline char *Engine_error_message(struct Engine *self) { return strdup(self->error.message); }

static inline int Engine_reload(struct Engine *self, const char *text, long long length, const char *path) {
  memset(&self->error, 0, sizeof self->error);
  return path ? resil_reload_path(self->engine, path, &self->error)
              : resil_reload(self->engine, text, length, &self->error);
}
static inline int Engine_endpoint(struct Engine *self, int kind, const char *name, long long name_length,
                                  const char *instance, long long instance_length) {
  return resil_endpoint(self->engine, kind, name, name_length, instance, instance_length);
}
static inline int Engine_begin_attempt(struct Engine *self, int endpoint, long long now, struct Operation *operation) {
  return resil_begin(self->engine, endpoint, now, &operation->ticket);
}
static inline int Engine_end_attempt(struct Engine *self, struct Operation *operation, int outcome, long long now) {
  return resil_end(self->engine, &operation->ticket, outcome, now);
}
static inline int Engine_state(struct Engine *self, int endpoint, long long now) {
  return resil_state(self->engine, endpoint, now);
}
static inline long long Engine_transitions(struct Engine *self, int endpoint, int to_state) {
  return resil_transitions(self->engine, endpoint, to_state);
}
static inline char *Engine_endpoint_text(struct Engine *self, int endpoint) {
  RESIL_SWIG_WHOLE_TEXT(resil_endpoint_text(self->engine, endpoint, buffer, size));
}
static inline int Engine_credit(struct Engine *self, int endpoint, long long calls) {
  return resil_credit(self->engine, endpoint, calls);
}
static inline char *Engine_snapshot(struct Engine *self, long long now) {
  RESIL_SWIG_WHOLE_TEXT(resil_snapshot(self->engine, now, buffer, size));
}

static inline struct Operation *new_Operation(void) { return (struct Operation *)calloc(1, sizeof(struct Operation)); }
static inline void delete_Operation(struct Operation *self) { free(self); }
static inline int Operation_attempt(struct Operation *self) { return (int)self->ticket.attempt; }
static inline int Operation_has_events(struct Operation *self) { return (self->ticket.flags & RESIL_HAS_EVENTS) != 0; }
static inline int Operation_may_wait(struct Operation *self) { return (self->ticket.flags & RESIL_MAY_WAIT) != 0; }
static inline int Operation_reason(struct Operation *self) { return self->ticket.reason; }
static inline long long Operation_timeout_ns(struct Operation *self) { return self->ticket.timeout_ns; }
static inline long long Operation_delay_ns(struct Operation *self) { return self->ticket.delay_ns; }
static inline void Operation_set_deadline_ns(struct Operation *self, long long deadline) {
  self->ticket.deadline_ns = deadline;
}
static inline void Operation_set_delay_ns(struct Operation *self, long long hint) { self->ticket.delay_ns = hint; }

static inline struct Events *new_Events(void) { return (struct Events *)calloc(1, sizeof(struct Events)); }
static inline void delete_Events(struct Events *self) { free(self); }
static inline int Events_next(struct Events *self, struct Engine *engine) {
  return resil_events(engine->engine, &self->cursor, &self->event, 1) == 1;
}
static inline long long Events_seq(struct Events *self) { return (long long)self->event.seq; }
static inline long long Events_time_ns(struct Events *self) { return self->event.time_ns; }
static inline int Events_endpoint(struct Events *self) { return self->event.endpoint; }
static inline int Events_kind(struct Events *self) { return self->event.kind; }
static inline int Events_before(struct Events *self) { return self->event.before; }
static inline int Events_after(struct Events *self) { return self->event.after; }
static inline long long Events_value(struct Events *self) { return self->event.value; }
static inline int Events_shadow(struct Events *self) {
  return (self->event.reserved[0] & RESIL_SHADOW) != 0;
}
static inline char *Events_text(struct Events *self, struct Engine *engine) {
  RESIL_SWIG_WHOLE_TEXT(resil_event_text(engine->engine, &self->event, buffer, size));
}
#endif

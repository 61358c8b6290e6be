// The C ABI: the only file with extern "C". It checks what callers pass, and keeps exceptions inside (answers.h); its
// structs and numbers are the core's (pinned.h).
#include "resil.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>

#include "answers.h"
#include "config/document/loader.h"
#include "pinned.h"
#include "report/snapshot_json.h"
#include "resil/base/clock.h"
#include "resil/engine/engine.h"
#include "resil/engine/first_look.h"
#include "resil/policy/retry_after.h"

using namespace resil;

struct resil_engine {
  Engine engine;  // first: begin and end need not add to its address
  LoadOptions load;
};

namespace {

constexpr std::uint32_t kOldestOptions = offsetof(resil_options, max_bytes);
constexpr std::uint32_t kMostEndpoints = 1U << 28, kMostEvents = 1U << 20;
constexpr std::uint32_t kKnownFlags = RESIL_LENIENT | RESIL_EVERY_REJECTION;

Ticket& ticket_of(resil_ticket* t) { return *reinterpret_cast<Ticket*>(t); }

std::string_view text_of(const char* text, std::int64_t length) {
  if (text == nullptr) return {};
  return length < 0 ? std::string_view(text) : std::string_view(text, static_cast<std::size_t>(length));
}

struct Options {
  LoadOptions load;
  EngineOptions engine;
};

// 0, or RESIL_E_ARG with *err filled.
std::int32_t read_options(const resil_options* opt, Options& out, resil_error* err) {
  if (opt == nullptr) return 0;
  if (opt->size < kOldestOptions || opt->size > 4096) {
    return complain(err, RESIL_E_ARG,
                    "resil_options.size is " + std::to_string(opt->size) +
                        ": zero the struct and set size = sizeof(resil_options)");
  }
  resil_options known{};
  std::memcpy(&known, opt, std::min<std::size_t>(opt->size, sizeof known));
  const auto* bytes = reinterpret_cast<const unsigned char*>(opt);
  if (std::any_of(bytes + std::min<std::size_t>(opt->size, sizeof known), bytes + opt->size,
                  [](unsigned char byte) { return byte != 0; })) {
    return complain(err, RESIL_E_ARG,
                    "resil_options has a member set that this library does not know: update libresil");
  }
  if ((known.flags & ~kKnownFlags) != 0) {
    return complain(err, RESIL_E_ARG,
                    "resil_options.flags has a bit set that this library does not know: update libresil");
  }
  if (known.max_endpoints > kMostEndpoints) {
    return complain(err, RESIL_E_ARG, "resil_options.max_endpoints is at most " + std::to_string(kMostEndpoints));
  }
  if (known.event_capacity > kMostEvents) {
    return complain(err, RESIL_E_ARG, "resil_options.event_capacity is at most " + std::to_string(kMostEvents));
  }
  out.load.lenient = (known.flags & RESIL_LENIENT) != 0;
  if (known.app_id != nullptr) out.load.app_id = known.app_id;
  if (known.config_path != nullptr) out.load.config_path = known.config_path;
  out.load.max_bytes = known.max_bytes;
  if (known.max_endpoints != 0) out.engine.max_endpoints = known.max_endpoints;
  if (known.event_capacity != 0) out.engine.event_capacity = known.event_capacity;
  out.engine.jitter_seed = known.jitter_seed;
  out.engine.every_rejection = (known.flags & RESIL_EVERY_REJECTION) != 0;
  return 0;
}

void warn_of(Engine& engine, const LoadResult& result) {
  for (const Diagnostic& diagnostic : result.diagnostics) {
    if (!diagnostic.error) engine.warn(diagnostic.text());
  }
}

// `load` is load_text or load_path, bound to its source.
template <typename Load>
resil_engine* open_with(const resil_options* opt, resil_error* err, Load load) noexcept {
  resil_engine* opened = nullptr;
  fenced(err, [&]() -> std::int64_t {
    Options options;
    if (const std::int32_t bad = read_options(opt, options, err)) return bad;
    LoadResult result = load(options.load);
    if (!result.policies) return complain(err, result);
    auto engine =
        std::unique_ptr<resil_engine>(new resil_engine{{options.engine, std::move(*result.policies)}, options.load});
    warn_of(engine->engine, result);
    opened = engine.release();
    return complain(err, 0, "");
  });
  return opened;
}

template <typename Load>
std::int32_t reload_with(resil_engine* e, resil_error* err, Load load) noexcept {
  return static_cast<std::int32_t>(fenced(err, [&]() -> std::int64_t {
    LoadResult result = load(e->load);
    if (!result.policies) return complain(err, result);
    e->engine.reload(std::move(*result.policies));
    warn_of(e->engine, result);
    return complain(err, 0, "");
  }));
}

}  // namespace

extern "C" {

int32_t resil_abi(void) { return RESIL_ABI; }

const char* resil_version(void) { return RESIL_VERSION; }

const char* resil_name(int32_t code) {
  switch (code) {
    case 0: return "none";
    // [contract names] written by capi/generate.py
    case RESIL_WHY_OPEN: return "breaker-open";
    case RESIL_WHY_TOO_MANY_REQUESTS: return "breaker-half-open-full";
    case RESIL_WHY_EXHAUSTED: return "retries-exhausted";
    case RESIL_WHY_NOT_RETRIABLE: return "not-retriable";
    case RESIL_WHY_CANCELLED: return "cancelled";
    case RESIL_WHY_DEADLINE: return "deadline";
    case RESIL_WHY_RETRY_BUDGET: return "retry-budget";
    case RESIL_WHY_BUSY: return "busy";
    case RESIL_WHY_RATE_LIMITED: return "rate-limited";
    case RESIL_WHY_HELD: return "held";
    case RESIL_E_ARG: return "E_ARG";
    case RESIL_E_CONFIG: return "E_CONFIG";
    case RESIL_E_FULL: return "E_FULL";
    case RESIL_E_TICKET: return "E_TICKET";
    case RESIL_E_INTERNAL: return "E_INTERNAL";
    // [/contract]
    default: return "unknown";
  }
}

resil_engine* resil_open(const resil_options* opt, const char* yaml, int64_t len, resil_error* err) {
  if (yaml == nullptr) return complain(err, RESIL_E_ARG, "resil_open: yaml is NULL"), nullptr;
  return open_with(opt, err, [&](const LoadOptions& load) { return load_text(load, text_of(yaml, len)); });
}

resil_engine* resil_open_path(const resil_options* opt, const char* path, resil_error* err) {
  if (path == nullptr) return complain(err, RESIL_E_ARG, "resil_open_path: path is NULL"), nullptr;
  return open_with(opt, err, [&](const LoadOptions& load) { return load_path(load, path); });
}

int32_t resil_reload(resil_engine* e, const char* yaml, int64_t len, resil_error* err) {
  if (e == nullptr || yaml == nullptr) return complain(err, RESIL_E_ARG, "resil_reload: engine or yaml is NULL");
  return reload_with(e, err, [&](const LoadOptions& load) { return load_text(load, text_of(yaml, len)); });
}

int32_t resil_reload_path(resil_engine* e, const char* path, resil_error* err) {
  if (e == nullptr || path == nullptr) return complain(err, RESIL_E_ARG, "resil_reload_path: engine or path is NULL");
  return reload_with(e, err, [&](const LoadOptions& load) { return load_path(load, path); });
}

void resil_close(resil_engine* e) { delete e; }

int64_t resil_check(const resil_options* opt, const char* yaml, int64_t len, const char* path, char* buf,
                    int64_t capacity) {
  return fenced(nullptr, [&]() -> std::int64_t {
    if (yaml == nullptr && path == nullptr) return RESIL_E_ARG;
    Options options;
    resil_error bad{};
    std::string report;
    if (read_options(opt, options, &bad) != 0) {
      report = std::string("error: ") + bad.message + "\n";
    } else {
      const LoadResult result =
          path != nullptr ? load_path(options.load, path) : load_text(options.load, text_of(yaml, len));
      for (const Diagnostic& d : result.diagnostics) report += (d.error ? "error: " : "warning: ") + d.text() + "\n";
    }
    return answer_text(report, buf, capacity);
  });
}

int32_t resil_endpoint(resil_engine* e, int32_t kind, const char* name, int64_t name_len, const char* instance,
                       int64_t instance_len) {
  if (e == nullptr || kind < RESIL_APP || kind > RESIL_BUILTIN || text_of(name, name_len).empty()) return RESIL_E_ARG;
  return static_cast<std::int32_t>(fenced(nullptr, [&]() -> std::int64_t {
    return e->engine.endpoint(static_cast<TargetKind>(kind), text_of(name, name_len), text_of(instance, instance_len));
  }));
}

int64_t resil_endpoint_text(resil_engine* e, int32_t endpoint, char* buf, int64_t capacity) {
  const EndpointName* name = e == nullptr ? nullptr : e->engine.name(endpoint);
  if (name == nullptr) return RESIL_E_ARG;
  return fenced(nullptr, [&]() -> std::int64_t {
    return answer_text(endpoint_name_json(name->kind, name->name(), name->instance()), buf, capacity);
  });
}

int64_t resil_now(void) { return read_clock(CLOCK_MONOTONIC); }

int32_t resil_failed(int32_t outcome) {
  const Outcome known = Outcome{outcome}.without_flag();
  return known.valid() ? static_cast<int32_t>(known.failed()) : RESIL_E_ARG;
}

int64_t resil_retry_after(const char* text, int64_t len, int64_t unix_now_ns) {
  return parse_retry_after(text_of(text, len), unix_now_ns).value_or(-1);
}

int32_t resil_begin(resil_engine* e, int32_t endpoint, int64_t now_ns, resil_ticket* t) {
  if (e == nullptr || t == nullptr) return RESIL_E_ARG;
  return e->engine.begin_in_line(endpoint, now_ns, ticket_of(t));
}

int32_t resil_end(resil_engine* e, resil_ticket* t, int32_t outcome, int64_t now_ns) {
  if (e == nullptr || t == nullptr) return RESIL_E_ARG;
  return e->engine.end_in_line(ticket_of(t), Outcome{outcome}, now_ns);
}

int32_t resil_adopt(resil_engine* e, int32_t endpoint, uint64_t word, int64_t began_ns, resil_ticket* t) {
  if (e == nullptr || t == nullptr) return RESIL_E_ARG;
  return e->engine.adopt(endpoint, word, began_ns, ticket_of(t));
}

int32_t resil_state(resil_engine* e, int32_t endpoint, int64_t now_ns) {
  return e == nullptr ? RESIL_E_ARG : e->engine.state(endpoint, now_ns);
}

int64_t resil_transitions(resil_engine* e, int32_t endpoint, int32_t to_state) {
  if (e == nullptr || to_state < RESIL_CLOSED || to_state > RESIL_HALF_OPEN) return RESIL_E_ARG;
  return e->engine.transitions(endpoint, static_cast<BreakerState>(to_state));
}

const uint64_t* resil_word(resil_engine* e, int32_t endpoint) {
  return e == nullptr ? nullptr : reinterpret_cast<const uint64_t*>(e->engine.word(endpoint));
}

uint64_t* resil_tally(resil_engine* e, int32_t endpoint, int32_t slot) {
  return e == nullptr ? nullptr : reinterpret_cast<uint64_t*>(e->engine.tally(endpoint, slot));
}

int32_t resil_credit(resil_engine* e, int32_t endpoint, int64_t n) {
  return e == nullptr ? RESIL_E_ARG : e->engine.credit(endpoint, n);
}

int32_t resil_events(resil_engine* e, uint64_t* cursor, resil_event* out, int32_t capacity) {
  if (e == nullptr || cursor == nullptr || capacity < 0 || (out == nullptr && capacity > 0)) return RESIL_E_ARG;
  constexpr std::int32_t kAtOnce = 16;
  std::int32_t count = 0;
  while (count < capacity) {
    Event events[kAtOnce];
    const auto most = static_cast<std::uint32_t>(std::min(kAtOnce, capacity - count));
    const std::uint32_t read = e->engine.read_events(*cursor, events, most);
    for (std::uint32_t i = 0; i < read; ++i) {
      const Event& event = events[i];
      out[count++] = {event.seq,    event.time,  event.endpoint, static_cast<std::int32_t>(event.kind),
                      event.before, event.after, event.value,    {event.shadow ? RESIL_SHADOW : 0}};
    }
    if (read < most) break;
  }
  return count;
}

int64_t resil_event_text(resil_engine* e, const resil_event* event, char* buf, int64_t capacity) {
  if (e == nullptr || event == nullptr) return RESIL_E_ARG;
  return fenced(nullptr, [&]() -> std::int64_t {
    const Event known{.seq = event->seq,
                      .time = event->time_ns,
                      .endpoint = event->endpoint,
                      .kind = static_cast<EventKind>(event->kind),
                      .shadow = (event->reserved[0] & RESIL_SHADOW) != 0,
                      .before = event->before,
                      .after = event->after,
                      .value = event->value};
    return answer_text(e->engine.event_text(known), buf, capacity);
  });
}

int64_t resil_snapshot(resil_engine* e, int64_t now_ns, char* buf, int64_t capacity) {
  if (e == nullptr) return RESIL_E_ARG;
  return fenced(nullptr, [&]() -> std::int64_t {
    return answer_text(snapshot_json(e->engine.view(TimeSource(now_ns).now())), buf, capacity);
  });
}

}  // extern "C"

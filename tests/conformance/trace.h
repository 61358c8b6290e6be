// One trace, step by step, through the C ABI; every difference is said with its place.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "resil.h"
#include "resil_inline.h"

using nlohmann::json;

struct Close {
  void operator()(resil_engine* e) const { resil_close(e); }
};
using Engine = std::unique_ptr<resil_engine, Close>;

inline constexpr const char* kStates[] = {"closed", "open", "half-open"};

inline long failures = 0, steps_done = 0, calls_skipped = 0, counted_skipped = 0;
inline std::string place;  // file:line name, step n

template <class A, class B>
bool same(const char* what, const A& got, const B& want) {
  if (got == want) return true;
  if (++failures <= 20) {
    std::fprintf(stderr, "%s: %s is %s, expected %s\n", place.c_str(), what, json(got).dump().c_str(),
                 json(want).dump().c_str());
  }
  return false;
}

inline Engine open(const std::string& yaml, const std::string& app_id, resil_error& error, std::uint32_t flags = 0) {
  resil_options options{};
  options.size = sizeof options;
  options.flags = flags;
  options.app_id = app_id.empty() ? nullptr : app_id.c_str();
  return Engine(resil_open(&options, yaml.data(), static_cast<std::int64_t>(yaml.size()), &error));
}

inline std::string reason_of(std::int32_t reason) {
  return reason == RESIL_WHY_OPEN             ? "open"
         : reason == RESIL_WHY_HALF_OPEN_FULL ? "too_many_requests"
                                              : resil_name(reason);
}

// Which crossings are skipped: none, those that a fast word allows, those that a counted word allows too.
enum class Elide { No, Fast, Counted };

class Trace {
 public:
  Trace(resil_engine* engine, Elide elide) : engine_(engine), elide_(elide) {}

  void step(const json& s) {
    const auto at = s.at("at").get<std::int64_t>();
    const std::string op = s.at("op");
    if (op == "begin") {
      begin(s, at);
    } else if (op == "end") {
      end(s, at);
    } else if (op == "inspect") {
      inspect(s, at);
    } else {
      same("op", op, "begin, end or inspect");
    }
    read_events();
    ++steps_done;
  }

  json transitions = json::array();

 private:
  struct Call {
    resil_ticket ticket{};
    std::int32_t endpoint = 0;
    std::uint64_t word = 0;  // not 0: this attempt began without resil_begin
    std::int64_t began = 0;
  };

  // `method` names what separates an app's breakers or an actor's; a component has a direction and a type instead.
  std::int32_t endpoint(const json& target) {
    static const std::map<std::string, std::int32_t> kinds{
        {"app", RESIL_APP}, {"actor", RESIL_ACTOR}, {"inbound", RESIL_COMPONENT_IN}, {"outbound", RESIL_COMPONENT_OUT}};
    const bool component = target.at("kind") == "component";
    const std::string kind = component ? target.at("direction") : target.at("kind"), name = target.at("name");
    const std::string instance = component ? target.at("type") : target.at("method");
    return resil_endpoint(engine_, kinds.at(kind), name.data(), static_cast<std::int64_t>(name.size()), instance.data(),
                          static_cast<std::int64_t>(instance.size()));
  }

  void begin(const json& s, std::int64_t at) {
    Call& call = calls_[s.at("call")];
    const json& expect = s.at("expect");
    call.endpoint = endpoint(s.at("target"));
    call.began = at;
    if (s.contains("deadline_ns")) call.ticket.deadline_ns = s.at("deadline_ns").get<std::int64_t>();
    std::uint64_t word = 0;
    const std::uint64_t* const at_word = resil_word(engine_, call.endpoint);
    // A host skips no crossing of an operation that has a deadline.
    const bool skipped = call.ticket.deadline_ns != 0 ? false
                         : elide_ == Elide::Fast      ? resil_fast_begin(at_word, &word) != 0
                         : elide_ == Elide::Counted   ? resil_counted_begin(at_word, tally(call.endpoint), &word) != 0
                                                      : false;
    if (skipped) {
      call.word = word;
      ++calls_skipped;
      same("decision", "allow", expect.at("decision"));
      counted_skipped += (word & RESIL_FAST) == 0 ? 1 : 0;
      same("timeout_ns", resil_fast_timeout(word), expect.value("timeout_ns", json()));
      return;
    }
    call.word = 0;
    const std::int32_t decision = resil_begin(engine_, call.endpoint, at, &call.ticket);
    same("decision",
         decision == RESIL_ALLOW    ? "allow"
         : decision == RESIL_REJECT ? "reject"
                                    : resil_name(decision),
         expect.at("decision"));
    if (decision == RESIL_ALLOW) {
      same("attempt", call.ticket.attempt, s.at("attempt"));
      same("timeout_ns", call.ticket.timeout_ns, expect.value("timeout_ns", json()));
    } else {
      same("reason", reason_of(call.ticket.reason), expect.value("reason", json()));
      within("wait_ns", call.ticket.delay_ns, expect);
    }
  }

  void end(const json& s, std::int64_t at) {
    Call& call = calls_.at(s.at("call"));
    const json& expect = s.at("expect");
    const std::string said = s.at("outcome");
    const std::int32_t outcome = s.contains("http_status")   ? RESIL_HTTP(s.at("http_status").get<std::int32_t>())
                                 : s.contains("grpc_status") ? RESIL_GRPC(s.at("grpc_status").get<std::int32_t>())
                                 : said == "success"         ? RESIL_SUCCESS
                                 : said == "timeout"         ? RESIL_TIMEOUT
                                 : said == "cancelled"       ? RESIL_CANCELLED
                                                             : RESIL_FAILURE;
    if (call.word != 0) {
      if (said == "success" && resil_fast_end(resil_word(engine_, call.endpoint), call.word) != 0) {
        ++calls_skipped;
        same("credit", resil_credit(engine_, call.endpoint, 1) < 0, false);
        same("verdict", "done", expect.at("verdict"));
        return;
      }
      same("adopt", resil_adopt(engine_, call.endpoint, call.word, call.began, &call.ticket) < 0, false);
    }
    call.ticket.delay_ns = s.value("hint_ns", std::int64_t{0});
    const std::int32_t verdict = resil_end(engine_, &call.ticket, outcome, at);
    same("verdict",
         verdict == RESIL_DONE      ? "done"
         : verdict == RESIL_RETRY   ? "retry"
         : verdict == RESIL_GIVE_UP ? "fail"
                                    : resil_name(verdict),
         expect.at("verdict"));
    if (verdict == RESIL_RETRY) within("delay_ns", call.ticket.delay_ns, expect);
    if (verdict == RESIL_GIVE_UP && expect.contains("reason")) {
      same("reason", reason_of(call.ticket.reason), expect["reason"]);
    }
  }

  // `expect` may say between which two a number is.
  static void within(const char* what, std::int64_t got, const json& expect) {
    if (!expect.contains(what)) return;
    const auto low = expect[what][0].get<std::int64_t>(), high = expect[what][1].get<std::int64_t>();
    if (got < low || got > high) same(what, got, expect[what]);
  }

  void inspect(const json& s, std::int64_t at) {
    const json& expect = s.at("expect");
    const std::int32_t id = endpoint(s.at("target")), state = resil_state(engine_, id, at);
    same("state", state >= 0 ? kStates[state] : resil_name(state), expect.at("state"));
    std::string text(static_cast<std::size_t>(resil_snapshot(engine_, at, nullptr, 0)) + 1, '\0');
    text.resize(
        static_cast<std::size_t>(resil_snapshot(engine_, at, text.data(), static_cast<std::int64_t>(text.size()))));
    const json snapshot = json::parse(text);
    for (const json& found : snapshot.at("endpoints")) {
      if (found.at("endpoint") != id) continue;
      same("snapshot's state", found.at("breaker").at("state"), expect.at("state"));
      for (const auto& [count, value] : expect.at("counts").items()) {
        same(count.c_str(), found.at("breaker").at("counts").at(count), value);
      }
      return;
    }
    same("endpoint in the snapshot", false, true);
  }

  void read_events() {
    resil_event events[16];
    std::int32_t n;
    while ((n = resil_events(engine_, &cursor_, events, 16)) > 0) {
      for (std::int32_t i = 0; i < n; ++i) {
        const resil_event& event = events[i];
        same("events lost", event.seq - ++seen_, 0u);
        if (event.kind != RESIL_EVENT_BREAKER) continue;
        char text[512];
        resil_event_text(engine_, &event, text, sizeof text);
        const std::string_view line(text);  // Circuit breaker "name" changed state from closed to open
        const auto from = line.find('"'), to = line.rfind('"');
        same("event has a name", from < to, true);
        transitions.push_back({{"at", event.time_ns},
                               {"breaker", line.substr(from + 1, to - from - 1)},
                               {"from", kStates[event.before]},
                               {"to", kStates[event.after]}});
      }
    }
  }

  // Calls come from several slots, as from several threads.
  std::uint64_t* tally(std::int32_t id) { return resil_tally(engine_, id, next_slot_++ % 3); }

  resil_engine* engine_;
  Elide elide_;
  std::int32_t next_slot_ = 0;
  std::map<std::int64_t, Call> calls_;
  std::uint64_t cursor_ = 0, seen_ = 0;
};

// The reference for tests/conformance/host: a host of the C ABI on virtual time that has the bindings' common rules and
// nothing else.
#include <algorithm>
#include <fstream>
#include <set>

#include "trace.h"

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kUnixNow = 0;  // hints in the vectors are seconds

class Host {
 public:
  explicit Host(const std::string& policies) {
    resil_error error{};
    engine_ = open("apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec: " + policies + "\n", "", error);
    if (!same("error of the document", std::string(error.message), std::string())) return;
    endpoint_ = resil_endpoint(engine_.get(), RESIL_APP, "a", -1, "m", -1);
  }
  bool loaded() const { return engine_ != nullptr; }

  void call(const json& script) {
    static const std::set<std::string> kKnown{"deadline_ms", "wait", "advance_ms", "attempts", "expect"};
    for (const auto& [key, value] : script.items()) same(key.c_str(), kKnown.contains(key), true);
    now_ += script.value("advance_ms", std::int64_t{0}) * kMillisecond;
    resil_ticket ticket{};
    if (script.contains("deadline_ms"))
      ticket.deadline_ns = now_ + script["deadline_ms"].get<std::int64_t>() * kMillisecond;
    const json& attempts = script.at("attempts");
    json got{{"delays_ms", json::array()}};
    json last = nullptr;  // the failure of the attempt before, by its name
    std::size_t made = 0;
    while (!got.contains("end")) {
      if (resil_begin(engine_.get(), endpoint_, now_, &ticket) == RESIL_REJECT) {
        if (script.value("wait", false) && (ticket.flags & RESIL_MAY_WAIT) != 0) {
          pause(ticket.delay_ns, got);
          continue;
        }
        got.update({{"end", "rejected"}, {"cause", last}, {"reason", resil_name(ticket.reason)}});
      } else if (made == attempts.size()) {
        same("attempts", made + 1, made);
        return;
      } else {
        attempt(attempts[made++], ticket, last, got);
      }
    }
    same("attempts", made, attempts.size());
    same("expect", got, script.at("expect"));
    ++steps_done;
  }

  void check(const json& line) {
    std::string text(static_cast<std::size_t>(resil_snapshot(engine_.get(), now_, nullptr, 0)) + 1, '\0');
    const auto size = static_cast<std::int64_t>(text.size());
    text.resize(static_cast<std::size_t>(resil_snapshot(engine_.get(), now_, text.data(), size)));
    const json entry = json::parse(text).at("endpoints").at(0);
    for (const auto& [count, value] : line.at("counts").items())
      same(count.c_str(), entry.at("calls").at(count), value);
    if (line.contains("state")) same("state", entry.at("breaker").at("state"), line["state"]);
  }

 private:
  void pause(std::int64_t delay, json& got) {
    got["delays_ms"].push_back(delay / kMillisecond);  // a breaker's wait ends a nanosecond after its timeout
    now_ += delay;
  }

  void attempt(const json& does, resil_ticket& ticket, json& last, json& got) {
    now_ += does.value("takes_ms", std::int64_t{0}) * kMillisecond;
    const bool response = does.contains("status");
    std::int32_t outcome = RESIL_FAILURE;
    std::string name = does.value("throws", "");
    ticket.delay_ns = 0;
    if (does.contains("returns")) {
      outcome = RESIL_SUCCESS;
      name = does["returns"];
    } else if (response) {
      outcome = RESIL_HTTP(does["status"].get<std::int32_t>());
      name = std::to_string(does["status"].get<int>());
      const std::string field = does.value("retry_after", "");
      ticket.delay_ns =
          std::max<std::int64_t>(0, resil_retry_after(field.data(), static_cast<std::int64_t>(field.size()), kUnixNow));
    } else if (does.contains("hangs")) {
      same("an attempt that hangs has a budget", ticket.timeout_ns > 0, true);
      now_ += ticket.timeout_ns;
      outcome = RESIL_TIMEOUT;
      name = "timeout";
    } else if (does.contains("cancelled")) {
      outcome = RESIL_CANCELLED;
    } else if (does.contains("classifier_throws")) {  // that is no word on the target
      outcome = RESIL_CANCELLED;
      name = does["classifier_throws"];
    } else {
      same("an attempt does something", does.contains("throws"), true);
    }
    if (does.value("permanent", false)) outcome |= RESIL_NO_RETRY;
    const std::int32_t answer = resil_end(engine_.get(), &ticket, outcome, now_);
    if (answer == RESIL_RETRY) {
      last = name;
      pause(ticket.delay_ns, got);
    } else if (does.contains("cancelled")) {
      got["end"] = "cancelled";
    } else if (answer == RESIL_DONE || response) {
      got.update({{"end", "value"}, {"error", name}});  // a response that failed is still the answer
    } else if (ticket.attempt > 1 && ticket.reason != RESIL_WHY_NOT_RETRIABLE && ticket.reason != RESIL_WHY_CANCELLED) {
      got.update({{"end", "exhausted"}, {"cause", name}, {"reason", resil_name(ticket.reason)}});
    } else {
      got.update({{"end", does.contains("hangs") ? "timeout" : "error"}, {"error", name}});
    }
  }

  Engine engine_;
  std::int32_t endpoint_ = -1;
  std::int64_t now_ = 1'000'000 * kMillisecond;
};

}  // namespace

int main(int argc, char** argv) {
  long lines = 0;
  for (int file = 1; file < argc; ++file) {
    std::ifstream in(argv[file]);
    long number = 0;
    for (std::string text; std::getline(in, text); ++lines) {
      const json line = json::parse(text);
      place = std::string(argv[file]) + ":" + std::to_string(++number) + " " + line.at("name").get<std::string>();
      Host host(line.at("policies"));
      if (!host.loaded()) continue;
      for (const json& call : line.at("calls")) host.call(call);
      host.check(line);
    }
  }
  std::printf("%ld vectors, %ld calls, %ld differences\n", lines, steps_done, failures);
  return failures == 0 && lines > 0 ? 0 : 1;
}

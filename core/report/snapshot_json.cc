#include "report/snapshot_json.h"

#include <nlohmann/json.hpp>

namespace resil {
namespace {

using Json = nlohmann::ordered_json;

const char* kind_name(TargetKind kind) {
  switch (kind) {
    case TargetKind::App: return "app";
    case TargetKind::Actor: return "actor";
    case TargetKind::ComponentIn:
    case TargetKind::ComponentOut: return "component";
    case TargetKind::Builtin: return "builtin";
  }
  return "unknown";
}

const char* state_name(BreakerState state) {
  switch (state) {
    case BreakerState::Closed: return "closed";
    case BreakerState::Open: return "open";
    case BreakerState::HalfOpen: return "half-open";
  }
  return "unknown";
}

// A count that nobody kept is null, not a number that would be believed.
Json count(const BreakerView& view, CountSet which, std::int64_t number) {
  return (view.known & which) != 0 ? Json(number) : Json(nullptr);
}

Json breaker_json(const BreakerEntry& breaker) {
  const BreakerView& view = breaker.view;
  return Json{{"name", breaker.name},
              {"policy", breaker.policy},
              {"state", state_name(view.state)},
              {"retryAfterNs", view.retry_after},
              {"counts",
               {{"requests", count(view, kRequests, view.counts.requests)},
                {"totalSuccesses", count(view, kTotalSuccesses, view.counts.total_successes)},
                {"totalFailures", count(view, kTotalFailures, view.counts.total_failures)},
                {"consecutiveSuccesses", count(view, kConsecutiveSuccesses, view.counts.consecutive_successes)},
                {"consecutiveFailures", count(view, kConsecutiveFailures, view.counts.consecutive_failures)}}}};
}

Json endpoint_json(const EndpointEntry& entry) {
  Json json{{"endpoint", entry.id}, {"kind", kind_name(entry.kind)}, {"name", entry.name}};
  switch (entry.kind) {
    case TargetKind::App: json["method"] = entry.instance; break;
    case TargetKind::Actor: json["id"] = entry.instance; break;
    case TargetKind::ComponentIn:
    case TargetKind::ComponentOut:
      json["direction"] = entry.kind == TargetKind::ComponentIn ? "inbound" : "outbound";
      json["type"] = entry.instance;
      break;
    case TargetKind::Builtin: break;
  }
  json["timeoutNs"] = entry.timeout;
  json["retry"] = entry.retry ? Json(*entry.retry) : Json(nullptr);
  json["breaker"] = entry.breaker ? breaker_json(*entry.breaker) : Json(nullptr);
  if (entry.evicted) json["evicted"] = true;
  const CallTotals& totals = entry.totals;
  json["calls"] = {{"successes", totals.successes}, {"failures", totals.failures},     {"timeouts", totals.timeouts},
                   {"cancelled", totals.cancelled}, {"rejections", totals.rejections}, {"retries", totals.retries},
                   {"recovered", totals.recovered}, {"gaveUp", totals.gave_up}};
  return json;
}

}  // namespace

std::string snapshot_json(const EngineView& view) {
  Json endpoints = Json::array();
  for (const EndpointEntry& entry : view.endpoints) endpoints.push_back(endpoint_json(entry));
  const Json json{{"endpoints", std::move(endpoints)}, {"events", view.events}, {"policies", view.policies}};
  // Names come from the host and may be any bytes; the output is UTF-8 all the same.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace resil

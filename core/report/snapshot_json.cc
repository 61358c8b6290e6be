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

double part(std::int64_t of, std::int64_t calls) {
  return calls == 0 ? 0 : static_cast<double>(of) / static_cast<double>(calls);
}

// What only the trip rule of a ResiliencyExtension may read is there only where it is kept.
void add_extension(Json& json, const BreakerView& view) {
  const Counts& counts = view.counts;
  const std::int64_t calls = counts.total_successes + counts.total_failures;
  const bool ended = (view.known & kTotalSuccesses) != 0 && (view.known & kTotalFailures) != 0;
  const bool slow = (view.known & kSlowCalls) != 0;
  if (slow) json["counts"]["slowCalls"] = counts.slow_calls;
  if (ended) json["counts"]["calls"] = calls;
  if (ended) json["counts"]["failureRate"] = part(counts.total_failures, calls);
  if (ended && slow) json["counts"]["slowRate"] = part(counts.slow_calls, calls);
  if (!view.shadow) return;
  json["mode"] = "shadow";
  json["shadowRejections"] = view.shadow_rejections;
}

Json breaker_json(const BreakerEntry& breaker) {
  const BreakerView& view = breaker.view;
  Json json{{"name", breaker.name},
            {"policy", breaker.policy},
            {"state", state_name(view.state)},
            {"retryAfterNs", view.retry_after},
            {"counts",
             {{"requests", count(view, kRequests, view.counts.requests)},
              {"totalSuccesses", count(view, kTotalSuccesses, view.counts.total_successes)},
              {"totalFailures", count(view, kTotalFailures, view.counts.total_failures)},
              {"consecutiveSuccesses", count(view, kConsecutiveSuccesses, view.counts.consecutive_successes)},
              {"consecutiveFailures", count(view, kConsecutiveFailures, view.counts.consecutive_failures)}}}};
  add_extension(json, view);
  return json;
}

// What an endpoint is called, added to `json`.
void add_name(Json& json, TargetKind kind, std::string_view name, std::string_view instance) {
  json["kind"] = kind_name(kind);
  json["name"] = name;
  switch (kind) {
    case TargetKind::App: json["method"] = instance; break;
    case TargetKind::Actor: json["id"] = instance; break;
    case TargetKind::ComponentIn:
    case TargetKind::ComponentOut:
      json["direction"] = kind == TargetKind::ComponentIn ? "inbound" : "outbound";
      json["type"] = instance;
      break;
    case TargetKind::Builtin: break;
  }
}

// Names come from the host and may be any bytes; the output is UTF-8 all the same.
std::string utf8_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json endpoint_json(const EndpointEntry& entry) {
  Json json{{"endpoint", entry.id}};
  add_name(json, entry.kind, entry.name, entry.instance);
  json["timeoutNs"] = entry.timeout;
  json["retry"] = entry.retry ? Json(*entry.retry) : Json(nullptr);
  json["breaker"] = entry.breaker ? breaker_json(*entry.breaker) : Json(nullptr);
  if (entry.evicted) json["evicted"] = true;
  const CallTotals& totals = entry.totals;
  json["calls"] = {{"successes", totals.successes}, {"failures", totals.failures},     {"timeouts", totals.timeouts},
                   {"cancelled", totals.cancelled}, {"rejections", totals.rejections}, {"retries", totals.retries},
                   {"recovered", totals.recovered}, {"gaveUp", totals.gave_up}};
  const OperationTotals& operations = entry.operations;
  json["operations"] = {{"ended", operations.ended()},
                        {"succeeded", operations.succeeded},
                        {"failed", operations.failed},
                        {"cancelled", operations.cancelled},
                        {"rejected", operations.rejected}};
  json["transitions"] = {{"closed", entry.transitions.closed},
                         {"open", entry.transitions.open},
                         {"halfOpen", entry.transitions.half_open}};
  return json;
}

Json target_json(const TargetView& target) {
  Json json{{"kind", kind_name(target.kind)}, {"name", target.name}};
  if (target.kind == TargetKind::ComponentIn) json["direction"] = "inbound";
  if (target.kind == TargetKind::ComponentOut) json["direction"] = "outbound";
  if (const auto& rate = target.rate) {
    json["rateLimit"] = {{"rate", rate->rate},
                         {"perNs", rate->per},
                         {"burst", rate->burst},
                         {"available", rate->available},
                         {"rejected", rate->rejected}};
  }
  if (const auto& places = target.concurrency) {
    json["concurrency"] = {{"limit", places->limit}, {"inFlight", places->in_flight}, {"rejected", places->rejected}};
  }
  if (const auto& budget = target.budget) {
    json["budget"] = {{"ratio", budget->ratio},     {"minPerSecond", budget->min_per_second},
                      {"windowNs", budget->window}, {"operations", budget->operations},
                      {"retries", budget->retries}, {"refused", budget->refused}};
  }
  if (const auto& hold = target.hold) json["hold"] = {{"leftNs", hold->left}, {"rejected", hold->rejected}};
  if (target.deadline != 0) json["deadlineNs"] = target.deadline;
  return json;
}

}  // namespace

std::string snapshot_json(const EngineView& view) {
  Json endpoints = Json::array();
  for (const EndpointEntry& entry : view.endpoints) endpoints.push_back(endpoint_json(entry));
  Json targets = Json::array();
  for (const TargetView& target : view.targets) targets.push_back(target_json(target));
  const Json json{{"endpoints", std::move(endpoints)},
                  {"targets", std::move(targets)},
                  {"events", view.events},
                  {"policies", view.policies}};
  return utf8_text(json);
}

std::string endpoint_name_json(TargetKind kind, std::string_view name, std::string_view instance) {
  Json json;
  add_name(json, kind, name, instance);
  return utf8_text(json);
}

}  // namespace resil

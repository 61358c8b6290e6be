// spec.policies: timeouts, retries, circuitBreakers.
#include <algorithm>
#include <limits>
#include <utility>

#include "config/document/definitions.h"
#include "config/document/fields.h"
#include "config/text/status_range.h"
#include "config/text/suggest.h"
#include "config/trip/trip_parser.h"
#include "resil/policy/reserved.h"

namespace resil {
namespace {

constexpr std::int64_t kMostRetries = std::numeric_limits<std::int32_t>::max();

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

void read_kind(const YamlNode& mapping, Backoff::Kind& kind, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find("policy");
  if (node == nullptr || !is_scalar(*node, "policy", diagnostics)) return;
  if (same_word(node->text, "constant")) {
    kind = Backoff::Kind::Constant;
  } else if (same_word(node->text, "exponential")) {
    kind = Backoff::Kind::Exponential;
  } else {
    const std::string hint = did_you_mean(node->text, {"constant", "exponential"});
    diagnostics.error(*node, "policy must be constant or exponential, not " + quoted(node->text) + hint);
  }
}

void read_statuses(const YamlNode& mapping, std::string_view field, const StatusBounds& bounds, StatusSet& out,
                   Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find(field);
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::Scalar) {
    diagnostics.error(*node, std::string(field) + " must be one text of statuses and ranges; write it like \"" +
                                 (bounds.first == 0 ? "4,8,14" : "429,500-599") + "\"");
    return;
  }
  const StatusResult parsed = parse_statuses(node->text, bounds);
  if (parsed.value)
    out = *parsed.value;
  else
    diagnostics.error(*node, std::string(field) + ": " + parsed.problem);
}

void read_matching(const YamlNode& mapping, const std::string& what, RetryPolicy& policy, Diagnostics& diagnostics) {
  const YamlNode* matching = mapping.find("matching");
  if (matching == nullptr || !is_mapping(*matching, "matching", diagnostics)) return;
  check_fields(*matching, "matching of " + what, {"httpStatusCodes", "gRPCStatusCodes"}, diagnostics);
  read_statuses(*matching, "httpStatusCodes", kHttpStatuses, policy.http, diagnostics);
  read_statuses(*matching, "gRPCStatusCodes", kGrpcStatuses, policy.grpc, diagnostics);
}

void read_trip(const YamlNode& mapping, TripRule& trip, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find("trip");
  if (node == nullptr || !is_scalar(*node, "trip", diagnostics)) return;
  TripResult compiled = compile_trip(node->text, diagnostics.lenient());
  for (const TripMessage& message : compiled.messages) {
    std::string text = "trip: " + message.text;
    int column = node->column;
    if (node->text_column > 0) {
      column = node->text_column + static_cast<int>(message.offset);
    } else {
      text += " (at column " + std::to_string(message.offset + 1) + " of the expression)";
    }
    if (message.error)
      diagnostics.error(node->line, column, std::move(text));
    else
      diagnostics.warning(node->line, column, std::move(text));
  }
  if (compiled.rule) trip = std::move(*compiled.rule);
}

}  // namespace

std::string Origin::text() const {
  const std::string place = "line " + std::to_string(line);
  return source.empty() ? place : source + ", " + place;
}

Definitions::Definitions(Diagnostics& diagnostics) : diagnostics_(diagnostics) { set_.retries = reserved_retries(); }

void Definitions::note(Origins& origins, const std::string& what, const YamlNode& key, const std::string& source) {
  const auto [found, fresh] = origins.try_emplace(key.text, Origin{source, key.line});
  if (fresh) return;
  diagnostics_.warning(key, what + " " + quoted(key.text) + " overrides the one of " + found->second.text());
  found->second = {source, key.line};
}

void Definitions::add_policies(const Document& document) {
  diagnostics_.begin_source(document.source);
  const YamlNode* spec = document.root.find("spec");
  check_fields(document.root, "the document", {"apiVersion", "kind", "metadata", "scopes", "spec"}, diagnostics_);
  if (spec == nullptr) {
    diagnostics_.warning(document.root, document_name(document) + " has no spec: it defines nothing");
    return;
  }
  if (!is_mapping(*spec, "spec", diagnostics_)) return;
  check_fields(*spec, "spec", {"policies", "targets"}, diagnostics_);
  const YamlNode* policies = spec->find("policies");
  if (policies == nullptr || !is_mapping(*policies, "policies", diagnostics_)) return;
  check_fields(*policies, "policies", {"timeouts", "retries", "circuitBreakers"}, diagnostics_);

  const auto each = [&](std::string_view field, Origins& origins, const std::string& what, auto add) {
    const YamlNode* mapping = policies->find(field);
    if (mapping == nullptr || !is_mapping(*mapping, std::string(field), diagnostics_)) return;
    for (std::size_t i = 0; i < mapping->pairs(); ++i) {
      note(origins, what, mapping->key(i), document.source);
      (this->*add)(mapping->key(i), mapping->value(i));
    }
  };
  each("timeouts", timeouts_, "timeout", &Definitions::add_timeout);
  each("retries", retries_, "retry policy", &Definitions::add_retry);
  each("circuitBreakers", breakers_, "circuit breaker", &Definitions::add_breaker);
}

void Definitions::add_timeout(const YamlNode& key, const YamlNode& value) {
  Nanos& timeout = set_.timeouts[key.text];
  timeout = 0;
  YamlNode pair;  // so that one reader of durations serves here too
  pair.kind = YamlNode::Kind::Mapping;
  pair.items = {key, value};
  if (value.kind == YamlNode::Kind::Null) {
    diagnostics_.error(key, "timeout " + quoted(key.text) + " has no value; write a duration like 5s");
  }
  read_duration(pair, key.text, timeout, diagnostics_);
}

void Definitions::add_retry(const YamlNode& key, const YamlNode& value) {
  const std::string what = Named{"retry policy", key.text}.text();
  RetryPolicy policy;
  policy.name = key.text;
  if (is_mapping(value, what, diagnostics_)) {
    check_fields(value, what, {"policy", "duration", "maxInterval", "maxRetries", "matching"}, diagnostics_);
    read_kind(value, policy.backoff.kind, diagnostics_);
    read_duration(value, "duration", policy.backoff.duration, diagnostics_);
    read_duration(value, "maxInterval", policy.backoff.max_interval, diagnostics_);
    read_integer(value, "maxRetries", -1, kMostRetries, policy.max_retries, diagnostics_);
    read_matching(value, what, policy, diagnostics_);
  }
  if (is_reserved_retry(key.text)) {
    if (!may_override(key.text)) {
      diagnostics_.strict(key,
                          quoted(key.text) + " is built in and cannot be overridden; remove it or choose another name");
      return;
    }
    if (policy.max_retries < kReservedLeastRetries) {
      diagnostics_.warning(key, quoted(key.text) + " is built in: maxRetries " + std::to_string(policy.max_retries) +
                                    " is raised to " + std::to_string(kReservedLeastRetries));
      policy.max_retries = kReservedLeastRetries;
    }
  }
  set_.retries[key.text] = std::make_shared<const RetryPolicy>(std::move(policy));
}

void Definitions::add_breaker(const YamlNode& key, const YamlNode& value) {
  const std::string what = Named{"circuit breaker", key.text}.text();
  BreakerSettings settings;
  settings.policy_name = key.text;
  if (is_mapping(value, what, diagnostics_)) {
    check_fields(value, what, {"maxRequests", "interval", "timeout", "trip"}, diagnostics_);
    std::int64_t most = settings.max_requests;
    read_integer(value, "maxRequests", 0, BreakerSettings::kMostRequests, most, diagnostics_);
    settings.max_requests = most == 0 ? 1 : static_cast<std::uint32_t>(most);
    read_duration(value, "interval", settings.interval, diagnostics_);
    const Nanos usual = settings.timeout;
    read_duration(value, "timeout", settings.timeout, diagnostics_);
    if (settings.timeout == 0) settings.timeout = usual;
    read_trip(value, settings.trip, diagnostics_);
  }
  set_.breakers[key.text] = std::make_shared<const BreakerSettings>(std::move(settings));
}

}  // namespace resil

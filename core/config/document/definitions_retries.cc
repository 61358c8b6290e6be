// spec.policies.retries
#include <limits>
#include <utility>

#include "config/document/definitions.h"
#include "config/document/fields.h"
#include "config/document/statuses.h"
#include "config/text/duration.h"
#include "config/text/suggest.h"
#include "resil/policy/reserved.h"

namespace resil {
namespace {

using Jitter = Backoff::Jitter;

constexpr std::int64_t kMostRetries = std::numeric_limits<std::int32_t>::max();
constexpr double kMostRatio = 1'000, kMostPerSecond = 1'000'000'000;

void read_jitter(const YamlNode& mapping, Backoff& backoff, Diagnostics& diagnostics) {
  std::size_t word = 0;
  if (!read_word(mapping, "jitter", {"none", "spread", "full", "equal", "decorrelated"}, word, diagnostics)) return;
  constexpr Jitter kWords[] = {Jitter::None, Jitter::Spread, Jitter::Full, Jitter::Equal, Jitter::Decorrelated};
  backoff.jitter = kWords[word];
}

void read_budget(const YamlNode& mapping, std::optional<RetryBudget>& out, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find("budget");
  if (node == nullptr) return;
  RetryBudget budget = out.value_or(RetryBudget{});
  read_number(*node, "ratio", 0, kMostRatio, budget.ratio, diagnostics);
  read_number(*node, "minPerSecond", 0, kMostPerSecond, budget.min_per_second, diagnostics);
  if (read_duration(*node, "window", budget.window, diagnostics) && budget.window < kMillisecond)
    diagnostics.error(*node->find("window"), "window of a budget must be at least 1ms; leave it out for 10s");
  out = budget;
}

}  // namespace

void Definitions::add_retry(const YamlNode& key, const YamlNode& value) {
  if (is_reserved_retry(key.text) && !may_override(key.text)) {
    diagnostics_.strict(key,
                        quoted(key.text) + " is built in and cannot be overridden; remove it or choose another name",
                        "it stays as it is");
    return;
  }
  define(defined_retries_, "retry policy", key, value);
  RetryPolicy& policy = retries_[key.text];
  if (!extension_) policy = {};
  policy.name = key.text;
  if (value.kind == YamlNode::Kind::Mapping) {
    Backoff& backoff = policy.backoff;
    std::size_t word = 0;
    if (read_word(value, "policy", {"constant", "exponential"}, word, diagnostics_))
      backoff.kind = word == 0 ? Backoff::Kind::Constant : Backoff::Kind::Exponential;
    read_duration(value, "duration", backoff.duration, diagnostics_);
    read_duration(value, "maxInterval", backoff.max_interval, diagnostics_);
    read_integer(value, "maxRetries", -1, kMostRetries, policy.max_retries, diagnostics_);
    read_matching(value, policy.http, policy.grpc, diagnostics_);
    read_jitter(value, backoff, diagnostics_);
    read_number(value, "spread", 0, 1, backoff.spread, diagnostics_);
    read_duration(value, "initialInterval", backoff.initial, diagnostics_);
    read_number(value, "multiplier", 1, kMostMultiplier, backoff.multiplier, diagnostics_);
    read_duration(value, "maxDuration", policy.max_duration, diagnostics_);
    read_duration(value, "maxRetryAfter", policy.max_retry_after, diagnostics_);
    read_budget(value, policy.budget, diagnostics_);
  }
  const bool limits = !extension_ || value.find("maxRetries") != nullptr;
  if (is_reserved_retry(key.text) && limits && policy.max_retries < kReservedLeastRetries) {
    diagnostics_.warning(key, quoted(key.text) + " is built in: maxRetries " + std::to_string(policy.max_retries) +
                                  " is raised to " + std::to_string(kReservedLeastRetries));
    policy.max_retries = kReservedLeastRetries;
  }
}

void Definitions::finish_retry(RetryPolicy& policy, const Definition& definition) {
  Backoff& backoff = policy.backoff;
  const Jitter jitter = backoff.jitter_in_force();
  if (jitter == Jitter::Decorrelated) {  // of either kind: it draws from neither a duration nor a growing interval
    const std::string draws = "decorrelated jitter draws from initialInterval (" + duration_text(backoff.initial) +
                              ") to three times the delay before, at most maxInterval (" +
                              duration_text(backoff.max_interval) + ")";
    no_effect(definition, "duration", draws);
    no_effect(definition, "multiplier", draws);
  } else if (backoff.kind == Backoff::Kind::Exponential) {
    no_effect(definition, "duration",
              "an exponential policy starts at " + duration_text(backoff.initial) + " and grows to maxInterval (" +
                  duration_text(backoff.max_interval) + ")");
  } else {
    const std::string waits = "a constant policy waits for its duration (" + duration_text(backoff.duration) + ")";
    no_effect(definition, "maxInterval", waits);
    no_effect(definition, "initialInterval", waits);
    no_effect(definition, "multiplier", waits);
  }
  if (jitter != Jitter::Spread) no_effect(definition, "spread", "it belongs to jitter: spread");
  if (policy.max_retries == 0) no_effect(definition, "budget", "maxRetries is 0");
}

}  // namespace resil

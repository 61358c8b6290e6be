// Policies by hand: what the loader makes of a document, in the few words a test needs.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "config/trip/trip_parser.h"
#include "resil/base/types.h"
#include "resil/policy/policy_set.h"

namespace resil::testing {

// A rule as a document spells it. A test with a rule that does not compile cannot mean anything.
inline TripRule trip_rule(std::string_view text) {
  TripResult compiled = compile_trip(text, /*lenient=*/false, TripNames::Extension);
  if (!compiled.rule) std::abort();
  return std::move(*compiled.rule);
}

struct BreakerOptions {
  std::uint32_t max_requests = 1;
  Nanos interval = 0;
  Nanos timeout = 60 * kSecond;
  std::string_view trip = "consecutiveFailures > 5";
  std::string_view name = "cb";
  // What a ResiliencyExtension may set.
  Nanos window = 0;
  std::uint32_t buckets = 10;
  std::uint32_t window_calls = 0;
  Nanos slow_call = 0;
  double timeout_multiplier = 1;
  Nanos max_timeout = 0;
  double timeout_jitter = 0;
  bool shadow = false;
  int http = 0;  // the one status that its list has; 0: no list
};

inline std::shared_ptr<const BreakerSettings> breaker(const BreakerOptions& options = {}) {
  BreakerSettings settings;
  settings.policy_name = options.name;
  settings.max_requests = options.max_requests;
  settings.interval = options.interval;
  settings.timeout = options.timeout;
  settings.trip = trip_rule(options.trip);
  settings.window = options.window;
  settings.buckets = options.buckets;
  settings.window_calls = options.window_calls;
  settings.slow_call = options.slow_call;
  settings.timeout_multiplier = options.timeout_multiplier;
  settings.max_timeout = options.max_timeout;
  settings.timeout_jitter = options.timeout_jitter;
  settings.shadow = options.shadow;
  if (options.http != 0) settings.http.add(options.http, options.http);
  return std::make_shared<const BreakerSettings>(std::move(settings));
}

inline RetryPolicy constant_retry(Nanos duration, std::int64_t max_retries) {
  RetryPolicy retry;
  retry.name = "r";
  retry.backoff.duration = duration;
  retry.max_retries = max_retries;
  return retry;
}

inline RetryPolicy exponential_retry(Nanos max_interval, std::int64_t max_retries) {
  RetryPolicy retry;
  retry.name = "r";
  retry.backoff.kind = Backoff::Kind::Exponential;
  retry.backoff.max_interval = max_interval;
  retry.max_retries = max_retries;
  return retry;
}

inline std::shared_ptr<const RetryPolicy> shared(RetryPolicy retry) {
  return std::make_shared<const RetryPolicy>(std::move(retry));
}

// What a document says about a target; a TargetEntry where every member may be left out.
struct Target {
  Nanos timeout = 0;
  std::shared_ptr<const RetryPolicy> retry = nullptr;
  std::shared_ptr<const BreakerSettings> breaker = nullptr;
  TargetEntry::Scope scope = TargetEntry::Scope::Id;
  std::uint32_t cache_size = 0;
  TargetLimits limits{};

  operator TargetEntry() const { return {timeout, retry, breaker, scope, cache_size, limits}; }
};

// One app, "app".
inline PolicySet one_app(const Target& target) {
  PolicySet set;
  set.apps.emplace("app", target);
  return set;
}

// One actor type, "actor".
inline PolicySet one_actor(const Target& target) {
  PolicySet set;
  set.actors.emplace("actor", target);
  return set;
}

}  // namespace resil::testing

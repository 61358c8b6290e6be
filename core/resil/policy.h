// Policy: everything that a document says about one target, resolved: names replaced by what they name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "resil/backoff.h"
#include "resil/status_set.h"
#include "resil/trip_rule.h"
#include "resil/types.h"

namespace resil {

struct RetryPolicy {
  std::string name;
  Backoff backoff;
  std::int64_t max_retries = -1;  // -1: no limit
  Nanos max_elapsed = 0;          // of the whole operation; 0: no limit. Only reserved policies have one
  StatusSet http, grpc;

  bool same_as(const RetryPolicy& o) const {
    return backoff == o.backoff && max_retries == o.max_retries && max_elapsed == o.max_elapsed && http == o.http &&
           grpc == o.grpc;
  }
};

struct BreakerSettings {
  // Half-open permits are slots that exist from the start, so their number is bounded.
  static constexpr std::uint32_t kMostRequests = 65'535;

  std::string policy_name;  // of the circuitBreakers entry
  std::uint32_t max_requests = 1;
  Nanos interval = 0;  // 0: closed counts are never cleared
  Nanos timeout = 60 * kSecond;
  TripRule trip;

  // Equal settings decide equally; the name does not decide anything.
  bool same_as(const BreakerSettings& o) const {
    return max_requests == o.max_requests && interval == o.interval && timeout == o.timeout && trip == o.trip;
  }
};

struct Policy {
  Nanos timeout = 0;                               // an attempt's budget; 0: none
  std::shared_ptr<const RetryPolicy> retry;        // null: none
  std::shared_ptr<const BreakerSettings> breaker;  // null: none

  // What separates breakers inside the target, and how many of them may be kept.
  bool breaker_per_target = false;  // an actor type with circuitBreakerScope: type
  std::string breaker_name;         // `order-processor:orders`, as events and snapshots call it
  std::uint32_t cache_size = 0;     // 0: not bounded (a component has one breaker a direction)
};

}  // namespace resil

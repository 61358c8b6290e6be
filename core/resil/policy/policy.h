// Policy: everything that a document says about one target, resolved: names replaced by what they name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "resil/base/types.h"
#include "resil/policy/backoff.h"
#include "resil/policy/status_set.h"
#include "resil/trip/trip_rule.h"

namespace resil {

struct RetryPolicy {
  std::string name;
  Backoff backoff;
  std::int64_t max_retries = -1;  // -1: no limit
  Nanos max_elapsed = 0;          // of the whole operation; 0: no limit. Only reserved policies have one
  Nanos max_retry_after = 3600 * kSecond;  // a server that asks for more than this is not asked again
  StatusSet http, grpc;

  // Member by member, so that a field that is added later cannot be forgotten (PolicyTable shares equal policies).
  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

// What decides. A reload that leaves it equal keeps the breaker's state.
struct BreakerRules {
  // Half-open permits are slots that exist from the start, so their number is bounded.
  static constexpr std::uint32_t kMostRequests = 65'535;

  std::uint32_t max_requests = 1;
  Nanos interval = 0;  // 0: closed counts are never cleared
  Nanos timeout = 60 * kSecond;
  TripRule trip;

  friend bool operator==(const BreakerRules&, const BreakerRules&) = default;
};

struct BreakerSettings : BreakerRules {
  std::string policy_name;  // of the circuitBreakers entry; it decides nothing

  const BreakerRules& rules() const { return *this; }
  friend bool operator==(const BreakerSettings&, const BreakerSettings&) = default;
};

// Points to something that does not change, and is equal to what points to an equal thing.
template <typename T>
struct Shared : std::shared_ptr<const T> {
  using std::shared_ptr<const T>::shared_ptr;
  Shared(std::shared_ptr<const T> pointer) : std::shared_ptr<const T>(std::move(pointer)) {}

  friend bool operator==(const Shared& a, const Shared& b) {
    return a.get() == b.get() || (a.get() != nullptr && b.get() != nullptr && *a == *b);
  }
  friend bool operator==(const Shared& a, std::nullptr_t) { return a.get() == nullptr; }
};

struct Policy {
  Nanos timeout = 0;                // an attempt's budget; 0: none
  Shared<RetryPolicy> retry;        // null: none
  Shared<BreakerSettings> breaker;  // null: none

  // What separates breakers inside the target, and how many of them may be kept.
  bool breaker_per_target = false;  // an actor type with circuitBreakerScope: type
  std::string breaker_name;         // `order-processor:orders`, as events and snapshots call it
  std::uint32_t cache_size = 0;     // 0: not bounded (a component has one breaker a direction)

  // Equal policies decide equally and show equal names. Made by the compiler from all members: a field that is added
  // is part of it, so that no two policies that differ are ever taken for one (PolicyTable).
  friend bool operator==(const Policy&, const Policy&) = default;
};

}  // namespace resil

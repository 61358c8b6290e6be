// Policy: everything that a document says about one target, resolved: names replaced by what they name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "resil/base/types.h"
#include "resil/policy/breaker_settings.h"
#include "resil/policy/retry_policy.h"
#include "resil/policy/target_limits.h"

namespace resil {

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
  TargetLimits limits;

  // What separates breakers inside the target, and how many of them may be kept.
  bool breaker_per_target = false;  // an actor type with circuitBreakerScope: type
  std::string breaker_name;         // `order-processor:orders`, as events and snapshots call it
  std::uint32_t cache_size = 0;     // 0: not bounded (a component has one breaker a direction)

  // Equal policies decide equally and show equal names. Made by the compiler from all members: a field that is added
  // is part of it, so that no two policies that differ are ever taken for one (PolicyTable).
  friend bool operator==(const Policy&, const Policy&) = default;
};

}  // namespace resil

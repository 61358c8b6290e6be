// RetryPolicy: what a document says under `retries`, with names replaced by values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "resil/base/types.h"
#include "resil/policy/backoff.h"
#include "resil/policy/status_set.h"

namespace resil {

// Over a target a retry is offered only while the retries of the last `window` are fewer than
// min_per_second * window + ratio * (operations begun in it).
struct RetryBudget {
  double ratio = 0.2;
  double min_per_second = 10;
  Nanos window = 10 * kSecond;

  friend constexpr bool operator==(const RetryBudget&, const RetryBudget&) = default;
};

struct RetryPolicy {
  std::string name;
  Backoff backoff;
  std::int64_t max_retries = -1;            // -1: no limit
  Nanos max_duration = 0;                   // a retry begins at most this long after the operation; 0: no limit
  Nanos max_retry_after = 3'600 * kSecond;  // a server's hint that is longer ends the operation
  std::optional<RetryBudget> budget;        // absent: no limit
  StatusSet http, grpc;

  // Its answer depends on the attempt that failed, and on nothing that was noted of earlier ones.
  bool stateless() const {
    return max_duration == 0 && !budget.has_value() && backoff.jitter != Backoff::Jitter::Decorrelated;
  }

  // Member by member, so that a field that is added later cannot be forgotten (PolicyTable shares equal policies).
  // Numbers in it are never NaN (the loader refuses it), so a policy is equal to itself.
  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

}  // namespace resil

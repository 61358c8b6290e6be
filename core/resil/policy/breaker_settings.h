// BreakerSettings: what a document says under `circuitBreakers`, with names replaced by values.
#pragma once

#include <cstdint>
#include <string>

#include "resil/base/types.h"
#include "resil/policy/status_set.h"
#include "resil/trip/trip_rule.h"

namespace resil {

// What decides. A reload that leaves it equal keeps the breaker's state.
struct BreakerRules {
  // Half-open permits are slots that exist from the start, so their number is bounded.
  static constexpr std::uint32_t kMostRequests = 65'535;
  static constexpr std::uint32_t kMostBuckets = 64, kMostWindowCalls = 65'535;
  // Buckets have numbers of 44 bits, enough for 27 years of these.
  static constexpr Nanos kShortestBucket = 100 * kMicrosecond;

  std::uint32_t max_requests = 1;
  Nanos interval = 0;  // 0: closed counts are never cleared
  Nanos timeout = 60 * kSecond;
  TripRule trip;

  // What follows only a ResiliencyExtension can set.
  Nanos window = 0;                // the counts cover the last `window`, slid in `buckets`; 0: not by time
  std::uint32_t buckets = 10;      // 1 to kMostBuckets
  std::uint32_t window_calls = 0;  // the counts cover the last calls that ended; 0: not by calls
  Nanos slow_call = 0;             // an attempt that lasted longer is a slow call; 0: none is
  StatusSet http, grpc;            // a failing status that its list does not contain counts as a success
  double timeout_multiplier = 1;   // of the open time, for each opening since the breaker was last closed
  Nanos max_timeout = 0;           // what the open time grows to; 0: ten times `timeout`
  double timeout_jitter = 0;       // the open time is made longer by up to this part of itself
  bool shadow = false;             // what it would reject is admitted

  // Of the three ways to bound what the counts cover at most one is set.
  bool windowed() const { return window > 0 || window_calls > 0; }

  friend bool operator==(const BreakerRules&, const BreakerRules&) = default;
};

struct BreakerSettings : BreakerRules {
  std::string policy_name;  // of the circuitBreakers entry; it decides nothing

  const BreakerRules& rules() const { return *this; }
  friend bool operator==(const BreakerSettings&, const BreakerSettings&) = default;
};

}  // namespace resil

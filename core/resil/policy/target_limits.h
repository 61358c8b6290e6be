// TargetLimits: what a ResiliencyExtension says of a target itself. They hold over all endpoints of the target.
#pragma once

#include <cstdint>
#include <optional>

#include "resil/base/types.h"

namespace resil {

// At most `rate` attempts begin in each `per`, spaced evenly, with up to `burst` of them at once.
struct RateLimit {
  std::int64_t rate = 1;
  Nanos per = kSecond;
  std::int64_t burst = 1;

  friend constexpr bool operator==(const RateLimit&, const RateLimit&) = default;
};

struct TargetLimits {
  Nanos deadline = 0;                   // of the operation, if the host gives none or a later one; 0: none
  std::uint32_t max_concurrent = 0;     // attempts in flight; 0: not bounded
  std::optional<RateLimit> rate_limit;  // absent: not bounded
  bool hold_on_retry_after = false;     // no attempt begins until a server's hint is over

  friend constexpr bool operator==(const TargetLimits&, const TargetLimits&) = default;
};

}  // namespace resil

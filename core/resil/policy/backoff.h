// Backoff: how long to wait before retry k. A pure function of k and a random number: nothing to carry
// from attempt to attempt.
#pragma once

#include <algorithm>
#include <cstdint>

#include "resil/base/rng.h"
#include "resil/base/types.h"

namespace resil {

struct Backoff {
  enum class Kind : std::uint8_t { Constant, Exponential };

  // How a delay is drawn: exactly the interval, from [d(1-spread), d(1+spread)], [0, d], [d/2, d], or between `initial`
  // and three times the delay before. Usual is None for a constant policy and Spread for an exponential one.
  enum class Jitter : std::uint8_t { Usual, None, Spread, Full, Equal, Decorrelated };

  // An exponential back-off starts here and grows by half each time, randomised by half either way: the defaults of
  // cenkalti/backoff v4, which only a ResiliencyExtension can change.
  static constexpr Nanos kInitial = 500 * kMillisecond;

  Kind kind = Kind::Constant;
  Nanos duration = 5 * kSecond;       // constant only
  Nanos max_interval = 60 * kSecond;  // exponential only
  Nanos initial = kInitial;           // exponential only
  double multiplier = 1.5;            // exponential only; at least 1
  Jitter jitter = Jitter::Usual;
  double spread = 0.5;  // 0 to 1; where the jitter is Spread

  constexpr Jitter jitter_in_force() const {
    if (jitter != Jitter::Usual) return jitter;
    return kind == Kind::Constant ? Jitter::None : Jitter::Spread;
  }

  // The middle of the range for retry k = 1, 2, ..., before jitter.
  constexpr Nanos interval(std::uint32_t k) const {
    if (kind == Kind::Constant) return duration;
    Nanos current = std::min(kInitial, max_interval);
    for (std::uint32_t i = 1; i < k && current < max_interval; ++i) {
      current = current > max_interval - current / 2 ? max_interval : current + current / 2;
    }
    return current;
  }

  // The delay for retry k: in [interval/2, interval*3/2] and never above max_interval.
  constexpr Nanos delay(std::uint32_t k, std::uint64_t random) const {
    const Nanos middle = interval(k);
    if (kind == Kind::Constant) return middle;
    const auto drawn = static_cast<Nanos>(scale_random(random, static_cast<std::uint64_t>(middle) + 1));
    return std::min(add_saturated(middle - middle / 2, drawn), max_interval);
  }

  friend constexpr bool operator==(const Backoff&, const Backoff&) = default;
};

}  // namespace resil

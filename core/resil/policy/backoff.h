// Backoff: how long to wait before retry k. A pure function of k and a random number; only decorrelated jitter carries
// something from attempt to attempt, the delay before.
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

  // Whether delays depend on chance.
  constexpr bool random() const { return jitter_in_force() != Jitter::None; }

  // The middle of the range for retry k = 1, 2, ..., before jitter.
  constexpr Nanos interval(std::uint32_t k) const {
    if (kind == Kind::Constant) return duration;
    Nanos current = std::min(initial, max_interval);
    if (multiplier != 1.5 || initial < 2) return grown(current, k - 1);
    for (std::uint32_t i = 1; i < k && current < max_interval; ++i) {
      current = current > max_interval - current / 2 ? max_interval : current + current / 2;
    }
    return current;
  }

  // The delay for retry k, uniform in the jitter's range as far as that is not above max_interval. The range is cut,
  // not what was drawn from it: else one delay in two would be max_interval itself, and clients meet there again.
  // `previous` is the delay before the retry before, 0 if there was none.
  constexpr Nanos delay(std::uint32_t k, std::uint64_t random, Nanos previous = 0) const {
    if (kind == Kind::Constant && !this->random()) return duration;
    return drawn_delay(k, random, previous);
  }

  friend constexpr bool operator==(const Backoff&, const Backoff&) = default;

 private:
  static constexpr double kTwo63 = 9223372036854775808.0;

  constexpr Nanos drawn_delay(std::uint32_t k, std::uint64_t random, Nanos previous) const {
    const Nanos middle = interval(k);
    const Nanos most = kind == Kind::Constant ? kForever : max_interval;  // a constant policy knows no maxInterval
    switch (jitter_in_force()) {
      case Jitter::Full: return drawn(0, middle, random);
      case Jitter::Equal: return drawn(middle - middle / 2, middle, random);
      case Jitter::Spread: {
        const Nanos part = spread == 0.5 ? middle / 2 : part_of(middle, spread);
        return drawn(middle - part, std::min(add_saturated(middle, part), most), random);
      }
      case Jitter::Decorrelated: {
        const Nanos low = std::min(initial, max_interval);  // of a constant policy too: `duration` is not drawn from
        const Nanos before = std::max(previous, low);
        const Nanos triple = add_saturated(before, add_saturated(before, before));
        return drawn(low, std::min(triple, max_interval), random);
      }
      case Jitter::Usual:
      case Jitter::None: break;
    }
    return middle;
  }

  static constexpr Nanos drawn(Nanos low, Nanos high, std::uint64_t random) {
    // The whole range of times has one number more than a word can say; the last of them is not missed.
    const std::uint64_t width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    return low + static_cast<Nanos>(scale_random(random, width + 1));
  }

  static constexpr Nanos part_of(Nanos whole, double part) {
    const double product = static_cast<double>(whole) * part;
    return product < kTwo63 ? std::min(whole, static_cast<Nanos>(product)) : whole;
  }

  // start * multiplier^steps, held at max_interval, in as many steps as `steps` has bits.
  constexpr Nanos grown(Nanos start, std::uint32_t steps) const {
    double factor = 1, power = multiplier;
    if (start == 0) return 0;
    const double enough = static_cast<double>(max_interval) / static_cast<double>(start);
    for (std::uint32_t left = steps; left != 0 && factor < enough; left >>= 1) {
      if ((left & 1) != 0) factor *= power;
      power *= power;
    }
    const double product = static_cast<double>(start) * factor;
    return product < static_cast<double>(max_interval) && product < kTwo63 ? static_cast<Nanos>(product) : max_interval;
  }
};

}  // namespace resil

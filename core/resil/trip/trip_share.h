// TripShare: `enough of some count, and this share of some other`, the shape of nearly every rule over a rate, as a few
// comparisons in a line.
#pragma once

#include <cstdint>

#include "resil/trip/counts.h"
#include "resil/trip/ranges.h"

namespace resil {

// A count, or the sum of two.
struct CountSum {
  static constexpr std::uint8_t kNoCount = 0xFF;

  std::uint8_t first = 0, second = kNoCount;

  // False: the sum overflows.
  bool value(const Counts& counts, std::int64_t& out) const noexcept {
    out = count_at(counts, first);
    return second == kNoCount || !__builtin_add_overflow(out, count_at(counts, second), &out);
  }
  friend bool operator==(const CountSum&, const CountSum&) = default;
};

struct TripShare {
  bool present = false;
  CountSum enough, part, whole;
  IntRange enough_range;  // of `enough`
  RealRange share_range;  // of double(part) / double(whole)

  // Where the whole is not 0: then it does not matter what the rule says to that.
  bool decides(const Counts& counts) const noexcept {
    std::int64_t value = 0;
    return present && whole.value(counts, value) && value != 0;
  }
  bool trips(const Counts& counts) const noexcept {
    std::int64_t a = 0, b = 0;
    if (!enough.value(counts, a) || !enough_range.holds(a)) return false;
    if (!part.value(counts, a) || !whole.value(counts, b)) return false;
    return share_range.holds(static_cast<double>(a) / static_cast<double>(b));
  }

  // Whether it is `enough requests, and this share of them failed`, which trips_at answers where there are requests.
  bool is_rate() const noexcept {
    return present && enough == CountSum{0} && part == CountSum{2} && whole == CountSum{0};
  }
  bool trips_at(std::int64_t failures, std::int64_t requests) const noexcept {
    return enough_range.holds(requests) &&
           share_range.holds(static_cast<double>(failures) / static_cast<double>(requests));
  }
};

}  // namespace resil

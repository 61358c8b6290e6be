// Relations with a constant, as the range of numbers for which they hold, or (`outside`) for which they do not: the
// same few instructions whatever the relation.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "resil/trip/trip_code.h"

namespace resil {

// Of ints: one subtraction and one comparison.
struct IntRange {
  std::uint64_t low = 0, width = 0;
  bool outside = false;

  static constexpr IntRange of(TripOp relation, std::int64_t constant) noexcept {
    const auto least = static_cast<std::uint64_t>(INT64_MIN), at = static_cast<std::uint64_t>(constant);
    switch (relation) {
      case TripOp::Equal: return {at, 0, false};
      case TripOp::NotEqual: return {at, 0, true};
      case TripOp::LessEqual: return {least, at - least, false};
      case TripOp::Greater: return {least, at - least, true};
      case TripOp::Less: return {at, static_cast<std::uint64_t>(INT64_MAX) - at, true};
      default: return {at, static_cast<std::uint64_t>(INT64_MAX) - at, false};
    }
  }
  constexpr bool holds(std::int64_t value) const noexcept {
    return (static_cast<std::uint64_t>(value) - low <= width) != outside;
  }

  friend constexpr bool operator==(const IntRange&, const IntRange&) = default;
};

// Of doubles. An order among numbers one of which is NaN is an error, so neither it nor its opposite holds: no range
// that is meant inside contains NaN. Equality is defined, and NaN differs from everything.
struct RealRange {
  double low = 0, high = 0;
  bool outside = false;

  static RealRange of(TripOp relation, double bound) noexcept {
    constexpr double kMost = std::numeric_limits<double>::infinity();
    constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
    switch (relation) {
      case TripOp::Equal: return {bound, bound, false};
      case TripOp::NotEqual: return {bound, bound, true};
      case TripOp::LessEqual: return {-kMost, bound, false};
      case TripOp::Less: return {-kMost, bound == -kMost ? kNothing : std::nextafter(bound, -kMost), false};
      case TripOp::Greater: return {bound == kMost ? kNothing : std::nextafter(bound, kMost), kMost, false};
      default: return {bound, kMost, false};
    }
  }
  bool holds(double value) const noexcept { return (value >= low && value <= high) != outside; }
};

}  // namespace resil

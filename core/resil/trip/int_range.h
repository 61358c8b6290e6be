// IntRange: a relation with an int, as the range of numbers for which it holds, or (`outside`) for which it does not:
// one subtraction and one comparison, whatever the relation.
#pragma once

#include <cstdint>

#include "resil/trip/trip_code.h"

namespace resil {

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

}  // namespace resil

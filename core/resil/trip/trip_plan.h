// TripPlan: a trip expression as a chain of tests with two ways out each, so that what `&&`, `||` and `!` say costs a
// jump and most rules are decided by one or two comparisons of numbers whose types are known.
//
// An expression trips if it is true; an error, or a value that is no bool, does not trip. CEL's && and || absorb errors
// on either side, so `a && b` is true just where both are, and `a || b` where one is; likewise for false, which is what
// stands under a `!`. Each test therefore asks one thing only: is this part surely true (or surely false)?
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "resil/trip/counts.h"
#include "resil/trip/ranges.h"
#include "resil/trip/trip_code.h"
#include "resil/trip/trip_share.h"

namespace resil {

class TripPlan {
 public:
  TripPlan() = default;
  explicit TripPlan(const std::vector<TripNode>& code);

  // Whether the expression is true. `code` is what the plan was made from.
  bool trips(const Counts& counts, const TripNode* code) const noexcept;

  // The same as a TripShare, where it has that form.
  TripShare share() const;

 private:
  class Builder;

  static constexpr std::uint16_t kEnds = 0xFFFE, kStays = 0xFFFE, kTrips = 0xFFFF;

  enum class Shape : std::uint8_t {
    Whole,    // count relation int
    Sum,      // count + count relation int
    Scaled,   // counts * int / counts relation int
    Ratio,    // double(counts) / double(counts) relation double
    Rate,     // the same, and 0.0 where the divisor is 0
    General,  // a part of the program, evaluated as it stands
  };

  struct Test {
    Shape shape = Shape::General;
    bool wanted = true;  // of a General one
    CountSum left, right;
    std::uint16_t yes = kStays, no = kStays;
    std::uint16_t begin = 0, size = 0;  // of a General one
    std::int64_t factor = 1;            // of a Scaled one
    IntRange range;                     // of a Whole, Sum or Scaled one
    RealRange real_range;               // of a Ratio or Rate

    bool passes(const Counts& counts, const TripNode* code) const noexcept;
    bool passes_general(const Counts& counts, const TripNode* code) const noexcept;
  };

  std::vector<Test> tests_;
  std::uint16_t entry_ = kStays;
};

}  // namespace resil

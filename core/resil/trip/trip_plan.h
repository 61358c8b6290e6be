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
#include "resil/trip/trip_code.h"

namespace resil {

class TripPlan {
 public:
  TripPlan() = default;
  explicit TripPlan(const std::vector<TripNode>& code);

  // Whether the expression is true. `code` is what the plan was made from.
  bool trips(const Counts& counts, const TripNode* code) const noexcept {
    std::uint16_t at = entry_;
    while (at < kEnds) at = tests_[at].passes(counts, code) ? tests_[at].yes : tests_[at].no;
    return at == kTrips;
  }

 private:
  class Builder;

  static constexpr std::uint16_t kEnds = 0xFFFE, kStays = 0xFFFE, kTrips = 0xFFFF;
  static constexpr std::uint8_t kNoCount = 0xFF;

  enum class Shape : std::uint8_t {
    Whole,    // counts relation int
    Scaled,   // counts * int / counts relation int
    Ratio,    // double(counts) / double(counts) relation double
    Rate,     // the same, and 0.0 where the divisor is 0
    General,  // a part of the program, evaluated as it stands
  };

  // A count, or the sum of two.
  struct Operand {
    std::uint8_t first = kNoCount, second = kNoCount;

    bool value(const Counts& counts, std::int64_t& out) const noexcept {
      out = counts.*kCountMembers[first];
      return second == kNoCount || !__builtin_add_overflow(out, counts.*kCountMembers[second], &out);
    }
    friend bool operator==(const Operand&, const Operand&) = default;
  };

  struct Test {
    Shape shape = Shape::General;
    TripOp relation = TripOp::Equal;
    bool wanted = true;  // of a General one
    Operand left, right;
    std::uint16_t yes = kStays, no = kStays;
    std::uint16_t begin = 0, size = 0;      // of a General one
    std::int64_t factor = 1, constant = 0;  // of a Whole or Scaled one
    double bound = 0;                       // of a Ratio or Rate

    bool passes(const Counts& counts, const TripNode* code) const noexcept;
  };

  std::vector<Test> tests_;
  std::uint16_t entry_ = kStays;
};

inline bool TripPlan::Test::passes(const Counts& counts, const TripNode* code) const noexcept {
  std::int64_t a = 0, b = 1;
  if (shape == Shape::General) {
    const TripValue value = evaluate_trip(code + begin, size, counts);
    return value.type == TripType::Bool && value.as_bool() == wanted;
  }
  if (!left.value(counts, a)) return false;
  if (shape == Shape::Whole) return relation_holds(relation, a, constant);
  if (!right.value(counts, b)) return false;
  if (shape == Shape::Scaled) {
    if (__builtin_mul_overflow(a, factor, &a) || b == 0 || (b == -1 && a == INT64_MIN)) return false;
    return relation_holds(relation, a / b, constant);
  }
  // NaN is in no order, and the other way round it is in none either: an error neither way, as it must be.
  const double ratio = shape == Shape::Rate && b == 0 ? 0.0 : static_cast<double>(a) / static_cast<double>(b);
  return relation_holds(relation, ratio, bound);
}

}  // namespace resil

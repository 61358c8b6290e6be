// TripRule: when a breaker opens, as a compiled predicate over its counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "resil/trip/counts.h"
#include "resil/trip/ranges.h"
#include "resil/trip/trip_code.h"
#include "resil/trip/trip_plan.h"

namespace resil {

class TripRule {
 public:
  // The format's default: consecutiveFailures > 5.
  TripRule() = default;

  // `code` is well-formed postfix within the bounds of trip_code.h (core/config/trip_parser.h makes it).
  TripRule(std::string text, std::vector<TripNode> code);

  // True if the rule says open. A run-time error (overflow, division by zero) does not trip.
  bool trips(const Counts& counts) const noexcept {
    if (code_.empty()) return simple_.holds(counts);
    if (share_.decides(counts)) return share_.trips(counts);
    return plan_.trips(counts, code_.data());
  }

  // Whether it compares one count with an int, and nothing else; then `trips` asks whether it trips at that count.
  bool is_comparison() const { return code_.empty(); }
  bool trips_at(std::uint64_t count) const noexcept { return simple_.range.holds(static_cast<std::int64_t>(count)); }

  // The counts it looks at: those that no rule reads need not be kept.
  CountSet reads() const { return reads_; }

  // As the user wrote it.
  const std::string& text() const { return text_; }

  // Equal if they decide alike by construction; how they were spelled does not matter.
  friend bool operator==(const TripRule& a, const TripRule& b) { return a.simple_ == b.simple_ && a.code_ == b.code_; }

 private:
  // `count relation constant`, by far the commonest rule, needs no program.
  struct Simple {
    std::uint8_t count = 4;
    IntRange range = IntRange::of(TripOp::Greater, 5);

    bool holds(const Counts& counts) const noexcept { return range.holds(count_at(counts, count)); }
    friend bool operator==(const Simple&, const Simple&) = default;
  };

  std::string text_ = "consecutiveFailures > 5";
  std::vector<TripNode> code_;  // empty: simple_ decides
  TripPlan plan_;               // of code_
  TripShare share_;             // of plan_, where that has the form
  Simple simple_;
  CountSet reads_ = kConsecutiveFailures;
};

}  // namespace resil

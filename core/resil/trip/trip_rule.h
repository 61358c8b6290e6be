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

// A comparison of the run of failures with an int; `enough requests, and this share of them failed`; or anything.
enum class TripQuestion : std::uint8_t { Run, Rate, Any };

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

  // What it asks, if that is one of the two things that nearly every rule asks.
  TripQuestion question() const {
    if (code_.empty()) return reads_ == kConsecutiveFailures ? TripQuestion::Run : TripQuestion::Any;
    return share_.is_rate() ? TripQuestion::Rate : TripQuestion::Any;
  }
  // Of a Run: whether it trips at so many failures in a row. Of a Rate: at so many failures among so many requests,
  // which are not 0.
  bool trips_at(std::uint64_t run) const noexcept { return simple_.range.holds(static_cast<std::int64_t>(run)); }
  bool trips_at_rate(std::int64_t failures, std::int64_t requests) const noexcept {
    return share_.trips_at(failures, requests);
  }

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

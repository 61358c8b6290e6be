// Any bytes as a trip expression: a rule or an error with a place in the text. A rule reads no count that it does not
// say it reads, and what loads strictly decides the same leniently.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "config/trip/trip_parser.h"

namespace {

using resil::Counts;
using resil::TripResult;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::array kCounts = {Counts{0, 0, 0, 0, 0}, Counts{1, 0, 1, 0, 1}, Counts{10, 4, 6, 0, 3, 5},
                                Counts{6, 0, 6, 0, 6}, Counts{kMost, kMost, kMost, kMost, kMost, kMost}};

Counts without_unread(Counts counts, resil::CountSet read) {
  if ((read & resil::kRequests) == 0) counts.requests = 77;
  if ((read & resil::kTotalSuccesses) == 0) counts.total_successes = 77;
  if ((read & resil::kTotalFailures) == 0) counts.total_failures = 77;
  if ((read & resil::kConsecutiveSuccesses) == 0) counts.consecutive_successes = 77;
  if ((read & resil::kConsecutiveFailures) == 0) counts.consecutive_failures = 77;
  if ((read & resil::kSlowCalls) == 0) counts.slow_calls = 77;
  return counts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const TripResult strict = resil::compile_trip(text), lenient = resil::compile_trip(text, true);
  bool failed = false;
  for (const resil::TripMessage& message : strict.messages) {
    if (message.text.empty() || message.offset > size) std::abort();
    failed = failed || message.error;
  }
  if (failed == strict.rule.has_value()) std::abort();
  if (!strict.rule) return 0;
  if (!lenient.rule || !(*lenient.rule == *strict.rule) || strict.rule->text() != text) std::abort();
  for (const Counts& counts : kCounts) {
    if (strict.rule->trips(counts) != strict.rule->trips(without_unread(counts, strict.rule->reads()))) std::abort();
  }
  return 0;
}

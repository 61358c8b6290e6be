// Bytes become operations: which policies a scenario has, and what happens, step by step. Every input means something,
// so a fuzzer's bytes and a seeded generator's are decoded alike.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "support/caller.h"
#include "support/policies.h"
#include "support/reference_operation.h"

namespace resil::testing {

class Bytes {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return at_ >= bytes_.size(); }
  std::uint8_t next() { return empty() ? std::uint8_t{0} : bytes_[at_++]; }
  std::size_t below(std::size_t bound) { return next() % bound; }
  bool coin() { return (next() & 1) != 0; }
  template <typename Table>
  const auto& pick(const Table& table) {
    return table[below(std::size(table))];
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

// A trip rule as the engine compiles it, and as the reference understands it.
struct Trip {
  std::string_view text;
  bool (*holds)(const Counts&);
};

inline constexpr Trip kTrips[] = {
    {"consecutiveFailures > 5", [](const Counts& c) { return c.consecutive_failures > 5; }},
    {"consecutiveFailures >= 1", [](const Counts& c) { return c.consecutive_failures >= 1; }},
    {"consecutiveFailures > 2", [](const Counts& c) { return c.consecutive_failures > 2; }},
    {"totalFailures > 3", [](const Counts& c) { return c.total_failures > 3; }},
    {"requests >= 4", [](const Counts& c) { return c.requests >= 4; }},
    {"requests > 3 && double(totalFailures) / double(requests) >= 0.5",
     [](const Counts& c) { return c.requests > 3 && 2 * c.total_failures >= c.requests; }},
    {"totalFailures > totalSuccesses + 1", [](const Counts& c) { return c.total_failures > c.total_successes + 1; }},
    {"consecutiveSuccesses == 0 && totalFailures > 1 && totalSuccesses > 1",
     [](const Counts& c) { return c.consecutive_successes == 0 && c.total_failures > 1 && c.total_successes > 1; }},
    {"consecutiveFailures > 1 && totalFailures % 2 == 0",
     [](const Counts& c) { return c.consecutive_failures > 1 && c.total_failures % 2 == 0; }},
    {"10 / (totalFailures - 2) > 5",  // divides by zero at the second failure, which does not trip
     [](const Counts& c) { return c.total_failures != 2 && 10 / (c.total_failures - 2) > 5; }},
    {"false", [](const Counts&) { return false; }},
    {"true", [](const Counts&) { return true; }},
};

inline constexpr Nanos kIntervals[] = {0, 0, 0, 500 * kMillisecond, 2500 * kMillisecond, 60 * kSecond, 3600 * kSecond};
inline constexpr Nanos kOpenFor[] = {1, kSecond, 5 * kSecond, 45 * kSecond, 600 * kSecond};
inline constexpr Nanos kBudgets[] = {
    0, 0, kMillisecond, 2500 * kMillisecond, kMillisecond + 7, 40 * kSecond, 20'000'000 * kMillisecond};
inline constexpr std::uint32_t kMaxRequests[] = {1, 1, 2, 3, 7};
inline constexpr std::int64_t kMaxRetries[] = {-1, -1, 0, 1, 3};
inline constexpr Nanos kDelays[] = {0, 1, 200 * kMillisecond, kSecond, 5 * kSecond};
inline constexpr Outcome kOutcomes[] = {kSuccess,   kSuccess,  kSuccess,  kFailure,  kFailure,    kFailure,  kTimeout,
                                        kCancelled, http(200), http(399), http(404), http(429),   http(503), http(199),
                                        grpc(0),    grpc(14),  grpc(5),   grpc(16),  http(65'535)};

// One policy for both sides.
struct PolicyPair {
  Target target;
  ReferencePolicy reference;
};

inline PolicyPair decode_policy(Bytes& bytes) {
  PolicyPair pair;
  pair.target.timeout = pair.reference.timeout = bytes.pick(kBudgets);
  if (bytes.below(8) != 0) {
    ReferenceBreakerPolicy breaker_policy;
    breaker_policy.trip_number = static_cast<int>(bytes.below(std::size(kTrips)));
    breaker_policy.trip = kTrips[breaker_policy.trip_number].holds;
    breaker_policy.max_requests = bytes.pick(kMaxRequests);
    breaker_policy.interval = bytes.pick(kIntervals);
    breaker_policy.timeout = bytes.pick(kOpenFor);
    pair.target.breaker = breaker({.max_requests = static_cast<std::uint32_t>(breaker_policy.max_requests),
                                   .interval = breaker_policy.interval,
                                   .timeout = breaker_policy.timeout,
                                   .trip = kTrips[breaker_policy.trip_number].text});
    pair.reference.breaker = breaker_policy;
  }
  if (bytes.below(4) != 0) {
    ReferenceRetryPolicy retry;
    retry.exponential = bytes.coin();
    retry.max_retries = bytes.pick(kMaxRetries);
    retry.duration = retry.max_interval = bytes.pick(kDelays);
    RetryPolicy mine = retry.exponential ? exponential_retry(retry.max_interval, retry.max_retries)
                                         : constant_retry(retry.duration, retry.max_retries);
    if (bytes.below(4) == 0) retry.max_duration = mine.max_duration = 10 * kSecond;
    if (bytes.coin()) {
      mine.http.add(429, 429);
      mine.http.add(500, 599);
      mine.grpc.add(14, 14);
      retry.matches = [](Outcome o) {
        if (o.is_http()) return o.status() == 429 || (o.status() >= 500 && o.status() <= 599);
        return !o.is_grpc() || o.status() == 14;
      };
    }
    pair.target.retry = shared(std::move(mine));
    pair.reference.retry = retry;
  }
  return pair;
}

struct Step {
  enum class Kind { Begin, End, Abandon, Advance, Reload } kind = Kind::Begin;
  std::size_t slot = 0;      // which of the operations under way
  bool elide = false;        // Begin: without crossing, if the word allows it
  std::size_t deadline = 0;  // Begin of a new operation: none, or an index into kDeadlines
  Outcome outcome{};         // End
  Nanos hint = 0;            // End: the server's
  std::size_t jump = 0;      // Advance: see Comparison::jump
  std::size_t policy = 0;    // Reload
};

inline constexpr std::size_t kSlots = 6, kPolicies = 3, kJumps = 14;
inline constexpr Nanos kDeadlines[] = {0, 0, 0, 0, 1, 900 * kMillisecond, 10 * kSecond, 3600 * kSecond};
inline constexpr Nanos kHints[] = {0, 0, 0, 0, 1, 700 * kMillisecond, 30 * kSecond};

inline Step decode_step(Bytes& bytes) {
  using enum Step::Kind;
  static constexpr Step::Kind kKinds[] = {Begin,   Begin,   Begin,   Begin,   Begin,   Begin,   End,     End,
                                          End,     End,     End,     End,     End,     End,     End,     End,
                                          Advance, Advance, Advance, Advance, Advance, Advance, Abandon, Reload};
  Step step{.kind = bytes.pick(kKinds)};
  switch (step.kind) {
    case Begin:
      step.slot = bytes.below(kSlots);
      step.elide = bytes.coin();
      step.deadline = bytes.below(std::size(kDeadlines));
      break;
    case End:
      step.slot = bytes.below(kSlots);
      step.outcome = bytes.pick(kOutcomes);
      step.hint = bytes.pick(kHints);
      break;
    case Abandon: step.slot = bytes.below(kSlots); break;
    case Advance: step.jump = bytes.below(kJumps); break;
    case Reload: step.policy = bytes.below(kPolicies); break;
  }
  return step;
}

}  // namespace resil::testing

// The words every other header uses: time, outcomes, answers, reasons. The numbers are the ABI's
// (capi/resil.cc asserts them equal).
#pragma once

#include <cstdint>
#include <limits>

namespace resil {

using Nanos = std::int64_t;
using EndpointId = std::int32_t;

inline constexpr Nanos kReadClock = std::numeric_limits<Nanos>::min();
inline constexpr Nanos kForever = std::numeric_limits<Nanos>::max();

inline constexpr Nanos kMicrosecond = 1'000;
inline constexpr Nanos kMillisecond = 1'000'000;
inline constexpr Nanos kSecond = 1'000'000'000;

// a + b for times, held at the ends of the range instead of wrapping.
constexpr Nanos add_saturated(Nanos a, Nanos b) {
  Nanos sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<Nanos>::max() : std::numeric_limits<Nanos>::min();
}

// a - b for times, held at the ends of the range instead of wrapping.
constexpr Nanos subtract_saturated(Nanos a, Nanos b) {
  Nanos difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return b < 0 ? std::numeric_limits<Nanos>::max() : std::numeric_limits<Nanos>::min();
}

enum class TargetKind : std::int32_t { App = 0, Actor = 1, ComponentIn = 2, ComponentOut = 3, Builtin = 4 };
enum class BreakerState : std::int32_t { Closed = 0, Open = 1, HalfOpen = 2 };
enum class BeginAnswer : std::int32_t { Allow = 0, Reject = 1 };
enum class EndAnswer : std::int32_t { Done = 0, Retry = 1, GiveUp = 2 };
// [contract reason] written by capi/generate.py
enum class Reason : std::int32_t {
  None = 0,
  Open = 16,
  TooManyRequests = 17,
  Exhausted = 18,
  NotRetriable = 19,
  Cancelled = 20,
  Deadline = 21,
  RetryBudget = 22,
  Busy = 23,
  RateLimited = 24,
  Held = 25,
};
// [/contract]

// What a call of the engine answers instead when it was called wrongly.
inline constexpr std::int32_t kBadArgument = -1, kTableFull = -3, kBadTicket = -4;

// What the host saw. HTTP statuses and gRPC codes travel inside the number.
struct Outcome {
  static constexpr std::int32_t kSuccess = 0, kFailure = 1, kTimeout = 2, kCancelled = 3;
  static constexpr std::int32_t kHttp = 0x10000, kGrpc = 0x20000;

  // A bit beside the code, in what a host reports: whatever the policy says, no retry follows. The engine takes it off
  // before it looks at the outcome, so that everything else here knows outcomes without it.
  static constexpr std::int32_t kNoRetry = 0x40000000;

  std::int32_t code;

  constexpr bool may_retry() const { return (code & kNoRetry) == 0; }
  constexpr Outcome without_flag() const { return {code & ~kNoRetry}; }
  constexpr bool is_http() const { return (code & ~0xFFFF) == kHttp; }
  constexpr bool is_grpc() const { return (code & ~0xFFFF) == kGrpc; }
  constexpr std::int32_t status() const { return code & 0xFFFF; }
  constexpr bool valid() const { return (code >= kSuccess && code <= kCancelled) || is_http() || is_grpc(); }
  constexpr bool cancelled() const { return code == kCancelled; }
  constexpr bool succeeded() const {
    if (code == kSuccess) return true;
    if (is_http()) return status() >= 200 && status() <= 399;
    return is_grpc() && status() == 0;
  }
  constexpr bool failed() const { return !succeeded() && !cancelled(); }
  // Of what is valid and did not succeed: neither a timeout nor cancelled, and without a flag.
  constexpr bool plainly_failed() const { return code == kFailure || is_http() || is_grpc(); }
};

}  // namespace resil

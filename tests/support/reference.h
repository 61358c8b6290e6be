// The sequential reference: gobreaker v0.5.0's two-step breaker under Dapr's retry( breaker( timeout( attempt ))), with
// the rules marked R in the semantics, written down as plainly as possible. One thread, no packing, no sharing: what it
// says is what the engine must say, call by call.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "resil/base/types.h"
#include "resil/events/event_ring.h"
#include "resil/trip/counts.h"

namespace resil::testing {

struct ReferenceBreakerPolicy {
  std::int64_t max_requests = 1;
  Nanos interval = 0, timeout = 60 * kSecond;
  std::function<bool(const Counts&)> trip;
  int trip_number = 0;  // which rule it is, to tell whether settings are equal
};

struct ReferenceRetryPolicy {
  bool exponential = false;
  Nanos duration = 5 * kSecond, max_interval = 60 * kSecond;
  std::int64_t max_retries = -1;
  Nanos max_duration = 0;
  std::function<bool(Outcome)> matches = [](Outcome) { return true; };
};

struct ReferencePolicy {
  Nanos timeout = 0;
  std::optional<ReferenceRetryPolicy> retry;
  std::optional<ReferenceBreakerPolicy> breaker;
};

class ReferenceBreaker {
 public:
  struct Permit {
    std::uint64_t generation = 0;
  };
  struct Answer {
    Reason reason = Reason::None;  // None: admitted
    Permit permit;
    Nanos could_be_admitted = 0;  // when rejected: from then on, as far as anybody knows
    bool first_rejection = false;
  };

  // `grace`: after that a half-open permit whose attempt never ended is taken back.
  ReferenceBreaker(ReferenceBreakerPolicy policy, std::uint64_t first_generation)
      : policy_(std::move(policy)), generation_(first_generation) {}

  Answer begin(Nanos now, Nanos grace) {
    if (state_ == BreakerState::Closed && policy_.interval > 0 && !expiry_) expiry_ = now + policy_.interval;
    move(now);
    if (state_ == BreakerState::Open) return rejected(Reason::Open, *expiry_ + 1);
    if (state_ == BreakerState::HalfOpen && counts_.requests >= policy_.max_requests) {
      if (now <= youngest_permit_ + grace) return rejected(Reason::TooManyRequests, youngest_permit_ + grace + 1);
      ++generation_;  // what has not ended by now belongs to the past
      told_ = false;
      counts_.requests = counts_.total_successes;
    }
    ++counts_.requests;
    youngest_permit_ = now;
    return {Reason::None, {generation_}, 0, false};
  }

  void succeed(Permit permit, Nanos now) {
    move(now);
    if (permit.generation != generation_) return;
    ++counts_.total_successes;
    ++counts_.consecutive_successes;
    counts_.consecutive_failures = 0;
    if (state_ == BreakerState::HalfOpen && counts_.consecutive_successes >= policy_.max_requests) {
      change(BreakerState::Closed, now);
    }
  }

  void fail(Permit permit, Nanos now) {
    move(now);
    if (permit.generation != generation_) return;
    if (state_ == BreakerState::HalfOpen) return change(BreakerState::Open, now);
    ++counts_.total_failures;
    ++counts_.consecutive_failures;
    counts_.consecutive_successes = 0;
    if (policy_.trip(counts_)) change(BreakerState::Open, now);
  }

  // Neither a success nor a failure, and no reason to look at the clock: a probe's permit is free again.
  void cancel(Permit permit) {
    if (state_ == BreakerState::HalfOpen && permit.generation == generation_) --counts_.requests;
  }

  BreakerState state_at(Nanos now) const {
    return state_ == BreakerState::Open && now > *expiry_ ? BreakerState::HalfOpen : state_;
  }
  Counts counts_at(Nanos now) const { return state_ != BreakerState::HalfOpen && over(now) ? Counts{} : counts_; }
  Nanos next_expiry(Nanos otherwise) const { return expiry_.value_or(otherwise); }

  const ReferenceBreakerPolicy& policy() const { return policy_; }
  std::uint64_t generation() const { return generation_; }
  std::vector<std::pair<BreakerState, BreakerState>> take_transitions() { return std::exchange(transitions_, {}); }

 private:
  bool over(Nanos now) const { return expiry_ && now > *expiry_; }

  // What is overdue happens with the call that notices.
  void move(Nanos now) {
    if (!over(now)) return;
    if (state_ == BreakerState::Open) {
      change(BreakerState::HalfOpen, now);
    } else if (state_ == BreakerState::Closed) {
      new_generation(now);
    }
  }

  void change(BreakerState next, Nanos now) {
    transitions_.emplace_back(state_, next);
    state_ = next;
    new_generation(now);
  }

  void new_generation(Nanos now) {
    ++generation_;
    counts_ = {};
    told_ = false;
    expiry_.reset();
    if (state_ == BreakerState::Open) expiry_ = now + policy_.timeout;
    if (state_ == BreakerState::Closed && policy_.interval > 0) expiry_ = now + policy_.interval;
  }

  Answer rejected(Reason reason, Nanos could) { return {reason, {}, could, !std::exchange(told_, true)}; }

  ReferenceBreakerPolicy policy_;
  std::uint64_t generation_;
  BreakerState state_ = BreakerState::Closed;
  Counts counts_;
  std::optional<Nanos> expiry_;  // of the window, or of being open
  Nanos youngest_permit_ = 0;
  bool told_ = false;
  std::vector<std::pair<BreakerState, BreakerState>> transitions_;
};

}  // namespace resil::testing

// The reference, continued: operations with their attempts, deadlines and retries over one endpoint's breaker.
#pragma once

#include "support/reference.h"

namespace resil::testing {

// What begin must answer.
struct ExpectedBegin {
  Reason reason = Reason::None;  // None: admitted
  std::uint32_t attempt = 0;
  Nanos timeout = 0;
  Nanos longest_wait = 0;  // of a rejection: then an attempt could be admitted for certain
};

// What end may answer. Chance decides how long the delay is, and with it, near a limit, whether there is a retry.
struct ExpectedEnd {
  bool done = false, retry = false;
  Nanos delay_low = 0, delay_high = 0;
  std::vector<Reason> give_up = {};
};

struct ReferenceOperation {
  ReferencePolicy policy;  // the one it began with
  std::uint32_t attempt = 0;
  Nanos deadline = 0, began = 0, timeout = 0;
  ReferenceBreaker::Permit permit;
};

class ReferenceEndpoint {
 public:
  explicit ReferenceEndpoint(const ReferencePolicy& policy) { reload(policy); }

  void reload(const ReferencePolicy& policy) {
    const bool same = breaker_ && policy.breaker && equal(breaker_->policy(), *policy.breaker);
    policy_ = policy;
    if (same) return;
    const std::uint64_t next = breaker_ ? breaker_->generation() + 1 : last_generation_ + 1;
    last_generation_ = next;
    breaker_.reset();
    if (policy.breaker) breaker_.emplace(*policy.breaker, next);
  }

  ExpectedBegin begin(ReferenceOperation& op, Nanos now) {
    if (op.deadline != 0 && now >= op.deadline) return {.reason = Reason::Deadline};
    ReferenceBreaker::Permit permit;
    if (breaker_) {
      // The permit is taken back by the policy in force, like everything about a breaker.
      const Nanos grace = std::max(60 * kSecond, 2 * policy_.timeout);
      const ReferenceBreaker::Answer answer = breaker_->begin(now, grace);
      publish_transitions();
      if (answer.reason != Reason::None) {
        if (answer.first_rejection) publish(EventKind::Rejected, op.attempt, static_cast<std::int32_t>(answer.reason));
        return {.reason = answer.reason, .longest_wait = answer.could_be_admitted - now};
      }
      permit = answer.permit;
    }
    if (op.attempt++ == 0) {
      op.policy = policy_;
      op.began = now;
    }
    op.permit = permit;
    op.timeout = op.policy.timeout;
    if (op.deadline != 0) {
      const Nanos left = op.deadline - now;
      op.timeout = op.timeout == 0 ? left : std::min(op.timeout, left);
    }
    return {.attempt = op.attempt, .timeout = op.timeout};
  }

  ExpectedEnd end(const ReferenceOperation& op, Outcome outcome, Nanos hint, Nanos now) {
    if (breaker_) {
      if (outcome.cancelled()) {
        breaker_->cancel(op.permit);
      } else {
        outcome.succeeded() ? breaker_->succeed(op.permit, now) : breaker_->fail(op.permit, now);
      }
      publish_transitions();
    }
    if (outcome.succeeded()) {
      if (op.attempt > 1) publish(EventKind::Recovered, op.attempt, 0);
      return {.done = true};
    }
    if (outcome.code == Outcome::kTimeout) publish(EventKind::TimedOut, op.attempt, 0);
    return answer_failure(op, outcome, hint, now);
  }

  // What end leaves to chance, told once it is known.
  void publish_verdict(const ReferenceOperation& op, Outcome outcome, bool retried, Reason reason) {
    if (retried) {
      publish(EventKind::Retry, op.attempt, outcome.code);
    } else if (op.policy.retry && !outcome.cancelled()) {
      publish(EventKind::GaveUp, op.attempt, static_cast<std::int32_t>(reason));
    }
  }

  // What the latest call must have published, in order. `value` is for those who know it.
  std::vector<Event> take_events() { return std::exchange(events_, {}); }

  const std::optional<ReferenceBreaker>& breaker() const { return breaker_; }
  const ReferencePolicy& policy() const { return policy_; }

 private:
  static bool equal(const ReferenceBreakerPolicy& a, const ReferenceBreakerPolicy& b) {
    return a.max_requests == b.max_requests && a.interval == b.interval && a.timeout == b.timeout &&
           a.trip_number == b.trip_number;
  }

  // Before retry k the middle is 500 ms, then 1.5 times the one before, held at maxInterval.
  static Nanos interval(const ReferenceRetryPolicy& retry, std::uint32_t k) {
    Nanos current = std::min(500 * kMillisecond, retry.max_interval);
    while (--k > 0) current = std::min(static_cast<Nanos>(static_cast<double>(current) * 1.5), retry.max_interval);
    return current;
  }

  static ExpectedEnd answer_failure(const ReferenceOperation& op, Outcome outcome, Nanos hint, Nanos now) {
    if (outcome.cancelled()) return {.give_up = {Reason::Cancelled}};
    if (!op.policy.retry) return {.give_up = {Reason::Exhausted}};
    const ReferenceRetryPolicy& retry = *op.policy.retry;
    if (!retry.matches(outcome)) return {.give_up = {Reason::NotRetriable}};
    if (retry.max_retries >= 0 && op.attempt > retry.max_retries) return {.give_up = {Reason::Exhausted}};

    ExpectedEnd expected{.retry = true, .delay_low = retry.duration, .delay_high = retry.duration};
    if (retry.exponential) {
      const Nanos middle = interval(retry, op.attempt);
      expected.delay_low = middle / 2;
      expected.delay_high = std::min(middle + middle / 2 + 1, retry.max_interval);
    }
    expected.delay_low = std::max(expected.delay_low, hint);
    expected.delay_high = std::max(expected.delay_high, hint);
    const auto limit = [&](Nanos latest_delay, Reason reason) {
      if (!expected.retry || expected.delay_high <= latest_delay) return;
      expected.give_up.push_back(reason);
      if (expected.delay_low > latest_delay) expected.retry = false;
      expected.delay_high = latest_delay;
    };
    if (retry.max_duration > 0) limit(retry.max_duration - (now - op.began), Reason::Exhausted);
    if (op.deadline != 0) limit(op.deadline - now - 1, Reason::Deadline);
    return expected;
  }

  void publish(EventKind kind, std::uint32_t before, std::int32_t after) {
    events_.push_back({.kind = kind, .before = static_cast<std::int32_t>(before), .after = after});
  }
  void publish_transitions() {
    for (const auto& [from, to] : breaker_->take_transitions()) {
      publish(EventKind::Breaker, static_cast<std::uint32_t>(from), static_cast<std::int32_t>(to));
    }
  }

  ReferencePolicy policy_;
  std::optional<ReferenceBreaker> breaker_;
  std::uint64_t last_generation_ = 0;
  std::vector<Event> events_;
};

}  // namespace resil::testing

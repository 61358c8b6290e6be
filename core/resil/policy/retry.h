// What follows a failed attempt: another one after a delay, or the end of the operation.
#pragma once

#include <algorithm>
#include <cstdint>

#include "resil/base/clock.h"
#include "resil/base/types.h"
#include "resil/policy/policy.h"

namespace resil {

struct RetryAnswer {
  EndAnswer decision = EndAnswer::GiveUp;
  Reason reason = Reason::Exhausted;
  Nanos delay = 0;
};

struct FailedAttempt {
  std::uint32_t attempt = 1;
  Outcome outcome{Outcome::kFailure};
  bool may_retry = true;  // false: the host said that nothing is gained by another attempt
  Nanos hint = 0;         // the server's Retry-After; 0, or less: none
  Nanos previous = 0;     // the delay before this attempt; read only where jitter is decorrelated
  Nanos deadline = 0;     // of the operation; 0: none
  Nanos began = 0;        // the operation; read only where the policy limits the whole
};

// `draw` gives a random number; it is called only where the back-off has jitter.
template <typename Draw>
RetryAnswer answer_failure(const RetryPolicy* policy, const FailedAttempt& failed, TimeSource& time, Draw draw) {
  if (failed.outcome.cancelled()) return {EndAnswer::GiveUp, Reason::Cancelled, 0};
  if (!failed.may_retry) return {EndAnswer::GiveUp, Reason::NotRetriable, 0};
  if (policy == nullptr) return {};
  const Outcome outcome = failed.outcome;
  if (outcome.is_http() && !policy->http.matches(outcome.status())) return {EndAnswer::GiveUp, Reason::NotRetriable, 0};
  if (outcome.is_grpc() && !policy->grpc.matches(outcome.status())) return {EndAnswer::GiveUp, Reason::NotRetriable, 0};
  if (policy->max_retries >= 0 && failed.attempt > policy->max_retries) return {};
  // Sooner than the server asked would be rude, and nobody should be parked for a day because a server said so. It is
  // this failure that must not be retried, whatever is left of maxRetries: not Exhausted.
  if (failed.hint > policy->max_retry_after) return {EndAnswer::GiveUp, Reason::NotRetriable, 0};

  const Nanos own = policy->backoff.delay(failed.attempt, policy->backoff.random() ? draw() : 0, failed.previous);
  const Nanos delay = std::max(own, failed.hint);
  if (policy->max_duration > 0 &&
      add_saturated(subtract_saturated(time.now(), failed.began), delay) > policy->max_duration)
    return {};
  if (failed.deadline != 0 && add_saturated(time.now(), delay) >= failed.deadline) {
    return {EndAnswer::GiveUp, Reason::Deadline, 0};
  }
  return {EndAnswer::Retry, Reason::None, delay};
}

}  // namespace resil

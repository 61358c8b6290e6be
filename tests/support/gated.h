// What a test of a target's bounds says in few words.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "support/caller.h"
#include "support/policies.h"

namespace resil::testing {

inline TargetLimits concurrent(std::uint32_t most) { return {.max_concurrent = most}; }
inline TargetLimits rate(std::int64_t attempts, Nanos per = kSecond, std::int64_t burst = 1) {
  return {.rate_limit = RateLimit{attempts, per, burst}};
}

// Begins attempts and keeps those that are let in.
struct Crowd {
  Caller& caller;
  EndpointId id;
  std::vector<Ticket> in{};

  int enter(int most) {
    int entered = 0;
    for (int i = 0; i < most; ++i) {
      Ticket ticket{};
      if (caller.begin(id, ticket) != kAllow) break;
      in.push_back(ticket);
      ++entered;
    }
    return entered;
  }
  void leave(Outcome outcome = kSuccess) {
    for (Ticket& ticket : in) caller.end(ticket, outcome);
    in.clear();
  }
};

inline Ticket rejected(Caller& caller, EndpointId id) {
  Ticket ticket{};
  EXPECT_EQ(caller.begin(id, ticket), kReject);
  return ticket;
}

inline RetryPolicy budgeted(double ratio, double per_second, Nanos window = 10 * kSecond) {
  RetryPolicy retry = constant_retry(kMillisecond, -1);
  retry.budget = RetryBudget{ratio, per_second, window};
  return retry;
}

}  // namespace resil::testing

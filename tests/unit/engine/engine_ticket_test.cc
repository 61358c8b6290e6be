// What a host may get wrong: each has an answer, and none does harm.
#include <gtest/gtest.h>

#include "resil/base/rng.h"
#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

Caller busy_caller() {
  return Caller(
      one_app({.timeout = kSecond,
               .retry = shared(exponential_retry(kSecond, 3)),
               .breaker = breaker({.max_requests = 2, .timeout = kSecond, .trip = "consecutiveFailures > 1"})}));
}

TEST(EngineTicket, NoSuchEndpoint) {
  Caller caller = busy_caller();
  caller.app();
  for (const EndpointId id : {-1, 1, 1'000'000, INT32_MAX, INT32_MIN}) {
    Ticket ticket{};
    EXPECT_EQ(caller.begin(id, ticket), kBadArgument);
    EXPECT_EQ(caller.engine.adopt(id, 1, caller.now, ticket), kBadArgument);
    EXPECT_EQ(caller.engine.state(id, caller.now), kBadArgument);
    EXPECT_EQ(caller.engine.credit(id, 1), kBadArgument);
    EXPECT_EQ(caller.engine.word(id), nullptr);
  }
}

// Records of the first page are there before their endpoints are. A ticket that says it is under way there was made up.
TEST(EngineTicket, NoEndpointYet) {
  Caller caller = busy_caller();
  for (const EndpointId first : {0, 1}) {
    for (EndpointId id = first; id < 300; ++id) {
      Ticket ticket{};
      ASSERT_EQ(caller.begin(id, ticket), kBadArgument) << id;
      ticket.deadline = 1;
      ASSERT_EQ(caller.begin(id, ticket), kBadArgument) << id;
      for (const std::uint32_t policy : {0U, 1U, PlanNumber::kNobody, UINT32_MAX}) {
        for (const Outcome outcome : {kSuccess, kFailure, kTimeout, http(500), grpc(14)}) {
          for (const std::uint32_t attempt : {1U, 2U}) {
            Ticket made_up{};
            made_up.endpoint = static_cast<std::uint32_t>(id);
            made_up.attempt = attempt;
            made_up.start(policy, Stage::InFlight);
            ASSERT_EQ(caller.end(made_up, outcome), kBadTicket) << id << " " << policy << " " << outcome.code;
          }
        }
      }
    }
    ASSERT_EQ(caller.app(), 0);
  }
  EXPECT_EQ(caller.attempt(caller.app(), kSuccess), kDone);
  EXPECT_EQ(caller.entry(0).totals.successes, 1u);
}

TEST(EngineTicket, EndNeedsAnAttemptInFlight) {
  Caller caller = busy_caller();
  const EndpointId id = caller.app();
  Ticket fresh{};
  EXPECT_EQ(caller.end(fresh, kSuccess), kBadTicket);
  Ticket ticket{};
  caller.begin(id, ticket);
  EXPECT_EQ(caller.end(ticket, kFailure), kRetry);
  EXPECT_EQ(caller.end(ticket, kFailure), kBadTicket);  // between attempts
  caller.begin(id, ticket);
  EXPECT_EQ(caller.end(ticket, kSuccess), kDone);
  EXPECT_EQ(caller.end(ticket, kSuccess), kBadTicket);  // over
}

TEST(EngineTicket, BeginNeedsNoAttemptInFlight) {
  Caller caller = busy_caller();
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  EXPECT_EQ(caller.begin(id, ticket), kBadTicket);
  EXPECT_EQ(caller.engine.adopt(id, caller.engine.word(id)->load() | 1, caller.now, ticket), kBadTicket);
  EXPECT_EQ(caller.end(ticket, kSuccess), kDone);  // and the attempt is as it was
  EXPECT_EQ(caller.begin(id, ticket), kBadTicket);
}

TEST(EngineTicket, AnOperationStaysOnItsEndpoint) {
  Caller caller = busy_caller();
  const EndpointId a = caller.app("a"), b = caller.app("b");
  Ticket ticket{};
  caller.begin(a, ticket);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  EXPECT_EQ(caller.begin(b, ticket), kBadTicket);
  EXPECT_EQ(caller.begin(a, ticket), kAllow);
}

TEST(EngineTicket, AnOutcomeThatIsNoneLeavesTheAttemptInFlight) {
  Caller caller = busy_caller();
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  for (const std::int32_t code : {-1, 4, 500, 0x30000, INT32_MAX, INT32_MIN}) {
    EXPECT_EQ(caller.end(ticket, Outcome{code}), kBadArgument);
  }
  EXPECT_EQ(caller.counts(id).consecutive_failures, 0);
  EXPECT_EQ(caller.end(ticket, kSuccess), kDone);
}

TEST(EngineTicket, CreditIsForNonNegativeNumbers) {
  Caller caller = busy_caller();
  const EndpointId id = caller.app();
  EXPECT_EQ(caller.engine.credit(id, -1), kBadArgument);
  EXPECT_EQ(caller.engine.credit(id, 0), 0);
  EXPECT_EQ(caller.engine.credit(id, 5), 0);
  EXPECT_EQ(caller.entry(id).totals.successes, 5u);
}

TEST(EngineTicket, AdoptNeedsAFastOrACountedWord) {
  Caller caller = busy_caller();
  const EndpointId id = caller.app();
  Ticket ticket{};
  EXPECT_EQ(caller.engine.adopt(id, 0, caller.now, ticket), kBadArgument);
  EXPECT_EQ(caller.engine.adopt(id, ~std::uint64_t{3}, caller.now, ticket), kBadArgument);
}

TEST(EngineTicket, NoEngineIsOutOfEndpointsBeforeItsBound) {
  Engine engine({.max_endpoints = 3}, PolicySet{});
  for (const char* method : {"a", "b", "c"}) EXPECT_GE(engine.endpoint(TargetKind::App, "app", method), 0);
  EXPECT_EQ(engine.endpoint(TargetKind::App, "app", "d"), kTableFull);
  EXPECT_EQ(engine.endpoint(TargetKind::App, "app", "b"), 1);
}

// Random bytes where a ticket should be: every answer is one of the documented ones, and afterwards the breaker
// still opens, probes and closes.
TEST(EngineTicket, GarbageNeverHurts) {
  std::uint64_t position = 0;
  const auto draw = [&position] { return random_at(2024, position++); };
  for (int round = 0; round < 300; ++round) {
    Caller caller = busy_caller();
    const EndpointId id = caller.app(), other = caller.app("other");
    for (int i = 0; i < 200; ++i) {
      Ticket ticket;
      auto* words = reinterpret_cast<std::uint64_t*>(&ticket);
      for (std::size_t w = 0; w < sizeof ticket / 8; ++w) words[w] = draw();
      if (draw() % 4 != 0) ticket.endpoint = static_cast<std::uint32_t>(draw() % 3);
      if (draw() % 4 != 0)
        ticket.private_words[0] = draw() % 5 | draw() % 8 << 2 | draw() % 2 << 8 | (draw() % 3) << 32;
      if (draw() % 4 != 0) ticket.private_words[1] = draw() % 8 | (draw() % 3) << BreakerWord::kGenerationShift;
      const Outcome outcome{static_cast<std::int32_t>(draw() % 5)};
      const auto now = static_cast<Nanos>(draw());
      std::int32_t answer = 0;
      switch (draw() % 3) {
        case 0: answer = caller.engine.begin(draw() % 2 == 0 ? id : other, now, ticket); break;
        case 1: answer = caller.engine.end(ticket, outcome, now); break;
        default: answer = caller.engine.adopt(id, draw(), now, ticket);
      }
      ASSERT_TRUE((answer >= 0 && answer <= 2) || answer == kBadArgument || answer == kBadTicket) << answer;
    }
    // A probe's permit that garbage took is lost for a minute at most.
    caller.now = kForever / 2;
    Ticket ticket{};
    for (int i = 0; i < 10 && caller.state(id) != BreakerState::Closed; ++i, caller.now += 61 * kSecond) {
      caller.attempt(id, kSuccess);
    }
    ASSERT_EQ(caller.state(id), BreakerState::Closed);
    caller.fail(id, 2);
    ASSERT_EQ(caller.state(id), BreakerState::Open);
    ASSERT_EQ(caller.begin(id, ticket), kReject);
  }
}

}  // namespace
}  // namespace resil

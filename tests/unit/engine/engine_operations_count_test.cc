// How many operations of an endpoint are over, and how they ended, as the snapshot tells it.
#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

// Trips at the second failure in a row; open for ten seconds.
class EngineOperationsCount : public ::testing::Test {
 protected:
  OperationTotals operations() { return caller_.engine.view(caller_.now).endpoints.at(0).operations; }
  void expect(std::uint64_t succeeded, std::uint64_t failed, std::uint64_t cancelled, std::uint64_t rejected) {
    const OperationTotals now = operations();
    EXPECT_EQ(now.succeeded, succeeded);
    EXPECT_EQ(now.failed, failed);
    EXPECT_EQ(now.cancelled, cancelled);
    EXPECT_EQ(now.rejected, rejected);
    EXPECT_EQ(now.ended(), succeeded + failed + cancelled + rejected);
  }
  // Opens the breaker by two operations that are not retried.
  void open() {
    for (int i = 0; i < 2; ++i) EXPECT_EQ(caller_.attempt(id_, {kFailure.code | Outcome::kNoRetry}), kGiveUp);
  }

  Caller caller_{one_app({.retry = shared(constant_retry(kSecond, 1)),
                          .breaker = breaker({.timeout = 10 * kSecond, .trip = "consecutiveFailures >= 2"})})};
  EndpointId id_ = caller_.app();
};

TEST_F(EngineOperationsCount, EachEndsOnceHoweverManyAttemptsItHad) {
  expect(0, 0, 0, 0);
  EXPECT_EQ(caller_.attempt(id_, kSuccess), kDone);
  expect(1, 0, 0, 0);
  EXPECT_EQ(caller_.attempt(id_, kCancelled), kGiveUp);
  expect(1, 0, 1, 0);
  Ticket ticket{};
  caller_.begin(id_, ticket);
  EXPECT_EQ(caller_.end(ticket, kFailure), kRetry);
  expect(1, 0, 1, 0);  // not over
  caller_.begin(id_, ticket);
  EXPECT_EQ(caller_.end(ticket, kSuccess), kDone);
  expect(2, 0, 1, 0);
  open();
  expect(2, 2, 1, 0);
}

TEST_F(EngineOperationsCount, ARejectionEndsIt) {
  open();
  for (std::uint64_t rejected = 1; rejected <= 3; ++rejected) {
    EXPECT_EQ(caller_.attempt(id_, kSuccess), -1);
    expect(0, 2, 0, rejected);
  }
}

TEST_F(EngineOperationsCount, AHostThatWaitsGoesOnWithTheSameOne) {
  open();
  Ticket ticket{};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(caller_.begin(id_, ticket), kReject);
    expect(0, 2, 0, 1);
  }
  caller_.now += ticket.delay;
  EXPECT_EQ(caller_.begin(id_, ticket), kAllow);
  expect(0, 2, 0, 0);
  EXPECT_EQ(caller_.end(ticket, kSuccess), kDone);
  expect(1, 2, 0, 0);
}

TEST_F(EngineOperationsCount, ARejectionBetweenTwoAttemptsEndsOne) {
  Ticket ticket{};
  caller_.begin(id_, ticket);
  EXPECT_EQ(caller_.attempt(id_, {kFailure.code | Outcome::kNoRetry}), kGiveUp);
  EXPECT_EQ(caller_.end(ticket, kFailure), kRetry);  // and the breaker opens
  expect(0, 1, 0, 0);
  EXPECT_EQ(caller_.begin(id_, ticket), kReject);
  expect(0, 1, 0, 1);
  caller_.now += ticket.delay;
  EXPECT_EQ(caller_.begin(id_, ticket), kAllow);
  EXPECT_EQ(caller_.end(ticket, kSuccess), kDone);
  expect(1, 1, 0, 0);
}

TEST_F(EngineOperationsCount, OneThatBeginsTooLateIsRejected) {
  caller_.now = 5;
  Ticket ticket{};
  ticket.deadline = 5;
  EXPECT_EQ(caller_.begin(id_, ticket), kReject);
  EXPECT_EQ(reason_of(ticket), Reason::Deadline);
  expect(0, 0, 0, 1);
}

TEST_F(EngineOperationsCount, SkippedCallsAreIncludedAndOneThatWaitedMayGoOnByTheWord) {
  EXPECT_EQ(caller_.engine.credit(id_, 40), 0);
  expect(40, 0, 0, 0);
  open();
  Ticket ticket{};
  EXPECT_EQ(caller_.begin(id_, ticket), kReject);
  caller_.now += ticket.delay;
  EXPECT_EQ(caller_.attempt(id_, kSuccess), kDone);  // somebody else closes the breaker
  expect(41, 2, 0, 1);
  const std::uint64_t word = caller_.engine.word(id_)->load();
  ASSERT_EQ(caller_.engine.adopt(id_, word, caller_.now, ticket), 0);
  EXPECT_EQ(caller_.end(ticket, kSuccess), kDone);
  expect(42, 2, 0, 0);
}

}  // namespace
}  // namespace resil

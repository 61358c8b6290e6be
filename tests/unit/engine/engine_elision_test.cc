// The word that lets a host skip begin and end: when it may, and that nothing comes out differently if it does.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "resil_inline.h"
#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

std::uint64_t word(Caller& caller, EndpointId id) { return caller.engine.word(id)->load(std::memory_order_acquire); }
bool fast(Caller& caller, EndpointId id) { return (word(caller, id) & 1) != 0; }

TEST(EngineElision, AWordStaysAtItsAddress) {
  Caller caller(one_app({.breaker = breaker()}));
  const EndpointId id = caller.app();
  const auto* address = caller.engine.word(id);
  for (int i = 0; i < 1000; ++i) caller.app(std::to_string(i));
  caller.engine.reload(PolicySet{});
  EXPECT_EQ(caller.engine.word(id), address);
}

TEST(EngineElision, TheWordShowsTheTimeout) {
  Caller caller(one_app({.timeout = 1500 * kMillisecond}));
  EXPECT_EQ(word(caller, caller.app()) & 0x1FFFFFF, 1 | 1500 << 1);
}

TEST(EngineElision, FastMeansThatBeginAdmitsAndASuccessChangesNothing) {
  Caller caller(one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 1"})}));
  const EndpointId id = caller.app();
  const std::uint64_t before = word(caller, id);
  ASSERT_TRUE(fast(caller, id));
  EXPECT_EQ(caller.attempt(id, kSuccess), kDone);
  EXPECT_EQ(word(caller, id), before);
  caller.fail(id, 1);
  EXPECT_FALSE(fast(caller, id));  // a success would end the run
  caller.attempt(id, kSuccess);
  EXPECT_EQ(word(caller, id), before);
}

TEST(EngineElision, AGenerationLaterTheWordIsAnother) {
  Caller caller(one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  const std::uint64_t before = word(caller, id);
  caller.fail(id, 1);
  caller.now += 2 * kSecond;
  caller.attempt(id, kSuccess);
  EXPECT_TRUE(fast(caller, id));
  EXPECT_NE(word(caller, id), before);  // a call that began before must not skip its end
}

TEST(EngineElision, AdoptMakesTheTicketThatBeginWouldHaveMade) {
  Caller caller(one_app({.timeout = 2 * kSecond, .retry = shared(constant_retry(kSecond, 3)), .breaker = breaker()}));
  const EndpointId id = caller.app();
  Ticket begun{}, adopted{};
  caller.begin(id, begun);
  ASSERT_EQ(caller.engine.adopt(id, word(caller, id), caller.now, adopted), kAllow);
  EXPECT_EQ(std::memcmp(&begun, &adopted, sizeof begun), 0);
}

TEST(EngineElision, AnAdoptedFailureCountsAndIsRetried) {
  Caller caller(
      one_app({.retry = shared(constant_retry(kSecond, 3)), .breaker = breaker({.trip = "consecutiveFailures > 1"})}));
  const EndpointId id = caller.app();
  const std::uint64_t seen = word(caller, id);
  Ticket a{}, b{};
  caller.engine.adopt(id, seen, caller.now, a);
  EXPECT_EQ(caller.end(a, kFailure), kRetry);
  caller.engine.adopt(id, seen, caller.now, b);
  EXPECT_EQ(caller.end(b, kFailure), kRetry);
  EXPECT_EQ(caller.state(id), BreakerState::Open);
}

TEST(EngineElision, AnAdoptedAttemptOfAnOlderGenerationCountsForNothing) {
  Caller caller(one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  const std::uint64_t seen = word(caller, id);
  caller.fail(id, 1);
  caller.now += 2 * kSecond;
  caller.attempt(id, kSuccess);
  Ticket late{};
  caller.engine.adopt(id, seen, caller.now, late);
  caller.end(late, kFailure);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
}

TEST(EngineElision, AdoptReckonsTheDeadlineFromWhenTheAttemptBegan) {
  Caller caller(one_app({.timeout = 10 * kSecond, .retry = shared(constant_retry(kSecond, -1))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ticket.deadline = caller.now + 4 * kSecond;
  caller.engine.adopt(id, word(caller, id), caller.now, ticket);
  EXPECT_EQ(ticket.timeout, 4 * kSecond);
  caller.now += 3 * kSecond;
  EXPECT_EQ(caller.end(ticket, kFailure), kGiveUp);
  EXPECT_EQ(reason_of(ticket), Reason::Deadline);
}

TEST(EngineElision, ARetryMayBeAdoptedToo) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, 1))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  ASSERT_EQ(caller.engine.adopt(id, word(caller, id), caller.now, ticket), kAllow);
  EXPECT_EQ(ticket.attempt, 2u);
  EXPECT_EQ(caller.end(ticket, kFailure), kGiveUp);
}

TEST(EngineElision, CreditCompletesTheTotals) {
  Caller caller(one_app({.breaker = breaker()}));
  const EndpointId id = caller.app();
  caller.attempt(id, kSuccess);
  caller.engine.credit(id, 1'000'000);
  EXPECT_EQ(caller.entry(id).totals.successes, 1'000'001u);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
}

// A host under a rate, with the cell of one slot.
class EngineCounted : public ::testing::Test {
 protected:
  static PolicySet rate(Nanos timeout = 0) {
    return one_app(
        {.timeout = timeout,
         .breaker = breaker({.timeout = kSecond, .trip = "requests >= 4 && totalFailures * 2 >= requests"})});
  }
  bool begin(std::uint64_t& seen, std::int32_t slot = 0) {
    auto* cell = caller_.engine.tally(id_, slot);
    return resil_counted_begin(reinterpret_cast<const std::uint64_t*>(caller_.engine.word(id_)),
                               reinterpret_cast<std::uint64_t*>(cell), &seen) != 0;
  }
  std::int64_t requests() { return caller_.counts(id_).requests; }

  Caller caller_{rate(2 * kSecond)};
  EndpointId id_ = caller_.app();
};

TEST_F(EngineCounted, TheHostCountsWhatBeginWouldCount) {
  std::uint64_t seen = 0;
  for (std::int32_t slot = 0; slot < 5; ++slot) ASSERT_TRUE(begin(seen, slot));
  EXPECT_EQ(requests(), 5);
  caller_.attempt(id_, kSuccess);
  EXPECT_EQ(requests(), 6);
  EXPECT_EQ(resil_fast_timeout(seen), 2 * kSecond);
  EXPECT_EQ(word(caller_, id_), seen);
  EXPECT_FALSE(fast(caller_, id_)) << "a host that does not know the form crosses";
}

TEST_F(EngineCounted, AdoptKnowsThatTheRequestIsCounted) {
  std::uint64_t seen = 0;
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(begin(seen));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(caller_.state(id_), BreakerState::Closed);
    Ticket ticket{};
    ASSERT_EQ(caller_.engine.adopt(id_, seen, caller_.now, ticket), kAllow);
    EXPECT_EQ(ticket.timeout, 2 * kSecond);
    EXPECT_EQ(caller_.end(ticket, kFailure), kGiveUp);
    EXPECT_EQ(i == 0 ? requests() : 4, 4);
  }
  EXPECT_EQ(caller_.state(id_), BreakerState::Open);  // 2 of 4
}

TEST_F(EngineCounted, ACellOfAnOlderGenerationIsNotAddedTo) {
  std::uint64_t seen = 0;
  ASSERT_TRUE(begin(seen));
  caller_.fail(id_, 4);
  ASSERT_EQ(caller_.state(id_), BreakerState::Open);
  EXPECT_FALSE(begin(seen));
  caller_.now += 2 * kSecond;
  caller_.attempt(id_, kSuccess);
  ASSERT_EQ(caller_.state(id_), BreakerState::Closed);
  EXPECT_FALSE(begin(seen)) << "the cell counts a generation that is over: begin must make it new";
  EXPECT_EQ(requests(), 0);
  for (int i = 0; i < 8 && !begin(seen); ++i) caller_.attempt(id_, kSuccess);
  EXPECT_GE(requests(), 2);
}

TEST_F(EngineCounted, ACellThatIsFullIsLeftToBegin) {
  auto* cell = caller_.engine.tally(id_, 0);
  cell->store(RESIL_TALLY_MOST - 1);
  std::uint64_t seen = 0;
  EXPECT_TRUE(begin(seen));
  EXPECT_FALSE(begin(seen));
  EXPECT_EQ(cell->load(), RESIL_TALLY_MOST);
}

TEST_F(EngineCounted, AReloadThatKeepsTheStateKeepsTheCount) {
  std::uint64_t seen = 0;
  ASSERT_TRUE(begin(seen));
  caller_.engine.reload(rate(5 * kSecond));
  ASSERT_TRUE(begin(seen));
  EXPECT_EQ(resil_fast_timeout(seen), 5 * kSecond);
  EXPECT_EQ(requests(), 2);
}

TEST_F(EngineCounted, WithoutACellThereIsBegin) {
  EXPECT_EQ(caller_.engine.tally(id_, -1), nullptr);
  EXPECT_EQ(caller_.engine.tally(99, 0), nullptr);
  std::uint64_t seen = 0;
  EXPECT_FALSE(begin(seen, -1));
  Caller streak(one_app({.breaker = breaker()}));
  const EndpointId id = streak.app();
  EXPECT_EQ(streak.engine.tally(id, 0), nullptr) << "nothing is counted here";
  streak.engine.reload(rate());
  EXPECT_NE(streak.engine.tally(id, 0), nullptr);
  EXPECT_EQ(streak.engine.tally(id, 1 << 20), streak.engine.tally(id, 0)) << "any slot is one";
}

TEST_F(EngineCounted, ASuccessThatIsNotToldChangesNothing) {
  Ticket ticket{};
  caller_.begin(id_, ticket);
  const std::uint64_t before = word(caller_, id_);
  const Counts counts = caller_.counts(id_);
  EXPECT_EQ(caller_.end(ticket, kSuccess), kDone);
  EXPECT_EQ(word(caller_, id_), before);
  EXPECT_EQ(caller_.counts(id_), counts);
}

}  // namespace
}  // namespace resil

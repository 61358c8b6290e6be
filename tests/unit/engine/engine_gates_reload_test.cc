// Reloads keep what was taken from a target where the settings are equal, start anew where not, and lose nothing that
// is in flight.
#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

RetryPolicy budgeted(double per_second) {
  RetryPolicy retry = constant_retry(kMillisecond, -1);
  retry.budget = RetryBudget{.ratio = 0, .min_per_second = per_second, .window = 10 * kSecond};
  return retry;
}

// All of them, so that each test changes one.
Target everything() {
  return {.retry = shared(budgeted(0.2)),
          .limits = {.max_concurrent = 4, .rate_limit = RateLimit{1, 1'000 * kSecond, 8}, .hold_on_retry_after = true}};
}

class GatesReload : public ::testing::Test {
 protected:
  // Uses up all but one of each, and holds the target from 5 s to 15 s from now on.
  void use_up() {
    for (int i = 0; i < 3; ++i) ASSERT_EQ(caller_.begin(id_, in_[i]), kAllow);
    Ticket ticket{};
    ASSERT_EQ(caller_.begin(id_, ticket), kAllow);
    ASSERT_EQ(caller_.end(ticket, kFailure), kRetry);
    ASSERT_EQ(caller_.begin(id_, ticket), kAllow);
    ticket.delay = 15 * kSecond;
    ASSERT_EQ(caller_.end(ticket, kFailure), kRetry);
  }
  void reload(const Target& target) { caller_.engine.reload(one_app(target)); }

  bool held() { return tried() == Reason::Held; }
  Reason tried() {
    Ticket ticket{};
    if (caller_.begin(id_, ticket) != kAllow) return reason_of(ticket);
    caller_.end(ticket, kCancelled);
    return Reason::None;
  }
  // How many more fit in now.
  int room() {
    std::vector<Ticket> in;
    for (Ticket ticket{}; caller_.begin(id_, ticket) == kAllow; ticket = {}) in.push_back(ticket);
    for (Ticket& ticket : in) caller_.end(ticket, kCancelled);
    return static_cast<int>(in.size());
  }

  // `target` bounds four; another timeout has a place of its own, and the bound is over all of them.
  void know_who_is_in_flight(Target target) {
    const Target shorter = target;
    reload(shorter);
    for (Ticket& ticket : in_) ASSERT_EQ(caller_.begin(id_, ticket), kAllow);
    target.timeout = 100 * kSecond;
    reload(target);
    EXPECT_EQ(room(), 1);
    Ticket late{};
    ASSERT_EQ(caller_.begin(id_, late), kAllow);
    EXPECT_EQ(tried(), Reason::Busy);
    reload(shorter);
    EXPECT_EQ(tried(), Reason::Busy) << "and back again";
    caller_.end(late, kSuccess);
    for (Ticket& ticket : in_) EXPECT_EQ(caller_.end(ticket, kSuccess), kDone);
    EXPECT_EQ(room(), 4);
    for (Ticket& ticket : in_) ticket = {};
    for (Ticket& ticket : in_) ASSERT_EQ(caller_.begin(id_, ticket), kAllow);
    target.limits.max_concurrent = 2;
    reload(target);
    EXPECT_EQ(tried(), Reason::Busy) << "more are in flight than may be now";
  }

  Caller caller_{one_app(everything())};
  EndpointId id_ = caller_.app("a");
  Ticket in_[3]{};
};

TEST_F(GatesReload, EqualSettingsKeepEverything) {
  use_up();
  for (int i = 0; i < 3; ++i) reload(everything());
  EXPECT_TRUE(held());
  caller_.now += 15 * kSecond;
  EXPECT_EQ(room(), 1) << "three are in flight";
  for (Ticket& ticket : in_) EXPECT_EQ(caller_.end(ticket, kSuccess), kDone);
  EXPECT_EQ(room(), 2) << "eight less five and one attempts of the burst";
  EXPECT_EQ(tried(), Reason::RateLimited);
}

// A timeout of more than 30 s has a place of its own to count who is in flight, and the bound is over all of them.
// Before a breaker there is a short way to a place, without one there is none.
TEST_F(GatesReload, ALongerTimeoutKnowsWhoIsInFlight) { know_who_is_in_flight({.limits = {.max_concurrent = 4}}); }
TEST_F(GatesReload, ALongerTimeoutKnowsWhoIsInFlightBehindABreaker) {
  know_who_is_in_flight({.breaker = breaker({.trip = "consecutiveFailures > 5"}), .limits = {.max_concurrent = 4}});
}

TEST_F(GatesReload, AnotherRateStartsAnewAndTheRestStays) {
  use_up();
  Target target = everything();
  target.limits.rate_limit->burst = 9;
  reload(target);
  EXPECT_TRUE(held());
  caller_.now += 15 * kSecond;
  EXPECT_EQ(room(), 1);
  for (Ticket& ticket : in_) caller_.end(ticket, kCancelled);
  EXPECT_EQ(room(), 4) << "nine less one";
  EXPECT_EQ(room(), 4);
  EXPECT_EQ(tried(), Reason::RateLimited);
  reload(everything());
  EXPECT_EQ(room(), 4) << "the first rate, but not what was taken from it then";
}

TEST_F(GatesReload, AHoldStaysAsLongAsItIsAskedFor) {
  use_up();
  Target target = everything();
  target.limits.hold_on_retry_after = false;
  reload(target);
  EXPECT_EQ(tried(), Reason::None);
  reload(everything());
  EXPECT_FALSE(held()) << "what was told before it was switched off";
}

TEST_F(GatesReload, TheBudgetStaysWhereItIsEqual) {
  const auto retried = [this] {
    Ticket ticket{};
    caller_.begin(id_, ticket);
    return caller_.end(ticket, kFailure) == kRetry;
  };
  Target target{.retry = shared(budgeted(0.2))};
  reload(target);
  EXPECT_TRUE(retried());
  EXPECT_TRUE(retried());
  target.timeout = kSecond;
  reload(target);
  EXPECT_FALSE(retried());
  reload({.retry = shared(budgeted(0.3))});
  EXPECT_TRUE(retried());
  reload(target);
  EXPECT_TRUE(retried()) << "it was not in force meanwhile";
}

// Who is in flight does not depend on how many may be.
TEST_F(GatesReload, AnotherLimitKnowsWhoIsInFlight) {
  use_up();
  Target target{.limits = {.max_concurrent = 5}};
  reload(target);
  EXPECT_EQ(room(), 2);
  target.limits.max_concurrent = 2;
  reload(target);
  EXPECT_EQ(room(), 0);
  caller_.end(in_[0], kSuccess);
  EXPECT_EQ(room(), 0);
  caller_.end(in_[1], kFailure);
  EXPECT_EQ(room(), 1);
}

TEST_F(GatesReload, PlacesComeBackThoughTheLimitIsGoneMeanwhile) {
  use_up();
  reload({});
  for (Ticket& ticket : in_) caller_.end(ticket, kSuccess);
  Ticket uncounted{};
  ASSERT_EQ(caller_.begin(id_, uncounted), kAllow);
  reload({.limits = {.max_concurrent = 4}});
  EXPECT_EQ(room(), 4);
  caller_.end(uncounted, kSuccess);
  EXPECT_EQ(room(), 4) << "it held no place, and gives none back";
}

// Another timeout, another grace: the attempt gives its place back where it took it.
TEST_F(GatesReload, PlacesComeBackWhateverBecameOfTheGrace) {
  use_up();
  Target target{.timeout = 600 * kSecond, .limits = {.max_concurrent = 4}};
  reload(target);
  EXPECT_EQ(room(), 1) << "three are in flight under the grace of before";
  Ticket in{};
  ASSERT_EQ(caller_.begin(id_, in), kAllow);
  for (Ticket& ticket : in_) caller_.end(ticket, kSuccess);
  EXPECT_EQ(room(), 3);
  reload({.limits = {.max_concurrent = 4}});
  EXPECT_EQ(room(), 3);
  caller_.end(in, kSuccess);
  EXPECT_EQ(room(), 4);
  reload(target);
  EXPECT_EQ(room(), 4);
}

// An operation goes on under the policy that it began with, and passes the gates that are in force.
TEST_F(GatesReload, AnOperationUnderWayPassesTheNewGates) {
  reload({.retry = shared(constant_retry(kMillisecond, -1))});
  Ticket ticket{};
  ASSERT_EQ(caller_.begin(id_, ticket), kAllow);
  ASSERT_EQ(caller_.end(ticket, kFailure), kRetry);
  reload({.limits = {.max_concurrent = 1}});
  Ticket other{};
  ASSERT_EQ(caller_.begin(id_, other), kAllow);
  EXPECT_EQ(caller_.begin(id_, ticket), kReject);
  EXPECT_EQ(reason_of(ticket), Reason::Busy);
  caller_.end(other, kSuccess);
  EXPECT_EQ(caller_.begin(id_, ticket), kAllow);
  EXPECT_EQ(tried(), Reason::Busy);
  EXPECT_EQ(caller_.end(ticket, kFailure), kRetry);
  EXPECT_EQ(tried(), Reason::None);
}

TEST_F(GatesReload, AnAdoptedCallHoldsNoPlace) {
  reload({});
  const std::uint64_t word = caller_.engine.word(id_)->load();
  reload({.limits = {.max_concurrent = 1}});
  Ticket ticket{};
  ASSERT_EQ(caller_.engine.adopt(id_, word, caller_.now, ticket), kAllow);
  EXPECT_EQ(room(), 1);
  EXPECT_EQ(caller_.end(ticket, kFailure), kGiveUp);
  EXPECT_EQ(room(), 1);
}

TEST_F(GatesReload, ATargetThatHadGatesOnceIsAsGoodAsOneThatHadNone) {
  reload({.breaker = breaker({.trip = "consecutiveFailures > 0"})});
  EXPECT_TRUE(BreakerWord(caller_.engine.word(id_)->load()).is_fast());
  caller_.fail(id_, 1);
  EXPECT_EQ(tried(), Reason::Open);
  EXPECT_EQ(tried(), Reason::Open);
  EXPECT_EQ(caller_.entry(id_).totals.rejections, 2u);
}

}  // namespace
}  // namespace resil

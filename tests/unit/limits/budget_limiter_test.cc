#include "resil/limits/budget_limiter.h"

#include <gtest/gtest.h>

#include <deque>

#include "resil/base/rng.h"
#include "resil/limits/hold.h"
#include "resil/limits/once_per.h"

namespace resil {
namespace {

using Buckets = TimeBuckets<std::atomic>;
using Budget = BudgetLimiter<std::atomic>;

std::uint64_t counted(const Buckets& buckets, Nanos now) { return buckets.sum(buckets.bucket_of(now)); }

TEST(TimeBuckets, OlderThanTheWindowCountsNoMoreAndYoungerThanNineTenthsSurelyDoes) {
  for (const Nanos window : {kMillisecond, kMillisecond + 7, 10 * kSecond, 10 * kSecond + 3, 3'600 * kSecond}) {
    for (int part = 0; part < 100; ++part) {
      const Nanos at = -window + window / 33 * part + part;
      Buckets buckets(window);
      buckets.add(buckets.bucket_of(at));
      EXPECT_EQ(counted(buckets, at), 1u);
      EXPECT_EQ(counted(buckets, at + window - window / 10 - 1), 1u) << window << " " << part;
      EXPECT_EQ(counted(buckets, at + window + 1), 0u) << window << " " << part;
    }
  }
}

// Against all moments in a list: never more than those of the window, never fewer than those of nine tenths of it.
TEST(TimeBuckets, IsBetweenTheTwoCountsOfAList) {
  constexpr Nanos kWindow = 10 * kSecond;
  Buckets buckets(kWindow);
  std::deque<Nanos> moments;
  Nanos now = 77;
  for (std::uint64_t i = 0; i < 40'000; ++i) {
    const std::uint64_t roll = random_at(3, i);
    now += static_cast<Nanos>(roll % (roll % 97 == 0 ? 20 * kSecond : 200 * kMillisecond));
    buckets.add(buckets.bucket_of(now));
    moments.push_back(now);
    while (now - moments.front() > kWindow) moments.pop_front();
    std::uint64_t surely = 0;
    for (const Nanos at : moments) surely += now - at < kWindow - kWindow / 10 ? 1 : 0;
    ASSERT_LE(counted(buckets, now), moments.size());
    ASSERT_GE(counted(buckets, now), surely);
  }
}

TEST(TimeBuckets, ACellOfARoundAgoIsNotCounted) {
  Buckets buckets(kMillisecond);
  buckets.add(buckets.bucket_of(0));
  for (Nanos later = kMillisecond; later < 1'000 * kSecond; later += later / 3) {
    ASSERT_EQ(counted(buckets, later + 1), 0u);
  }
  buckets.add(buckets.bucket_of(1'000 * kSecond));
  buckets.add(buckets.bucket_of(0));  // by a thread that slept
  EXPECT_EQ(counted(buckets, 1'000 * kSecond), 1u);
}

TEST(TimeBuckets, ACountHoldsAtItsEnd) {
  Buckets buckets(kSecond);
  const std::uint64_t bucket = buckets.bucket_of(0);
  std::uint64_t full = 0;
  buckets.add(bucket);
  full = buckets.load(bucket) | Buckets::kMost;
  // A cell that is full stays full, and belongs to the same bucket.
  Buckets other(kSecond);
  EXPECT_FALSE(other.count(bucket, full));
  EXPECT_EQ(full, 0u);
}

TEST(RetryBudget, RetriesAreFewerThanTheLeastAndTheRatioTogether) {
  Budget budget(0.5, 2, 10 * kSecond);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(budget.offer(0));
  EXPECT_FALSE(budget.offer(0));
  budget.begin_operation(1);
  EXPECT_TRUE(budget.offer(1)) << "2 < 2 + 0.5";
  EXPECT_FALSE(budget.offer(1));
  budget.begin_operation(2);
  EXPECT_FALSE(budget.offer(2)) << "3 < 2 + 1 does not hold";
  EXPECT_EQ(budget.operations(2), 2u);
  EXPECT_EQ(budget.retries(2), 3u);
  EXPECT_TRUE(budget.offer(10 * kSecond + 1)) << "the window slid";
}

TEST(RetryBudget, NoRatioAndNoLeastIsNoRetry) {
  Budget budget(0, 0, kSecond);
  for (int i = 0; i < 100; ++i) budget.begin_operation(0);
  EXPECT_FALSE(budget.offer(0));
}

TEST(RetryBudget, ProductsOfDecimalsAreTakenAsWritten) {
  // 0.1 a second over 30 s are three, though 0.1 * 30 is a hair more in binary; and 0.2 of 15 operations likewise.
  Budget least(0, 0.1 * 30, 30 * kSecond);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(least.offer(0));
  EXPECT_FALSE(least.offer(0));
  for (const double ratio : {0.1, 0.2, 0.3, 0.7}) {
    for (int operations = 10; operations <= 1000; operations += 10) {
      Budget budget(ratio, 0, kSecond);
      for (int i = 0; i < operations; ++i) budget.begin_operation(0);
      int offered = 0;
      while (budget.offer(0)) ++offered;
      EXPECT_EQ(offered, static_cast<int>(ratio * 10 + 0.5) * operations / 10) << ratio;
    }
  }
}

TEST(RetryBudget, RestartForgets) {
  Budget budget(0, 1, kSecond);
  EXPECT_TRUE(budget.offer(0));
  budget.restart();
  EXPECT_TRUE(budget.offer(0));
}

TEST(Hold, OnlyGrows) {
  Hold<std::atomic> hold;
  EXPECT_EQ(hold.left(0), 0);
  hold.until(100);
  hold.until(50);
  EXPECT_EQ(hold.left(40), 60);
  EXPECT_EQ(hold.left(99), 1);
  EXPECT_EQ(hold.left(100), 0);
  hold.until(INT64_MAX);
  EXPECT_EQ(hold.left(-10), INT64_MAX);
  hold.restart();
  EXPECT_EQ(hold.left(40), 0);
}

TEST(OncePer, IsDueOnceInAPeriod) {
  OncePer<std::atomic> once(kSecond);
  EXPECT_TRUE(once.due(5));
  EXPECT_FALSE(once.due(5));
  EXPECT_FALSE(once.due(kSecond + 4));
  EXPECT_TRUE(once.due(kSecond + 5));
}

}  // namespace
}  // namespace resil

#include "resil/limits/budget_limiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <tuple>

#include "resil/base/rng.h"
#include "resil/limits/hold.h"
#include "resil/limits/once_per.h"
#include "support/hooked_atomic.h"

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

// The cell that the next access is to, filled up to `free` below its end.
TEST(TimeBuckets, ACountHoldsAtItsEnd) {
  using HookedBuckets = TimeBuckets<testing::HookedAtomic>;
  for (const std::uint64_t free : {0U, 1U, 2U}) {
    HookedBuckets buckets(kSecond);
    const std::uint64_t bucket = buckets.bucket_of(5 * kSecond);
    buckets.add(bucket);
    testing::Hook::on_access = [free](testing::Access, const void* where) {
      auto* cell = const_cast<testing::HookedAtomic<std::uint64_t>*>(
          static_cast<const testing::HookedAtomic<std::uint64_t>*>(where));
      cell->store((cell->load() | HookedBuckets::kMost) - free);
      testing::Hook::on_access = [](testing::Access, const void*) {};
    };
    buckets.load(bucket);
    testing::Hook::on_access = nullptr;
    for (std::uint64_t i = 1; i <= 3; ++i) {
      buckets.add(bucket);
      EXPECT_EQ(buckets.sum(bucket), std::min(HookedBuckets::kMost, HookedBuckets::kMost - free + i)) << free;
    }
    EXPECT_EQ(buckets.sum(bucket + 1), HookedBuckets::kMost) << "and belongs to its bucket still";
    EXPECT_EQ(buckets.sum(bucket + HookedBuckets::kBuckets), 0u);
  }
}

// Whether or not a window divides by ten: numbers grow with time, and a window later they are ten more.
TEST(TimeBuckets, NumbersGrowAndAreTenMoreAWindowLater) {
  for (const Nanos window : {10, 11, 15, 19, 20, 101, 1'000'003}) {
    const Buckets buckets(window);
    std::uint64_t before = buckets.bucket_of(-3 * window);
    for (Nanos at = -3 * window; at < 3 * window; at += std::max<Nanos>(1, window / 1'000)) {
      const std::uint64_t bucket = buckets.bucket_of(at);
      ASSERT_GE(bucket, before) << window;
      ASSERT_LE(bucket, before + Buckets::kBuckets) << window;
      ASSERT_EQ(buckets.bucket_of(at + window), bucket + Buckets::kBuckets) << window << " at " << at;
      before = bucket;
    }
  }
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

TEST(RetryBudget, AHairMoreOrLessIsTheWholeNumber) {
  for (const auto& [ratio, operations, most] :
       {std::tuple{0.07, 100, 7}, {1.1, 10, 11}, {0.57, 100, 57}, {1e-10, 1, 0}, {0.001, 1, 1}, {1.001, 1, 2}}) {
    Budget budget(ratio, 0, kSecond);
    for (int i = 0; i < operations; ++i) budget.begin_operation(0);
    int offered = 0;
    while (budget.offer(0)) ++offered;
    EXPECT_EQ(offered, most) << ratio;
  }
}

TEST(RetryBudget, RestartForgets) {
  Budget budget(0, 1, kSecond), ratio(1, 0, kSecond);
  EXPECT_TRUE(budget.offer(0));
  budget.restart();
  EXPECT_TRUE(budget.offer(0));
  for (int i = 0; i < 5; ++i) ratio.begin_operation(0);
  EXPECT_TRUE(ratio.offer(0));
  ratio.restart();
  EXPECT_EQ(ratio.operations(0), 0u);
  EXPECT_EQ(ratio.retries(0), 0u);
  EXPECT_FALSE(ratio.offer(0)) << "the operations of before as well";
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

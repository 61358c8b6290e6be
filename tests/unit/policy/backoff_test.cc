#include "resil/policy/backoff.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

namespace resil {
namespace {

constexpr std::uint64_t kMostRandom = std::numeric_limits<std::uint64_t>::max();

constexpr Backoff constant(Nanos duration) { return {Backoff::Kind::Constant, duration, kSecond}; }
constexpr Backoff exponential(Nanos max_interval) { return {Backoff::Kind::Exponential, 7 * kSecond, max_interval}; }

TEST(Backoff, DefaultsAreTheFormats) {
  constexpr Backoff backoff;
  static_assert(backoff.kind == Backoff::Kind::Constant);
  static_assert(backoff.duration == 5 * kSecond);
  static_assert(backoff.max_interval == 60 * kSecond);
}

TEST(Backoff, ConstantIgnoresMaxIntervalAndChance) {
  for (const std::uint32_t k : {1U, 2U, 100U, 4'000'000'000U}) {
    EXPECT_EQ(constant(5 * kSecond).delay(k, 0), 5 * kSecond);
    EXPECT_EQ(constant(5 * kSecond).delay(k, kMostRandom), 5 * kSecond);
  }
  EXPECT_EQ(constant(0).delay(1, 0), 0);
}

TEST(Backoff, ExponentialStartsAtHalfASecondAndGrowsByHalf) {
  const Backoff backoff = exponential(60 * kSecond);
  EXPECT_EQ(backoff.interval(1), 500'000'000);
  EXPECT_EQ(backoff.interval(2), 750'000'000);
  EXPECT_EQ(backoff.interval(3), 1'125'000'000);
  EXPECT_EQ(backoff.interval(4), 1'687'500'000);
  EXPECT_EQ(backoff.interval(5), 2'531'250'000);
}

TEST(Backoff, ExponentialHoldsAtMaxInterval) {
  const Backoff backoff = exponential(2 * kSecond);
  EXPECT_EQ(backoff.interval(4), 1'687'500'000);
  EXPECT_EQ(backoff.interval(5), 2 * kSecond);
  EXPECT_EQ(backoff.interval(6), 2 * kSecond);
  EXPECT_EQ(backoff.interval(4'000'000'000U), 2 * kSecond);
}

TEST(Backoff, AMaxIntervalBelowTheStartIsKeptFromTheFirstRetryOn) {
  for (const std::uint32_t k : {1U, 2U, 50U}) {
    EXPECT_EQ(exponential(200 * kMillisecond).interval(k), 200 * kMillisecond);
    EXPECT_LE(exponential(200 * kMillisecond).delay(k, kMostRandom), 200 * kMillisecond);
    EXPECT_EQ(exponential(0).delay(k, kMostRandom), 0);
  }
}

// Both ends of the range are reached, and neither is passed: the documented cap holds where the original exceeds it.
TEST(Backoff, JitterIsHalfEitherWayAndNeverAboveMaxInterval) {
  const Backoff backoff = exponential(2 * kSecond);
  EXPECT_EQ(backoff.delay(1, 0), 250'000'000);
  EXPECT_EQ(backoff.delay(1, kMostRandom), 750'000'000);
  EXPECT_EQ(backoff.delay(4, 0), 843'750'000);
  EXPECT_EQ(backoff.delay(4, kMostRandom), 2 * kSecond);  // 2.53 s without the cap
  EXPECT_EQ(backoff.delay(9, 0), kSecond);
  EXPECT_EQ(backoff.delay(9, kMostRandom), 2 * kSecond);
}

// Where the cap cuts the range, delays are spread over what is left of it: one in ten in each tenth, none heaped up at
// maxInterval.
TEST(Backoff, DrawsBelowTheCapNotToIt) {
  const Backoff backoff = exponential(2 * kSecond);
  for (const std::uint32_t k : {3U, 4U, 5U, 9U}) {
    const Nanos middle = backoff.interval(k), low = middle - middle / 2;
    const Nanos high = std::min(middle + middle / 2, 2 * kSecond);
    int tenth[10] = {}, at_cap = 0;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      const Nanos delay = backoff.delay(k, random_at(k, i));
      at_cap += delay == 2 * kSecond ? 1 : 0;
      ++tenth[(delay - low) * 10 / (high - low + 1)];
    }
    EXPECT_LE(at_cap, 1) << k;
    for (const int delays : tenth) EXPECT_NEAR(delays, 2'000, 300) << k;  // 7 standard deviations
  }
}

TEST(Backoff, EveryDelayIsWithinItsRange) {
  const Backoff backoff = exponential(15 * kSecond);
  for (std::uint32_t k = 1; k <= 12; ++k) {
    const Nanos middle = backoff.interval(k);
    for (std::uint64_t i = 0; i < 1000; ++i) {
      const Nanos delay = backoff.delay(k, random_at(k, i));
      EXPECT_GE(delay, middle / 2);
      EXPECT_LE(delay, std::min(middle + middle / 2, 15 * kSecond));
    }
  }
}

TEST(Backoff, TheLongestIntervalsDoNotOverflow) {
  const Backoff backoff = exponential(kForever);
  EXPECT_EQ(backoff.interval(200), kForever);
  EXPECT_EQ(backoff.delay(200, kMostRandom), kForever);
  EXPECT_GT(backoff.delay(200, 0), 0);
  EXPECT_EQ(constant(kForever).delay(1, 0), kForever);
}

}  // namespace
}  // namespace resil

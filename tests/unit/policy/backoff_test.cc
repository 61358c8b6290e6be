#include "resil/policy/backoff.h"

#include <algorithm>
#include <limits>
#include <utility>

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

Backoff jittered(Backoff::Jitter jitter, double spread = 0.5) {
  Backoff backoff = exponential(10 * kSecond);
  backoff.initial = kSecond;
  backoff.multiplier = 2;
  backoff.jitter = jitter;
  backoff.spread = spread;
  return backoff;
}

TEST(Backoff, InitialIntervalAndMultiplierAreThePolicys) {
  const Backoff backoff = jittered(Backoff::Jitter::None);
  EXPECT_EQ(backoff.delay(1, 7), kSecond);
  EXPECT_EQ(backoff.delay(2, 7), 2 * kSecond);
  EXPECT_EQ(backoff.delay(4, 7), 8 * kSecond);
  EXPECT_EQ(backoff.delay(5, 7), 10 * kSecond);
  EXPECT_EQ(backoff.delay(4'000'000'000U, 7), 10 * kSecond);
  EXPECT_FALSE(backoff.random());
  Backoff flat = backoff;
  flat.multiplier = 1;
  EXPECT_EQ(flat.interval(4'000'000'000U), kSecond);
  flat.initial = 0;
  EXPECT_EQ(flat.interval(4'000'000'000U), 0);
  flat.multiplier = 1e300;
  EXPECT_EQ(flat.interval(9), 0);
  flat.initial = 1;
  EXPECT_EQ(flat.interval(1), 1);
  EXPECT_EQ(flat.interval(9), 10 * kSecond);
  flat.multiplier = 1.5;
  EXPECT_EQ(flat.interval(4'000'000'000U), 10 * kSecond) << "one nanosecond grows too";
}

TEST(Backoff, EachKindOfJitterHasItsRange) {
  using enum Backoff::Jitter;
  const auto range = [](const Backoff& backoff, std::uint32_t k, Nanos previous = 0) {
    return std::pair{backoff.delay(k, 0, previous), backoff.delay(k, kMostRandom, previous)};
  };
  EXPECT_EQ(range(jittered(Full), 3), (std::pair{Nanos{0}, 4 * kSecond}));
  EXPECT_EQ(range(jittered(Equal), 3), (std::pair{2 * kSecond, 4 * kSecond}));
  EXPECT_EQ(range(jittered(Spread), 3), (std::pair{2 * kSecond, 6 * kSecond}));
  EXPECT_EQ(range(jittered(Spread, 0.25), 3), (std::pair{3 * kSecond, 5 * kSecond}));
  EXPECT_EQ(range(jittered(Spread, 1), 4), (std::pair{Nanos{0}, 10 * kSecond}));
  EXPECT_EQ(range(jittered(Spread, 0), 3), (std::pair{4 * kSecond, 4 * kSecond}));
  EXPECT_EQ(range(jittered(Decorrelated), 1), (std::pair{kSecond, 3 * kSecond}));
  EXPECT_EQ(range(jittered(Decorrelated), 9, 2 * kSecond), (std::pair{kSecond, 6 * kSecond}));
  EXPECT_EQ(range(jittered(Decorrelated), 9, 9 * kSecond), (std::pair{kSecond, 10 * kSecond}));
  EXPECT_EQ(range(jittered(Decorrelated), 9, kForever), (std::pair{kSecond, 10 * kSecond}));
  Backoff beyond = jittered(Decorrelated);
  beyond.initial = 20 * kSecond;  // above maxInterval
  EXPECT_EQ(range(beyond, 1), (std::pair{10 * kSecond, 10 * kSecond}));
}

TEST(Backoff, AConstantPolicyMayHaveJitterAndKnowsNoMaxInterval) {
  Backoff backoff = constant(20 * kSecond);
  backoff.jitter = Backoff::Jitter::Spread;
  EXPECT_TRUE(backoff.random());
  EXPECT_EQ(backoff.delay(3, 0), 10 * kSecond);
  EXPECT_EQ(backoff.delay(3, kMostRandom), 30 * kSecond);
  // The whole of a time that a double rounds up is no more than that time: no delay is negative.
  backoff.duration = (Nanos{1} << 53) + 3;
  backoff.spread = 1;
  EXPECT_EQ(backoff.delay(1, 0), 0);
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

#include "resil/breaker/breaker_word.h"

#include <gtest/gtest.h>

#include "resil/base/rng.h"

namespace resil {
namespace {

constexpr std::uint64_t kMostGeneration = BreakerWord::kGenerationMask;

// resil.h promises these bits to every host.
TEST(BreakerWord, FastWordIsTheLayoutOfTheAbi) {
  const BreakerWord word = BreakerWord::fast(3, 2500);
  EXPECT_EQ(word.raw() & 1, 1u);
  EXPECT_EQ(word.raw() >> 1 & 0xFFFFFF, 2500u);
  EXPECT_EQ(word.fast_timeout(), 2500 * kMillisecond);
  EXPECT_EQ(word.generation(), 3u);
  EXPECT_EQ(word.phase(), Phase::Closed);
  EXPECT_EQ(word.payload(), 0u);
  EXPECT_FALSE(word.window_unbegun() || word.rejection_told());
}

TEST(BreakerWord, FastWordHoldsItsExtremes) {
  const BreakerWord word = BreakerWord::fast(kMostGeneration, BreakerWord::kLongestFastTimeoutMs);
  EXPECT_TRUE(word.is_fast());
  EXPECT_EQ(word.generation(), kMostGeneration);
  EXPECT_EQ(word.fast_timeout(), 16'777'215 * kMillisecond);
}

TEST(BreakerWord, CountedWordIsTheLayoutOfTheAbi) {
  const BreakerWord word = BreakerWord::counted(3, 2500);
  EXPECT_EQ(word.raw() & 3, 2u);
  EXPECT_EQ(word.raw() >> 2 & 0xFFFFFF, 2500u);
  EXPECT_EQ(word.raw() >> 44, 3u);
  EXPECT_TRUE(word.is_counted() && word.elidable());
  EXPECT_FALSE(word.is_fast());
  EXPECT_EQ(word.fast_timeout(), 2500 * kMillisecond);
  EXPECT_EQ(word.generation(), 3u);
  EXPECT_EQ(word.phase(), Phase::Closed);
  EXPECT_EQ(word.payload(), 0u);
  EXPECT_FALSE(word.window_unbegun() || word.rejection_told());
  EXPECT_FALSE(BreakerWord::fast(3, 1).is_counted());  // the timeout's lowest bit is where the form's second is
  const BreakerWord most = BreakerWord::counted(kMostGeneration, BreakerWord::kLongestFastTimeoutMs);
  EXPECT_EQ(most.generation(), kMostGeneration);
  EXPECT_EQ(most.fast_timeout(), 16'777'215 * kMillisecond);
}

TEST(BreakerWord, WhatIsNeitherOpenNorClosedHasItsOwnForm) {
  for (const std::uint64_t generation : {std::uint64_t{0}, kMostGeneration}) {
    for (const Phase phase : {Phase::NoBreaker, Phase::Shared}) {
      const BreakerWord word = BreakerWord::slow(phase, generation, 0);
      EXPECT_EQ(word.phase(), phase);
      EXPECT_EQ(word.generation(), generation);
      EXPECT_FALSE(word.elidable() || word.is_plainly_closed() || word.is_open_and_told());
    }
    for (const std::uint64_t plan : {0ULL, 1ULL, 0xFFFF'FFFFULL}) {
      const BreakerWord word = BreakerWord::slow(Phase::Rebinding, generation, plan);
      EXPECT_EQ(word.phase(), Phase::Rebinding);
      EXPECT_EQ(word.payload(), plan);
      EXPECT_EQ(word.generation(), generation);
      EXPECT_FALSE(word.rejection_told() || word.window_unbegun() || word.is_plainly_closed());
    }
  }
}

TEST(BreakerWord, TheShortWaysKnowTheirWords) {
  EXPECT_TRUE(BreakerWord::slow(Phase::Closed, 7, 9).is_plainly_closed());
  EXPECT_FALSE(BreakerWord::slow(Phase::Closed, 7, 0, true).is_plainly_closed());
  EXPECT_FALSE(BreakerWord::fast(7, 0).is_plainly_closed() || BreakerWord::counted(7, 0).is_plainly_closed());
  EXPECT_TRUE(BreakerWord::slow(Phase::Open, 7, 9, true).is_open_and_told());
  for (const bool told : {false, true}) EXPECT_FALSE(BreakerWord::half_open(7, 1, 0, told).is_open_and_told());
  EXPECT_FALSE(BreakerWord::slow(Phase::Open, 7, 9).is_open_and_told());
}

TEST(BreakerWord, SlowWordKeepsEveryFieldApart) {
  for (const Phase phase : {Phase::Closed, Phase::Open, Phase::HalfOpen}) {
    for (const std::uint64_t generation : {std::uint64_t{0}, std::uint64_t{1}, kMostGeneration}) {
      for (const std::uint64_t payload : {std::uint64_t{0}, std::uint64_t{1}, BreakerWord::kPayloadMask}) {
        for (const bool flag : {false, true}) {
          const BreakerWord word = BreakerWord::slow(phase, generation, payload, flag);
          EXPECT_FALSE(word.is_fast());
          EXPECT_EQ(word.phase(), phase);
          EXPECT_EQ(word.generation(), generation);
          EXPECT_EQ(word.payload(), payload);
          EXPECT_EQ(word.window_unbegun(), flag && phase == Phase::Closed);
          EXPECT_EQ(word.rejection_told(), flag && phase != Phase::Closed);
          EXPECT_EQ(word.with_rejection_told(), BreakerWord::slow(phase, generation, payload, true));
        }
      }
    }
  }
}

TEST(BreakerWord, GenerationsWrapWithoutTouchingTheirNeighbours) {
  EXPECT_EQ(BreakerWord::slow(Phase::Open, kMostGeneration + 1, 77, true), BreakerWord::slow(Phase::Open, 0, 77, true));
  EXPECT_EQ(BreakerWord::fast(kMostGeneration + 1, 5), BreakerWord::fast(0, 5));
}

TEST(BreakerWord, HalfOpenCountsPermitsAndSuccesses) {
  const BreakerWord word = BreakerWord::half_open(9, 65'535, 65'534, true);
  EXPECT_EQ(word.phase(), Phase::HalfOpen);
  EXPECT_EQ(word.generation(), 9u);
  EXPECT_EQ(word.permits_given(), 65'535u);
  EXPECT_EQ(word.successes(), 65'534u);
  EXPECT_TRUE(word.rejection_told());
}

// A host that skips begin and end compares words: two states must never look alike.
TEST(BreakerWord, AFastWordNeverEqualsASlowOne) {
  EXPECT_NE(BreakerWord::fast(0, 0), BreakerWord::slow(Phase::Closed, 0, 0));
  EXPECT_NE(BreakerWord::fast(1, 0), BreakerWord::fast(0, 0));
  EXPECT_NE(BreakerWord::fast(0, 1), BreakerWord::fast(0, 0));
}

constexpr Nanos kMinute = 60 * kSecond;

TEST(RestoreMoment, IsExactWithinFourAndAHalfMinutes) {
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const auto moment = static_cast<Nanos>(random_at(1, i));
    const Nanos off = static_cast<Nanos>(random_at(2, i) % static_cast<std::uint64_t>(9 * kMinute)) - 9 * kMinute / 2;
    const Nanos near = add_saturated(moment, off);
    ASSERT_EQ(restore_moment(moment_bits(moment), near), moment) << moment << " from " << near;
  }
}

// The low bits wrap every 2^39 ns: on each side of each wrap.
TEST(RestoreMoment, CrossesEveryWrapOfTheLowBits) {
  for (const Nanos wrap :
       {Nanos{1} << 39, Nanos{1} << 40, Nanos{3} << 39, -(Nanos{1} << 39), Nanos{0}, Nanos{1} << 32}) {
    for (const Nanos step : {-4 * kMinute, -kSecond, Nanos{-1}, Nanos{0}, Nanos{1}, kSecond, 4 * kMinute}) {
      EXPECT_EQ(restore_moment(moment_bits(wrap), wrap + step), wrap);
      EXPECT_EQ(restore_moment(moment_bits(wrap + step), wrap), wrap + step);
    }
  }
}

TEST(RestoreMoment, HoldsAtTheEndsOfTime) {
  EXPECT_EQ(restore_moment(moment_bits(kForever), kForever), kForever);
  EXPECT_EQ(restore_moment(moment_bits(kForever), kForever - kMinute), kForever);
  EXPECT_EQ(restore_moment(moment_bits(kReadClock + 1), kReadClock + 1), kReadClock + 1);
}

}  // namespace
}  // namespace resil

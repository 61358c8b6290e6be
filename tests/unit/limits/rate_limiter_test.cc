// The rate limiter against the plain generic cell rate algorithm in exact fractions.
#include "resil/limits/rate_limiter.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "resil/base/rng.h"
#include "support/hooked_atomic.h"

namespace resil {
namespace {

using Limiter = RateLimiter<std::atomic>;
using Wide = __int128;

// Moments as multiples of 1 / rate nanoseconds, which is exact and, in 128 bits, never wraps.
class Reference {
 public:
  Reference(std::int64_t rate, Nanos per, std::int64_t burst) : rate_(rate), per_(per), burst_(burst) {}

  Nanos take(Nanos now) {
    const Wide at = Wide{now} * rate_, early = due_ - at - Wide{per_} * (burst_ - 1);
    if (started_ && early > 0) return static_cast<Nanos>((early + rate_ - 1) / rate_);
    due_ = (started_ ? std::max(due_, at) : at) + per_;
    started_ = true;
    return 0;
  }

 private:
  Wide rate_, per_, burst_, due_ = 0;
  bool started_ = false;
};

struct Rate {
  std::int64_t rate;
  Nanos per;
  std::int64_t burst;
};

constexpr Rate kRates[] = {
    {1, kSecond, 1},
    {3, kSecond, 1},
    {7, 2 * kSecond, 5},
    {100, kSecond, 20},
    {5, 60 * kSecond, 2},
    {12'345, kSecond, 3},
    {999'983, kSecond, 1000},
    {999'999'937, kSecond, 1},
    {999'999'937, kSecond, 1'000'000'000},
    {1, 1, 1},
    {1'000'000'000, kSecond, 1'000'000'000},
    {1, 365 * 86'400 * kSecond, 30},
};

TEST(RateLimiter, IsTheExactAlgorithm) {
  for (const Rate& rate : kRates) {
    Limiter limiter(Spacing::of(rate.rate, rate.per, rate.burst));
    Reference reference(rate.rate, rate.per, rate.burst);
    const Nanos spacing = std::max<Nanos>(1, rate.per / rate.rate);
    Nanos now = 1'000'000'007;
    std::uint64_t random = 0;
    int taken = 0;
    for (int i = 0; i < 20'000 && now < INT64_MAX / 2; ++i) {
      // Mostly faster than the rate; sometimes so long afterwards that units have wrapped round.
      const std::uint64_t roll = random_at(7, random++);
      const Nanos most = roll % 100 == 0 ? Nanos{1} << (roll >> 8) % 50 : roll % 4 == 0 ? 3 * spacing : spacing;
      now = add_saturated(
          now, static_cast<Nanos>(scale_random(random_at(7, random++), static_cast<std::uint64_t>(most) + 1)));
      const Nanos wait = limiter.wait(now), expected = reference.take(now);
      ASSERT_EQ(wait, expected) << rate.rate << " in " << rate.per << ", step " << i;
      ASSERT_EQ(limiter.take(now).wait, expected);
      taken += expected == 0 ? 1 : 0;
    }
    EXPECT_GT(taken, 0);
  }
}

TEST(RateLimiter, TheWaitIsExact) {
  Limiter limiter(Spacing::of(3, kSecond, 1));
  for (Nanos now = 5; now < 20 * kSecond;) {
    ASSERT_EQ(limiter.take(now).wait, 0);
    const Nanos wait = limiter.take(now).wait;
    ASSERT_GT(limiter.take(now + wait - 1).wait, 0);
    now += wait;
  }
}

TEST(RateLimiter, ABurstComesAtOnceAndThenTheRate) {
  Limiter limiter(Spacing::of(10, kSecond, 4));
  EXPECT_EQ(limiter.available(0), 4);
  for (std::int64_t left = 3; left >= 0; --left) {
    EXPECT_EQ(limiter.take(0).wait, 0);
    EXPECT_EQ(limiter.available(0), left);
  }
  EXPECT_EQ(limiter.take(0).wait, 100 * kMillisecond);
  EXPECT_EQ(limiter.available(250 * kMillisecond), 2);
  EXPECT_EQ(limiter.available(3600 * kSecond), 4) << "and no more, however long nobody came";
}

TEST(RateLimiter, WhatIsGivenBackWasNeverTaken) {
  Limiter limiter(Spacing::of(1, kSecond, 1));
  const Limiter::Taken taken = limiter.take(10);
  EXPECT_TRUE(limiter.undo(taken));
  EXPECT_EQ(limiter.take(10).wait, 0);
  EXPECT_EQ(limiter.take(10).wait, kSecond);
}

TEST(RateLimiter, NothingIsGivenBackBehindOthers) {
  Limiter limiter(Spacing::of(1, kSecond, 2));
  const Limiter::Taken first = limiter.take(10);
  EXPECT_EQ(limiter.take(12).wait, 0);
  EXPECT_FALSE(limiter.undo(first)) << "the second one was told by a word that had the first in it";
  EXPECT_EQ(limiter.take(12).wait, kSecond - 2);
}

TEST(RateLimiter, IdleForLongerThanItsUnitsGo) {
  constexpr std::int64_t kOdd = 999'999'937;
  const Nanos round = static_cast<Nanos>((~std::uint64_t{0}) / kOdd);  // 18 s
  for (Nanos idle = round / 2 - 5; idle < round + 10; idle += round / 16) {
    Limiter limiter(Spacing::of(kOdd, kSecond, 1'000'000));
    ASSERT_EQ(limiter.take(0).wait, 0);
    ASSERT_EQ(limiter.wait(idle), 0) << idle;
    ASSERT_EQ(limiter.available(idle), 1'000'000);
    for (int i = 0; i < 100; ++i) ASSERT_EQ(limiter.take(idle).wait, 0) << idle;
  }
}

TEST(RateLimiter, AnyMomentIsSurvived) {
  for (const Nanos now : {INT64_MIN + 1, Nanos{-5}, Nanos{0}, INT64_MAX - 1}) {
    Limiter limiter(Spacing::of(2, kSecond, 1));
    EXPECT_EQ(limiter.take(now).wait, 0);
    EXPECT_EQ(limiter.take(now).wait, kSecond / 2);
  }
}

TEST(RateLimiter, RestartForgets) {
  Limiter limiter(Spacing::of(1, kSecond, 1));
  limiter.take(0);
  limiter.restart();
  EXPECT_EQ(limiter.take(1).wait, 0);
}

TEST(RateLimiter, CountableIsWhatFits) {
  EXPECT_TRUE(Spacing::countable(1, kSecond, 1'000'000'000));
  EXPECT_TRUE(Spacing::countable(999'999'937, kSecond, 1'000'000'000));
  EXPECT_FALSE(Spacing::countable(999'999'937, 3600 * kSecond, 1'000'000'000));
  EXPECT_FALSE(Spacing::countable(1, INT64_MAX, 1));
}

TEST(RateLimiter, CountableToTheEdge) {
  constexpr std::int64_t kMost = std::int64_t{1} << 61, kBillion = 1'000'000'000;
  EXPECT_TRUE(Spacing::countable(1, kMost, 1));
  EXPECT_FALSE(Spacing::countable(1, kMost + 1, 1));
  EXPECT_TRUE(Spacing::countable(1, kMost / kBillion, kBillion));
  EXPECT_FALSE(Spacing::countable(1, kMost / kBillion + 1, kBillion));
  EXPECT_TRUE(Spacing::countable(kBillion, 10 * kSecond, kBillion))
      << "what rate and per have in common does not count";
}

// busy_until is raised far beyond need, seldom; whoever comes shortly before it is over raises it again.
TEST(RateLimiter, NothingIsForgottenWhereABusyTimeEnds) {
  const Spacing spacing = Spacing::of(1, 1'000 * kSecond, 1);
  for (const Nanos before : {Nanos{0}, Nanos{1}, kSecond, 999 * kSecond, 1'000 * kSecond, 1'001 * kSecond}) {
    Limiter limiter(spacing);
    ASSERT_EQ(limiter.take(0).wait, 0);
    const Nanos end = spacing.longest + spacing.ahead, at = end - before;
    ASSERT_EQ(limiter.take(at).wait, 0) << before;
    for (const Nanos later : {Nanos{1}, before, before + 1, 999 * kSecond}) {
      if (later >= 1'000 * kSecond) continue;
      EXPECT_EQ(limiter.take(at + later).wait, 1'000 * kSecond - later) << before << " " << later;
      EXPECT_EQ(limiter.wait(at + later), 1'000 * kSecond - later);
      EXPECT_EQ(limiter.available(at + later), 0);
    }
    EXPECT_EQ(limiter.available(at + 1'000 * kSecond), 1);
  }
}

// A thread that slept between looking and raising does not lower what others raised meanwhile.
TEST(RateLimiter, ASleeperTakesNothingBack) {
  // Its units make busy_until last for a second only.
  const Spacing spacing = Spacing::of(999'999'937, 1'000'000 * kSecond, 1);
  const Nanos later = 10 * kSecond;
  for (int nth = 1; nth <= 4; ++nth) {
    RateLimiter<testing::HookedAtomic> limiter(spacing);
    ASSERT_EQ(limiter.take(5).wait, 0);
    Nanos other = -1;
    testing::before(testing::Access::Swap, nullptr, nth, [&] { other = limiter.take(later).wait; });
    const Nanos own = limiter.take(2 * kSecond).wait;
    testing::Hook::on_access = nullptr;
    if (other < 0) continue;  // fewer swaps than that
    EXPECT_TRUE(own == 0 || other == 0) << nth;
    EXPECT_GT(limiter.take(later).wait, 0) << nth << ": that share was taken";
  }
}

}  // namespace
}  // namespace resil

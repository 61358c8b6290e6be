#include "resil/limits/concurrency_limiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "resil/base/rng.h"

namespace resil {
namespace {

using Limiter = ConcurrencyLimiter<std::atomic>;

constexpr Nanos kNow = 1'000 * kSecond;
const Grace kUsual = Grace::of(0);

Nanos length_of(const Grace& grace) { return static_cast<Nanos>(grace.epoch_units << Grace::kUnitBits); }

TEST(ConcurrencyLimiter, AsManyAsTheLimitAndNoMore) {
  for (const std::uint32_t limit : {1U, 2U, 50U, Limiter::kMost}) {
    Limiter limiter;
    for (std::uint32_t i = 0; i < limit; ++i) ASSERT_TRUE(limiter.begin(kNow, kUsual, limit));
    EXPECT_FALSE(limiter.begin(kNow, kUsual, limit));
    EXPECT_EQ(limiter.in_flight(kNow, kUsual), limit);
    limiter.end(kNow, kUsual);
    EXPECT_TRUE(limiter.begin(kNow + 1, kUsual, limit));
    EXPECT_FALSE(limiter.begin(kNow + 1, kUsual, limit));
  }
}

TEST(ConcurrencyLimiter, ALostPlaceComesBackAfterOneGraceAndBeforeTwo) {
  for (const Nanos timeout : {Nanos{0}, 30 * kSecond, 31 * kSecond, 600 * kSecond, 86'400 * kSecond}) {
    const Nanos law = std::max<Nanos>(60 * kSecond, 2 * timeout);
    const Grace grace = Grace::of(timeout);
    for (int part = 0; part < 50; ++part) {
      const Nanos began = kNow + length_of(grace) / 25 * part;
      Limiter limiter;
      ASSERT_TRUE(limiter.begin(began, grace, 1));
      EXPECT_FALSE(limiter.begin(began + law, grace, 1));
      EXPECT_TRUE(limiter.begin(began + 2 * law, grace, 1)) << timeout;
      limiter.end(began, grace);
      EXPECT_FALSE(limiter.begin(began + 2 * law, grace, 1)) << "the place is another's by now";
    }
  }
}

TEST(ConcurrencyLimiter, TheUsualGraceIsAMinuteToAMinuteAndAHalf) {
  EXPECT_EQ(kUsual, Grace::of(30 * kSecond));
  EXPECT_EQ(kUsual.number, 0u);
  EXPECT_GE(2 * length_of(kUsual), 60 * kSecond);
  EXPECT_LE(3 * length_of(kUsual), 90 * kSecond + 10 * kMillisecond);
}

TEST(ConcurrencyLimiter, EveryTimeoutHasAGrace) {
  unsigned before = 0;
  for (Nanos timeout = kSecond; timeout > 0 && timeout < INT64_MAX / 2; timeout += timeout / 7) {
    const Grace grace = Grace::of(timeout);
    ASSERT_LT(grace.number, Grace::kClasses);
    ASSERT_GE(grace.number, before);
    ASSERT_GE(length_of(grace), std::max<Nanos>(timeout, 30 * kSecond));
    ASSERT_LE(length_of(grace), std::max<Nanos>(timeout, 30 * kSecond) / 100 * 113 + kSecond);
    before = grace.number;
  }
  EXPECT_EQ(Grace::of(INT64_MAX).number + 1, Grace::kClasses) << "there is one for the longest, and none beyond it";
  EXPECT_GE(Grace::of(INT64_MAX).epoch_units, (std::uint64_t{1} << 62) >> Grace::kUnitBits);
}

// Against a list of who is in, where nobody stays as long as the grace.
TEST(ConcurrencyLimiter, IsExactWhereNobodyIsLost) {
  Limiter limiter;
  std::vector<Nanos> in;
  Nanos now = -300 * kSecond;  // over the zero of the clock, too
  std::uint64_t random = 0;
  for (int i = 0; i < 50'000; ++i) {
    now += static_cast<Nanos>(random_at(1, random++) % (2 * kSecond));
    std::sort(in.begin(), in.end());
    while (!in.empty() && now - in.front() > 55 * kSecond) {
      limiter.end(in.front(), kUsual);
      in.erase(in.begin());
    }
    if (random_at(1, random++) % 2 == 0) {
      const bool let_in = limiter.begin(now, kUsual, 20);
      ASSERT_EQ(let_in, in.size() < 20);
      if (let_in) in.push_back(now);
    } else if (!in.empty()) {
      const std::size_t which = random_at(1, random++) % in.size();
      limiter.end(in[which], kUsual);
      in.erase(in.begin() + static_cast<std::ptrdiff_t>(which));
    }
    ASSERT_EQ(limiter.in_flight(now, kUsual), in.size());
  }
}

TEST(ConcurrencyLimiter, AClockThatIsBehindIsCountedWhereItEnds) {
  Limiter limiter;
  ASSERT_TRUE(limiter.begin(kNow, kUsual, 3));
  for (int epochs : {1, 2}) {
    const Nanos earlier = kNow - epochs * length_of(kUsual);
    ASSERT_TRUE(limiter.begin(earlier, kUsual, 3));
    EXPECT_EQ(limiter.in_flight(kNow, kUsual), 2u);
    limiter.end(earlier, kUsual);
    EXPECT_EQ(limiter.in_flight(kNow, kUsual), 1u);
  }
  // Read a whole grace ago: neither counted nor given back, and never beyond the limit.
  const Nanos long_ago = kNow - 5 * length_of(kUsual);
  EXPECT_TRUE(limiter.begin(long_ago, kUsual, 2));
  EXPECT_FALSE(limiter.begin(long_ago, kUsual, 1));
  limiter.end(long_ago, kUsual);
  EXPECT_EQ(limiter.in_flight(kNow, kUsual), 1u);
}

TEST(ConcurrencyLimiter, NobodyForAsLongAsTheEpochsNumberGoes) {
  const Nanos round = (Nanos{1} << 16) * length_of(kUsual);  // 22 days
  for (int part = 1; part <= 64; ++part) {
    Limiter limiter;  // with a place that was lost
    ASSERT_TRUE(limiter.begin(kNow, kUsual, 2));
    Nanos now = kNow + round / 64 * part;
    ASSERT_TRUE(limiter.begin(now, kUsual, 2)) << part;
    limiter.end(now, kUsual);
    now += round / 64;
    ASSERT_TRUE(limiter.begin(now, kUsual, 1)) << "it came back";
  }
  for (Nanos epoch = 0; epoch < 1 << 16; epoch += 13) {
    Limiter fresh;
    const Nanos now = kNow + epoch * length_of(kUsual);
    ASSERT_TRUE(fresh.begin(now, kUsual, 1));
    fresh.end(now, kUsual);
    ASSERT_EQ(fresh.in_flight(now, kUsual), 0u) << "whatever the number of the epoch it begins in";
  }
}

TEST(ConcurrencyLimiter, AnEndOfNothingTakesNothing) {
  Limiter limiter;
  limiter.end(kNow, kUsual);
  EXPECT_EQ(limiter.in_flight(kNow, kUsual), 0u);
  ASSERT_TRUE(limiter.begin(kNow, kUsual, 1));
  limiter.end(kNow, kUsual);
  limiter.end(kNow, kUsual);
  EXPECT_EQ(limiter.in_flight(kNow, kUsual), 0u);
}

TEST(ConcurrencyLimiter, ALowerLimitWaitsForWhoIsIn) {
  Limiter limiter;
  for (int i = 0; i < 5; ++i) limiter.begin(kNow, kUsual, 5);
  EXPECT_FALSE(limiter.begin(kNow, kUsual, 2));
  for (int i = 0; i < 4; ++i) limiter.end(kNow, kUsual);
  EXPECT_TRUE(limiter.begin(kNow, kUsual, 2));
  EXPECT_FALSE(limiter.begin(kNow, kUsual, 2));
}

// A clock that is behind, of a thread that slept: up to 64 epochs it takes nothing from those who came meanwhile, and
// what it lets in beyond the three epochs that there are fields for is not counted.
TEST(ConcurrencyLimiter, ClocksThatAreBehindTakeNothingAway) {
  const Nanos epoch = length_of(kUsual), now = 1'000'000 * kSecond;
  for (const Nanos behind : {0, 1, 2, 3, 4, 5, 32, 33, 40, 63, 64}) {
    ConcurrencyLimiter<std::atomic> limiter;
    ASSERT_TRUE(limiter.begin(now, kUsual, 5));
    ASSERT_TRUE(limiter.begin(now - behind * epoch, kUsual, 5));
    EXPECT_EQ(limiter.in_flight(now, kUsual), behind < 3 ? 2u : 1u) << behind;
    limiter.end(now - behind * epoch, kUsual);
    EXPECT_EQ(limiter.in_flight(now, kUsual), 1u) << behind;
    limiter.end(now, kUsual);
    EXPECT_EQ(limiter.in_flight(now, kUsual), 0u) << behind;
  }
}

// Where nobody is in, the epoch is whoever comes next's, be its clock behind or 22 days later.
TEST(ConcurrencyLimiter, AnEmptyWordIsOfNoEpoch) {
  const Nanos epoch = length_of(kUsual), now = 5'000'000 * kSecond;
  for (const Nanos later : {-64, -10, -3, 0, 3, 65'500, 65'530, 65'535}) {
    ConcurrencyLimiter<std::atomic> limiter;
    ASSERT_TRUE(limiter.begin(now, kUsual, 1));
    limiter.end(now, kUsual);
    const Nanos then = now + later * epoch;
    ASSERT_TRUE(limiter.begin(then, kUsual, 1));
    EXPECT_FALSE(limiter.begin(then, kUsual, 1)) << later;
    EXPECT_EQ(limiter.in_flight(then, kUsual), 1u) << later;
    limiter.end(then, kUsual);
    EXPECT_EQ(limiter.in_flight(then, kUsual), 0u) << later;
  }
}

}  // namespace
}  // namespace resil

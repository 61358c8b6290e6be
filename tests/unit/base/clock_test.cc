#include "resil/base/clock.h"

#include <gtest/gtest.h>

namespace resil {
namespace {

TEST(TimeSource, AGivenTimeIsTheTime) {
  TimeSource time(-5);
  EXPECT_TRUE(time.known());
  EXPECT_EQ(time.now(), -5);
  EXPECT_EQ(time.about_now(), -5);
}

TEST(TimeSource, ReadsTheMonotonicClockOnceAndOnlyWhenAsked) {
  TimeSource time(kReadClock);
  EXPECT_FALSE(time.known());
  const Nanos before = read_clock(CLOCK_MONOTONIC);
  const Nanos read = time.now();
  EXPECT_GE(read, before);
  EXPECT_LE(read, read_clock(CLOCK_MONOTONIC));
  while (read_clock(CLOCK_MONOTONIC) == read) {}
  EXPECT_TRUE(time.known());
  EXPECT_EQ(time.now(), read);
  EXPECT_EQ(time.about_now(), read);
}

TEST(TimeSource, AMomentIsPastWhenTheExactClockSaysSo) {
  TimeSource given(10);
  EXPECT_TRUE(given.not_past(11));
  EXPECT_TRUE(given.not_past(10));
  EXPECT_FALSE(given.not_past(9));

  TimeSource far(kReadClock), near(kReadClock), past(kReadClock);
  EXPECT_TRUE(far.not_past(kForever));
  EXPECT_FALSE(far.known());  // the coarse clock was enough
  const Nanos soon = read_clock(CLOCK_MONOTONIC) + TimeSource::kCoarseLag / 2;
  EXPECT_EQ(near.not_past(soon), near.now() <= soon);
  EXPECT_TRUE(near.known());
  EXPECT_FALSE(past.not_past(read_clock(CLOCK_MONOTONIC) - 1));
}

TEST(TimeSource, AStampComesFromTheSameClock) {
  const TimeSource time(kReadClock);
  const Nanos stamp = time.about_now();
  EXPECT_LE(stamp, read_clock(CLOCK_MONOTONIC));  // the coarse clock lags, it never leads
  EXPECT_GT(stamp, read_clock(CLOCK_MONOTONIC) - kSecond);
  EXPECT_FALSE(time.known());  // a stamp decides nothing
}

}  // namespace
}  // namespace resil

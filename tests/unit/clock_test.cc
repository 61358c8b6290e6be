#include "resil/clock.h"

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

TEST(TimeSource, AStampComesFromTheSameClock) {
  const TimeSource time(kReadClock);
  const Nanos stamp = time.about_now();
  EXPECT_LE(stamp, read_clock(CLOCK_MONOTONIC));  // the coarse clock lags, it never leads
  EXPECT_GT(stamp, read_clock(CLOCK_MONOTONIC) - kSecond);
  EXPECT_FALSE(time.known());  // a stamp decides nothing
}

}  // namespace
}  // namespace resil

// Other threads' steps between two looks of one that moves a window of time on.
#include <gtest/gtest.h>

#include "resil/breaker/time_window.h"
#include "support/hooked_atomic.h"

namespace resil {
namespace {

using testing::Access;
using testing::HookedAtomic;
using Cells = WindowCells<HookedAtomic>;
using Window = TimeWindow<HookedAtomic>;

// Buckets of ten nanoseconds.
class TimeWindowRace : public ::testing::Test {
 protected:
  void TearDown() override { testing::Hook::on_access = nullptr; }

  // The bucket of that moment; -1: the generation is over.
  std::int64_t bucket(Nanos now, std::uint32_t generation) {
    TimeSource time(now);
    std::int64_t found = 0;
    return window_.bucket(
               generation, time, [&] { return generation == current_; }, found)
               ? found
               : -1;
  }
  void fail(Nanos now) {
    const std::int64_t at = bucket(now, current_);
    ASSERT_TRUE(window_.add(Window::Failed, 0, current_, at, [] { return true; }));
  }
  std::int64_t failures(Nanos now) const {
    std::int64_t at = 0;
    return window_.look(current_, now, at) ? window_.sum(Window::Failed, current_, at) : 0;
  }

  std::uint32_t current_ = 6;
  Cells cells_{Window::words(10, 1), 0};
  const WindowShape shape_ = WindowShape::of(100, 10);
  Window window_{cells_, shape_, 1};
};

TEST_F(TimeWindowRace, WhoIsOvertakenByAGenerationDoesNotBringItsOwnBack) {
  fail(1'005);
  testing::before(Access::Swap, &cells_.present, 1, [&] {
    current_ = 7;
    fail(1'015);
  });
  EXPECT_EQ(bucket(1'015, 6), -1);
  EXPECT_EQ(failures(1'015), 1) << "of the new generation";
}

TEST_F(TimeWindowRace, WhoIsOvertakenByALaterBucketLeavesItThePresentOne) {
  fail(1'005);
  testing::before(Access::Swap, &cells_.present, 1, [&] { fail(1'085); });
  EXPECT_EQ(bucket(1'015, 6), 101);
  EXPECT_EQ(failures(1'085), 2);
  EXPECT_EQ(cells_.present.load() & 0xFFF, 108u);
}

// At a quarter of a round of the buckets' numbers one makes 0 what is old. What another counts meanwhile, in a bucket
// that the first does not know of, is not old.
TEST_F(TimeWindowRace, WhatIsCountedWhileOldBucketsAreMadeZeroStays) {
  constexpr Nanos kQuarter = (Nanos{1} << 18) * 10;
  for (const Nanos ahead : {Nanos{5}, Nanos{25}}) {
    current_ = ahead == 5 ? 1 : 2;
    fail(kQuarter - 5);
    testing::before(Access::Load, &cells_.buckets[0], 1, [&] { fail(kQuarter + ahead); });
    EXPECT_EQ(bucket(kQuarter + 5, current_), 1 << 18);
    testing::Hook::on_access = nullptr;
    EXPECT_EQ(failures(kQuarter + ahead), 2) << ahead;
  }
}

}  // namespace
}  // namespace resil

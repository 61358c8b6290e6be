// The edges of what a window or a slow call adds to a breaker: what is over, what is full, which clock tells.
#include <gtest/gtest.h>

#include <memory>

#include "resil/breaker/call_window.h"
#include "resil/breaker/time_window.h"
#include "support/caller.h"
#include "support/lone_breaker.h"

namespace resil {
namespace {

using testing::BreakerOptions;
using testing::LoneBreaker;
using Cells = WindowCells<std::atomic>;
constexpr auto kAlways = [] { return true; };
constexpr auto kNever = [] { return false; };

TEST(WindowEdges, CellsHoldWhatTheyHaveRoomFor) {
  const Cells cells(4, 6);
  EXPECT_TRUE(cells.hold(4, 6));
  EXPECT_TRUE(cells.hold(0, 0));
  EXPECT_FALSE(cells.hold(5, 6));
  EXPECT_FALSE(cells.hold(4, 7));
  EXPECT_FALSE(cells.hold(5, 0));
  EXPECT_FALSE(cells.hold(0, 7));
}

// Whatever its slots still hold of the generation that is over.
TEST(WindowEdges, ACallOfAGenerationThatIsOverCountsForNothing) {
  Cells cells(0, 4);
  CallWindow<std::atomic> window(cells, 4);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(window.add(1, true, false, kAlways));
  ASSERT_TRUE(window.add(2, false, false, kAlways));
  EXPECT_FALSE(window.add(1, true, true, kNever));
  EXPECT_EQ(window.totals(2).calls, 1u);
  EXPECT_EQ(window.totals(2).failures, 0u);
}

// Where the host passes no time, the coarse clock may tell the bucket only where a tick more makes no difference.
TEST(WindowEdges, TheCoarseClockNeverCountsInABucketThatIsOver) {
  constexpr std::uint32_t kBuckets = 10;
  Cells cells(TimeWindow<std::atomic>::words(kBuckets, 1), 0);
  const WindowShape shape = WindowShape::of(kBuckets * 100 * kMicrosecond, kBuckets);
  TimeWindow<std::atomic> window(cells, shape, 1);
  for (int i = 0; i < 100'000; ++i) {
    const Nanos before = read_clock(CLOCK_MONOTONIC);
    TimeSource time(kReadClock);
    std::int64_t bucket = 0;
    ASSERT_TRUE(window.bucket(0, time, kAlways, bucket));
    ASSERT_GE(bucket, window.bucket_of(before));
    ASSERT_LE(bucket, window.bucket_of(read_clock(CLOCK_MONOTONIC)));
  }
}

Ended took(Ending ending, Nanos began) { return {ending, Outcome{Outcome::kFailure}, began, nullptr}; }

TEST(WindowEdges, SlowCallsEndWithTheirInterval) {
  for (const Ending ending : {Ending::Success, Ending::Failure}) {
    LoneBreaker<> breaker({.interval = 100, .trip = "slowCalls > 1", .slow_call = 10});
    breaker.end(breaker.begin(0).permit, took(ending, 0), 20);
    EXPECT_EQ(breaker.view(20).counts.slow_calls, 1);
    EXPECT_FALSE(breaker.end(breaker.begin(150).permit, took(ending, 120), 150).happened) << "another interval";
    EXPECT_TRUE(breaker.end(breaker.begin(160).permit, took(ending, 120), 160).happened);
  }
}

// Whoever finds the interval over first: also where that is the end that would have tripped.
TEST(WindowEdges, AnEndAfterTheIntervalCountsForNothing) {
  for (const BreakerOptions& options :
       {BreakerOptions{.interval = 100, .trip = "slowCalls > 0", .slow_call = 10},
        {.interval = 100, .trip = "slowCalls > 9 || totalFailures > 0", .slow_call = 10},
        {.interval = 100, .trip = "totalFailures > 0"},
        {.interval = 100, .trip = "consecutiveFailures > 0"}}) {
    for (const Ending ending : {Ending::Success, Ending::Failure}) {
      LoneBreaker<> breaker(options);
      const Permit late = breaker.begin(0).permit;
      EXPECT_FALSE(breaker.end(late, took(ending, 0), 101).happened) << options.trip;
      EXPECT_EQ(breaker.view(101).counts, Counts{});
      EXPECT_EQ(breaker.begin(201).permit.generation, breaker.begin(101).permit.generation) << "the end began the next";
    }
  }
}

TEST(WindowEdges, ARunBesideSlowCallsHoldsAtItsEnd) {
  LoneBreaker<> breaker({.trip = "slowCalls > 5 && consecutiveFailures > 5", .slow_call = 10});
  breaker.cells.word.store(BreakerWord::slow(Phase::Closed, 0, BreakerWord::kPayloadMask).raw());
  breaker.end(breaker.begin(0).permit, took(Ending::Failure, 0), 0);
  EXPECT_EQ(breaker.word().payload(), BreakerWord::kPayloadMask);
}

TEST(WindowEdges, StatusesOfEachKindMatchByThemselves) {
  BreakerSettings settings = *testing::breaker({.trip = "consecutiveFailures > 0"});
  settings.grpc.add(14, 14);
  const PolicySet set = testing::one_app({.breaker = std::make_shared<const BreakerSettings>(settings)});
  for (const auto& [outcome, opens] : {std::pair{testing::grpc(14), true},
                                       {testing::grpc(5), false},
                                       {testing::http(503), true},
                                       {testing::kFailure, true},
                                       {testing::grpc(0), false}}) {
    testing::Caller caller(set);
    const EndpointId id = caller.app();
    caller.attempt(id, outcome);
    EXPECT_EQ(caller.state(id) == BreakerState::Open, opens) << outcome.code;
  }
}

}  // namespace
}  // namespace resil

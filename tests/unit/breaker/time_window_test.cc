// A window of time: the counts of its buckets, against plain lists of what was counted when.
#include "resil/breaker/time_window.h"

#include <gtest/gtest.h>

#include <vector>

#include "resil/base/rng.h"
#include "support/lone_breaker.h"

namespace resil {
namespace {

using Cells = WindowCells<std::atomic>;
using Window = TimeWindow<std::atomic>;
constexpr auto kAlways = [] { return true; };
constexpr auto kNever = [] { return false; };

struct LoneWindow {
  LoneWindow(Nanos length, std::uint32_t buckets, std::size_t shards = 2)
      : shape(WindowShape::of(length, buckets)),
        cells(Window::words(buckets, shards), 0),
        window(cells, shape, shards) {}

  void add(Nanos now, Window::Kind kind = Window::Failed, std::uint32_t generation = 0, std::size_t shard = 0) {
    TimeSource time(now);
    std::int64_t bucket = 0;
    ASSERT_TRUE(window.bucket(generation, time, kAlways, bucket));
    ASSERT_TRUE(window.add(kind, shard, generation, bucket, kAlways));
  }
  // As a rule would see it, which moves the window on.
  std::int64_t count(Nanos now, Window::Kind kind = Window::Failed, std::uint32_t generation = 0) {
    TimeSource time(now);
    std::int64_t bucket = 0;
    window.bucket(generation, time, kAlways, bucket);
    const std::int64_t counted = window.count(kind, generation, bucket, kAlways);
    EXPECT_EQ(counted, window.sum(kind, generation, bucket));
    return counted;
  }
  // As a snapshot would, which moves nothing.
  std::int64_t look(Nanos now, Window::Kind kind = Window::Failed, std::uint32_t generation = 0) const {
    std::int64_t bucket = 0;
    return window.look(generation, now, bucket) ? window.sum(kind, generation, bucket) : 0;
  }

  const WindowShape shape;
  Cells cells;
  Window window;
};

TEST(TimeWindow, CountsThePresentBucketAndTheOnesBeforeIt) {
  LoneWindow w(100, 10);
  w.add(1'005);
  EXPECT_EQ(w.count(1'005), 1);
  EXPECT_EQ(w.count(1'099), 1);
  EXPECT_EQ(w.count(1'100), 0) << "its bucket began at 1000, and the tenth after it has begun";
}

// 2^61 times 64 buckets is 0 in 64 bits: the first call's bucket must not be taken for the one that nobody began.
TEST(TimeWindow, CountsFromTheFirstCallOnWhateverTheClockSays) {
  for (const Nanos start : {Nanos{0}, Nanos{1} << 58, Nanos{1} << 61, Nanos{3} << 60, -(Nanos{1} << 61)}) {
    LoneWindow w(30 * kSecond, 64);
    w.add(start);
    w.add(start + kSecond);
    EXPECT_EQ(w.count(start + 2 * kSecond), 2) << start;
    EXPECT_EQ(w.look(start + 29 * kSecond), 2) << start;
    EXPECT_EQ(w.count(start + 30 * kSecond), 1) << start;
  }
}

// The rule as it is written: older than the window counts no more, younger than window*(1 - 1/n) surely does. Also
// where the window is no whole number of nanoseconds long in each bucket.
TEST(TimeWindow, NeverCountsWhatIsOlderAndAlwaysWhatIsYoungEnough) {
  std::uint64_t position = 0;
  const auto draw = [&position](std::uint64_t below) { return scale_random(random_at(5, position++), below); };
  for (const std::uint32_t buckets : {1U, 2U, 3U, 7U, 10U, 63U, 64U}) {
    for (const Nanos window : {Nanos{1'000'000}, Nanos{1'000'003}, 10 * kSecond + 1}) {
      for (int i = 0; i < 300; ++i) {
        LoneWindow w(window, buckets);
        const auto at = static_cast<Nanos>(draw(std::uint64_t{1} << (20 + draw(37))));
        w.add(at);
        const Nanos sure = window - (window + buckets - 1) / buckets;
        for (const Nanos age :
             {Nanos{0}, sure - 1, sure, static_cast<Nanos>(draw(static_cast<std::uint64_t>(sure) + 1))}) {
          if (age < 0) continue;
          ASSERT_EQ(w.look(at + age), 1) << window << "/" << buckets << " at " << at << ", age " << age;
        }
        ASSERT_EQ(w.look(at + window + 1), 0) << window << "/" << buckets << " at " << at;
      }
    }
  }
}

// In n-ths of a nanosecond: a bucket is as long as the window then, and the lag n times as long.
TEST(TimeWindow, TheCoarseClockWillDoAsFarFromABucketsEndAsItMayLag) {
  constexpr auto sure = [](Nanos window, std::uint32_t buckets) { return WindowShape::of(window, buckets).sure; };
  EXPECT_EQ(sure(10 * kSecond, 10), 10 * kSecond - 10 * TimeSource::kCoarseLag);
  EXPECT_EQ(sure(10 * TimeSource::kCoarseLag + 1, 10), 1u);
  EXPECT_EQ(sure(10 * TimeSource::kCoarseLag, 10), 0u);
  EXPECT_EQ(sure(kMillisecond, 64), 0u);
}

TEST(TimeWindow, EachKindHasItsOwnCountAndShardsAreSummed) {
  LoneWindow w(1'000, 4);
  w.add(10, Window::Begun, 0, 0), w.add(10, Window::Begun, 0, 1), w.add(300, Window::Begun, 0, 1);
  w.add(20, Window::Succeeded, 0, 1);
  w.add(30, Window::Failed);
  w.add(40, Window::Slow), w.add(50, Window::Slow);
  EXPECT_EQ(w.count(900, Window::Begun), 3);
  EXPECT_EQ(w.count(900, Window::Succeeded), 1);
  EXPECT_EQ(w.count(900, Window::Failed), 1);
  EXPECT_EQ(w.count(900, Window::Slow), 2);
  w.add(910, Window::Begun, 0, 0), w.add(910, Window::Begun, 0, 1), w.add(910, Window::Begun, 0, 1);
  EXPECT_EQ(w.count(910, Window::Begun), 6) << "of the present bucket too";
}

// Against the list of all calls, over many kinds of steps in time, generations that change and calls that are counted
// late included.
TEST(TimeWindow, IsWhatAListOfCallsSaysAtEveryStep) {
  std::uint64_t position = 0;
  const auto draw = [&position](std::uint64_t below) { return scale_random(random_at(17, position++), below); };
  for (int round = 0; round < 200; ++round) {
    const auto buckets = static_cast<std::uint32_t>(1 + draw(64));
    const auto window = static_cast<Nanos>(1'000 + draw(1'000'000));
    LoneWindow w(window, buckets);
    std::vector<std::int64_t> calls;  // the bucket of each, as a number of whole buckets since 0
    Nanos now = static_cast<Nanos>(draw(1'000'000'000'000));
    std::uint32_t generation = static_cast<std::uint32_t>(draw(1 << 20));
    for (int i = 0; i < 300; ++i) {
      const auto scale = static_cast<std::uint64_t>(window);
      now += static_cast<Nanos>(draw(draw(8) == 0 ? 3 * scale : scale / buckets + 1));
      if (draw(40) == 0) now += window * static_cast<Nanos>(draw(std::uint64_t{1} << draw(30)));
      if (draw(60) == 0) {
        generation = (generation + 1) & 0xFFFFF;
        calls.clear();
      }
      const std::int64_t present = w.window.bucket_of(now);
      ASSERT_EQ(present, static_cast<std::int64_t>(static_cast<__int128>(now) * buckets / window));
      if (draw(3) != 0) {
        w.add(now, Window::Failed, generation);
        calls.push_back(present);
      }
      // By a thread that was held up, or whose clock is behind.
      if (draw(4) == 0) {
        const Nanos then = now - static_cast<Nanos>(draw(scale));
        w.add(then, Window::Failed, generation);
        calls.push_back(w.window.bucket_of(then));
      }
      std::int64_t expected = 0;
      for (const std::int64_t bucket : calls) expected += present - bucket < buckets ? 1 : 0;
      ASSERT_EQ(w.look(now, Window::Failed, generation), expected) << "round " << round << ", step " << i;
      if (draw(2) == 0) continue;
      ASSERT_EQ(w.count(now, Window::Failed, generation), expected);
    }
  }
}

// The tag has 20 bits of a bucket's number: exactly a round later, what nobody touched must not be there again.
TEST(TimeWindow, NothingComesBackAfterAWholeRoundOfBuckets) {
  for (const std::int64_t round : {std::int64_t{1} << 20, std::int64_t{3} << 20}) {
    for (const std::int64_t step : {std::int64_t{1} << 20, std::int64_t{100'000}, (std::int64_t{1} << 18) - 1}) {
      LoneWindow w(100, 10);
      w.add(5, Window::Failed);
      // Only successes in between: they move the window on, and leave the failures' words alone.
      for (std::int64_t bucket = step; bucket < round; bucket += step) {
        w.add(bucket * 10 + 5, Window::Succeeded);
        ASSERT_EQ(w.look(bucket * 10 + 5), 0);
      }
      for (std::int64_t bucket = round - 10; bucket <= round + 10; ++bucket) {
        ASSERT_EQ(w.look(bucket * 10 + 5), 0) << "after " << bucket;
        ASSERT_EQ(w.count(bucket * 10 + 5), 0) << "after " << bucket;
      }
    }
  }
}

// Nor must the sum that was kept in a bucket with the same tag.
TEST(TimeWindow, NoSumIsTakenForOneOfARoundOfBucketsBefore) {
  constexpr std::int64_t kRound = std::int64_t{1} << 20;
  for (const std::int64_t step : {kRound, std::int64_t{100'000}, (std::int64_t{1} << 18) - 1}) {
    LoneWindow w(100, 10);
    w.add(15);
    ASSERT_EQ(w.count(25), 1);  // and kept it
    for (std::int64_t bucket = step; bucket < kRound; bucket += step) w.add(bucket * 10 + 5, Window::Succeeded);
    EXPECT_EQ(w.count(kRound * 10 + 25), 0) << step;
  }
}

TEST(TimeWindow, TheSumOfThePastIsKeptUntilTheTurnUnlessACallIsLate) {
  LoneWindow w(100, 10);
  const auto kept = [&w](std::int64_t bucket) {
    std::uint64_t sum = 0;
    return PastSum::tells(w.cells.past[Window::Failed].load(), 0, bucket, sum) ? static_cast<std::int64_t>(sum) : -1;
  };
  w.add(905), w.add(995);
  EXPECT_EQ(kept(99), -1) << "nobody asked";
  EXPECT_EQ(w.count(995), 2);
  EXPECT_EQ(kept(99), 1);
  w.add(995);
  EXPECT_EQ(w.count(995), 3) << "and the present one grows";
  EXPECT_EQ(kept(99), 1);
  w.add(1'005);
  EXPECT_EQ(w.count(1'005), 3) << "905 is out";
  EXPECT_EQ(kept(100), 2);
  w.add(995);
  EXPECT_EQ(kept(100), -1);
  EXPECT_EQ(w.count(1'005), 4);
  EXPECT_EQ(kept(100), -1) << "another may be as late";
  EXPECT_EQ(w.count(1'015), 4);
  EXPECT_EQ(kept(101), 4);
  w.add(925), w.add(1'015);
  EXPECT_EQ(kept(101), -1) << "the oldest that is in the window";
  EXPECT_EQ(w.count(1'025), 5) << "it is out again";
  EXPECT_EQ(kept(102), 5);
}

TEST(TimeWindow, ACallThatIsOutOfTheWindowLeavesTheSum) {
  LoneWindow w(100, 10);
  w.add(995), w.add(1'005);
  ASSERT_EQ(w.count(1'005), 2);
  const std::uint64_t kept = w.cells.past[Window::Failed].load();
  w.add(905);
  EXPECT_EQ(w.cells.past[Window::Failed].load(), kept) << "a round of slots is 16 long, and the window 10";
  w.add(915);
  EXPECT_NE(w.cells.past[Window::Failed].load(), kept);
}

TEST(TimeWindow, AGenerationThatIsOverKeepsNoSum) {
  LoneWindow w(100, 10);
  w.add(995, Window::Failed, 7), w.add(1'005, Window::Failed, 7);
  ASSERT_EQ(w.count(1'005, Window::Failed, 7), 2);
  const std::uint64_t kept = w.cells.past[Window::Failed].load();
  EXPECT_EQ(w.window.count(Window::Failed, 6, 100, kNever), 0);
  EXPECT_EQ(w.cells.past[Window::Failed].load(), kept);
}

TEST(TimeWindow, ALookAfterALongSilenceSeesNothing) {
  LoneWindow w(100, 10);
  w.add(5);
  EXPECT_EQ(w.look((Nanos{1} << 20) * 10 + 5), 0);
  EXPECT_EQ(w.look(5), 1) << "and moves nothing";
}

TEST(TimeWindow, ALateThreadCountsWhereItsMomentBelongs) {
  LoneWindow w(100, 10);
  w.add(1'005);
  w.add(995);
  EXPECT_EQ(w.count(1'005), 2);
  EXPECT_EQ(w.count(1'089), 2);
  EXPECT_EQ(w.count(1'095), 1) << "the one of 995 is out";
  w.add(835);  // its slot has a later bucket: it is older than the window
  EXPECT_EQ(w.count(1'095), 1);
}

TEST(TimeWindow, AClockThatWasFarAheadDoesNotStopTheWindow) {
  LoneWindow w(100, 10);
  w.add(((Nanos{1} << 40) + 100) * 10 + 5);  // its bucket has the tag of the one of 1005
  EXPECT_EQ(w.count(1'005), 0);
  w.add(1'005);
  EXPECT_EQ(w.count(1'005), 1);
  EXPECT_EQ(w.count(1'105), 0);
}

// What a clock that was ahead had counted is made 0 when it is set right: else it would be there when time comes to it.
TEST(TimeWindow, WhatAClockThatWasFarAheadCountedIsForgotten) {
  for (const std::int64_t ahead : {std::int64_t{1} << 17, std::int64_t{1} << 18, std::int64_t{1} << 20}) {
    for (const std::int64_t present : {-(std::int64_t{1} << 17), std::int64_t{-1} << 18, std::int64_t{-5}}) {
      if (ahead - present < std::int64_t{1} << 18) continue;  // nearer than that it may be a thread that was held up
      LoneWindow w(100, 10);
      w.add(ahead * 10);
      w.add(present * 10);
      EXPECT_EQ(w.look(ahead * 10 + 1), 0);
      w.add(ahead * 10 + 1);
      EXPECT_EQ(w.count(ahead * 10 + 2), 1) << "from " << present << " to " << ahead;
    }
  }
}

// Where a bucket is shorter than the coarse clock may lag, only the exact one tells which is the present one; where
// both ends of the doubt are in one bucket, nobody needs to know better.
TEST(TimeWindow, TheExactClockIsReadWhereTheCoarseOneLeavesADoubt) {
  LoneWindow brief(10 * (TimeSource::kCoarseLag - 1), 10);
  for (int i = 0; i < 10; ++i) {
    brief.add(TimeSource(kReadClock).about_now());
    TimeSource time(kReadClock);
    std::int64_t bucket = 0;
    ASSERT_TRUE(brief.window.bucket(0, time, kAlways, bucket));
    EXPECT_TRUE(time.known());
    EXPECT_EQ(bucket, brief.window.bucket_of(time.now()));
  }
  LoneWindow lasting(INT64_MAX, 1);
  lasting.add(kReadClock);
  TimeSource time(kReadClock);
  std::int64_t bucket = 0;
  ASSERT_TRUE(lasting.window.bucket(0, time, kAlways, bucket));
  EXPECT_FALSE(time.known());
}

TEST(TimeWindow, BucketsBeforeZeroBeginAtTheirNumberToo) {
  const LoneWindow w(100, 10);
  for (const Nanos now : {Nanos{-11}, Nanos{-10}, Nanos{-1}, Nanos{0}, Nanos{9}, Nanos{10}}) {
    EXPECT_EQ(w.window.bucket_of(now), now < -10 ? -2 : now < 0 ? -1 : now < 10 ? 0 : 1);
  }
}

TEST(TimeWindow, EveryMomentHasABucket) {
  for (const Nanos now : {kReadClock + 1, Nanos{-1}, Nanos{0}, kForever}) {
    for (const std::uint32_t buckets : {1U, 64U}) {
      LoneWindow w(kMillisecond, buckets);
      w.add(now);
      EXPECT_EQ(w.count(now), 1);
      EXPECT_EQ(w.look(now), 1);
    }
  }
}

TEST(TimeWindow, AGenerationThatIsOverCountsNothing) {
  LoneWindow w(100, 10);
  w.add(1'005, Window::Failed, 7);
  std::int64_t bucket = 0;
  TimeSource time(1'005);
  EXPECT_FALSE(w.window.bucket(6, time, kNever, bucket));
  ASSERT_TRUE(w.window.bucket(7, time, kNever, bucket));
  EXPECT_FALSE(w.window.add(Window::Failed, 0, 6, bucket, kNever));
  EXPECT_EQ(w.count(1'005, Window::Failed, 7), 1);
}

TEST(TimeWindow, ACountHoldsAtItsEnd) {
  LoneWindow w(100, 1);
  w.add(5);
  for (std::size_t i = 0; i < w.cells.bucket_count; ++i) {
    if (w.cells.buckets[i].load() != 0) w.cells.buckets[i].store(w.cells.buckets[i].load() | BucketWord::kMost);
  }
  w.add(5);
  EXPECT_EQ(w.count(5), static_cast<std::int64_t>(BucketWord::kMost));
}

// Tags have 12 bits of a generation: whoever begins one makes 0 of what older ones left, before it could be taken for
// the present one's.
TEST(TimeWindow, NoGenerationFindsWhatOneWithTheSameTagLeft) {
  testing::LoneBreaker<std::atomic> breaker({.timeout = 1, .trip = "totalFailures > 3", .window = kSecond});
  breaker.fail(2, 10);
  const Nanos now = kSecond / 10;  // the bucket after
  breaker.fail(1, now);
  for (int change = 0; change < (1 << 12); ++change) {
    const BreakerWord word = breaker.word();
    const BreakerWord next = breaker.plan.closed_word(word.generation() + 1, 0);
    breaker.cells.word.store(next.raw());
    freshen_if_due<std::atomic>(next.generation(), breaker.cells.word, std::span(breaker.tallies));
  }
  EXPECT_EQ(breaker.view(now).counts.total_failures, 0);
  breaker.fail(3, now);
  EXPECT_EQ(breaker.state(now), BreakerState::Closed);
  breaker.fail(1, now);
  EXPECT_EQ(breaker.state(now), BreakerState::Open);
}

}  // namespace
}  // namespace resil

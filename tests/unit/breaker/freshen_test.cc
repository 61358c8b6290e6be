// Tags come again after 2^20 generations (2^12 and 2^13 in a window's words): whoever begins a generation makes the old
// ones new in time, every count of every shard.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>

#include "resil/breaker/breaker_cells.h"
#include "support/lone_breaker.h"

namespace resil {
namespace {

using Cells = WindowCells<std::atomic>;
using OneTally = Tally<std::atomic>;
using Count = TaggedCount<std::atomic> OneTally::*;

constexpr std::uint32_t kQuarter = 1U << 18;
constexpr Count kCounts[] = {&OneTally::requests, &OneTally::successes, &OneTally::failures,
                             &OneTally::run,      &OneTally::slow,      &OneTally::successes_before_failure};

struct Kept {
  Kept() { tallies[0].windows.store(&windows); }

  // As it was left by a generation that has this number's tag: 2^20 generations ago.
  void put(std::uint32_t generation) {
    for (OneTally& tally : tallies) {
      for (const Count count : kCounts) (tally.*count).put(generation, 5);
    }
    windows.position.put(generation, 5);
    windows.shadowed.put(generation, 5);
    windows.buckets[1].store(BucketWord::zero(generation, 3) + 5);
    windows.totals.store(WindowTotals{.calls = 5, .failures = 1, .slow = 1}.word(generation));
    windows.calls[1].store(CallWord::pack(generation, 5, true, true));
  }
  void begin(std::uint32_t generation) {
    word.store(BreakerWord::slow(Phase::Closed, generation, 0).raw());
    freshen_if_due<std::atomic>(generation, word, std::span(tallies));
  }
  // Which counts are shown in a generation, one sign for each.
  std::string tallies_in(std::uint32_t generation) const {
    std::string text;
    for (const OneTally& tally : tallies) {
      for (const Count count : kCounts) text += (tally.*count).read(generation) != 0 ? '+' : '-';
    }
    for (const auto* count : {&windows.position, &windows.shadowed}) text += count->read(generation) != 0 ? '+' : '-';
    return text + (CallWord::of_generation(windows.calls[1].load(), generation) ? '+' : '-');
  }
  std::string window_in(std::uint32_t generation) const {
    const bool bucket = BucketWord::same_generation(windows.buckets[1].load(), generation) &&
                        BucketWord::number(windows.buckets[1].load()) != 0;
    const bool totals = WindowTotals::of_generation(windows.totals.load(), generation) &&
                        WindowTotals::of(windows.totals.load()).calls != 0;
    return std::string(bucket ? "+" : "-") + (totals ? "+" : "-");
  }

  std::array<OneTally, 2> tallies;
  Cells windows{4, 4};
  std::atomic<std::uint64_t> word{0};
};

const std::string kAll(15, '+'), kNone(15, '-');

TEST(Freshen, EveryQuarterOfARoundMakesAllTagsNew) {
  for (const std::uint32_t begun : {0U, kQuarter, 2 * kQuarter, 3 * kQuarter}) {
    for (const std::uint32_t ahead : {1U, 3U, kQuarter - 1}) {
      Kept kept;
      kept.put(begun + ahead);
      ASSERT_EQ(kept.tallies_in(begun + ahead), kAll);
      kept.begin(begun);
      EXPECT_EQ(kept.tallies_in(begun + ahead), kNone) << begun << " + " << ahead;
      EXPECT_EQ(kept.window_in(begun + ahead), "--") << begun << " + " << ahead;
    }
  }
}

TEST(Freshen, InBetweenNothingIsTouched) {
  for (const std::uint32_t begun : {1U, 1023U, kQuarter - 1, kQuarter + 1, 2 * kQuarter - 1}) {
    Kept kept;
    kept.put(77);
    kept.begin(begun);
    EXPECT_EQ(kept.tallies_in(77), kAll) << begun;
    EXPECT_EQ(kept.window_in(77), "++") << begun;
  }
}

// The words of a window have fewer bits for the generation, and no more than that is made new.
TEST(Freshen, Every1024thGenerationMakesAWindowsWordsNew) {
  for (const std::uint32_t begun : {1024U, 5 * 1024U, kQuarter - 1024}) {
    Kept kept;
    kept.put(begun + 77);
    kept.begin(begun);
    EXPECT_EQ(kept.window_in(begun + 77), "--") << begun;
    EXPECT_EQ(kept.tallies_in(begun + 77), kAll) << begun;
  }
}

TEST(Freshen, WhatTheGenerationItselfHasCountedStays) {
  Kept kept;
  kept.put(kQuarter);
  kept.begin(kQuarter);
  EXPECT_EQ(kept.tallies_in(kQuarter), kAll);
  EXPECT_EQ(kept.window_in(kQuarter), "++");
}

// Whoever began it and slept touches nothing that a later generation may have counted.
TEST(Freshen, AGenerationThatIsOverMakesNothingNew) {
  Kept kept;
  kept.put(kQuarter + 1);
  kept.word.store(BreakerWord::slow(Phase::Closed, kQuarter + 1, 0).raw());
  freshen_if_due<std::atomic>(kQuarter, kept.word, std::span(kept.tallies));
  EXPECT_EQ(kept.tallies_in(kQuarter + 1), kAll);
  EXPECT_EQ(kept.window_in(kQuarter + 1), "++");
}

// Whatever begins a generation: a trip, a window's end, a first permit, a breaker closed again.
TEST(Freshen, EachChangeOfABreakerDoesIt) {
  constexpr std::uint32_t kAhead = kQuarter + 2;
  for (int changes = 1; changes <= 3; ++changes) {
    testing::LoneBreaker<> breaker({.timeout = kSecond, .trip = "totalFailures > 0"}, 0, kQuarter - changes);
    breaker.tallies[1].failures.put(kAhead, 5);
    ASSERT_EQ(breaker.attempt(Ending::Failure, 0).to, BreakerState::Open);
    if (changes > 1) breaker.begin(2 * kSecond);
    if (changes > 2) breaker.end({kQuarter - 1, true}, Ending::Success, 2 * kSecond);
    ASSERT_EQ(breaker.word().generation(), kQuarter);
    EXPECT_EQ(breaker.tallies[1].failures.read(kAhead), 0u) << changes;
  }
  testing::LoneBreaker<> windowed({.interval = kSecond, .trip = "totalFailures > 9"}, 0, kQuarter - 1);
  windowed.fail(1, 0);
  windowed.tallies[1].requests.put(kAhead, 5);
  windowed.fail(1, 5 * kSecond);
  ASSERT_EQ(windowed.word().generation(), kQuarter);
  EXPECT_EQ(windowed.tallies[1].requests.read(kAhead), 0u);
}

}  // namespace
}  // namespace resil

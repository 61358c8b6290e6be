#include "resil/base/tagged_count.h"

#include <atomic>

#include <gtest/gtest.h>

#include "support/hooked_atomic.h"

namespace resil {
namespace {

using Count = TaggedCount<std::atomic>;
constexpr auto kCurrent = [] { return true; };
constexpr auto kOver = [] { return false; };
constexpr std::uint32_t kMostGeneration = (1U << 20) - 1;

TEST(TaggedCount, CountsWithinAGeneration) {
  Count count;
  for (std::uint64_t i = 1; i <= 5; ++i) EXPECT_EQ(count.add(7, kCurrent), i);
  EXPECT_EQ(count.read(7), 5u);
}

TEST(TaggedCount, ReadsZeroInAnyOtherGeneration) {
  Count count;
  count.put(7, 5);
  EXPECT_EQ(count.read(6), 0u);
  EXPECT_EQ(count.read(8), 0u);
}

TEST(TaggedCount, ANewGenerationStartsAtOneWithoutAnybodyClearing) {
  Count count;
  count.put(7, 5);
  EXPECT_EQ(count.add(8, kCurrent), 1u);
  EXPECT_EQ(count.read(8), 1u);
  EXPECT_EQ(count.read(7), 0u);
}

TEST(TaggedCount, AnIncrementForAGenerationThatIsOverIsDropped) {
  Count count;
  count.put(8, 5);
  EXPECT_EQ(count.add(7, kOver), 0u);
  EXPECT_EQ(count.read(8), 5u);
}

TEST(TaggedCount, AsksWhetherAGenerationIsCurrentOnlyWhenTheTagDiffers) {
  Count count;
  count.put(7, 1);
  int asked = 0;
  count.add(7, [&] { return ++asked > 0; });
  EXPECT_EQ(asked, 0);
  count.add(8, [&] { return ++asked > 0; });
  EXPECT_EQ(asked, 1);
}

TEST(TaggedCount, HoldsAtItsEndInsteadOfWrappingIntoTheTag) {
  Count count;
  count.put(3, Count::kMost - 1);
  EXPECT_EQ(count.add(3, kCurrent), Count::kMost);
  EXPECT_EQ(count.add(3, kCurrent), Count::kMost);
  EXPECT_EQ(count.read(3), Count::kMost);
  EXPECT_EQ(count.read(4), 0u);
}

TEST(TaggedCount, WrapsFromTheLastGenerationToTheFirst) {
  Count count;
  count.put(kMostGeneration, 5);
  EXPECT_EQ(count.add(kMostGeneration, kCurrent), 6u);
  EXPECT_EQ(count.add(0, kCurrent), 1u);
  EXPECT_EQ(count.read(kMostGeneration), 0u);
}

// The short way adds where the tag is the word's, and nowhere else; it never makes a tag new.
TEST(TaggedCount, TheShortWayAddsOnlyToItsOwnGeneration) {
  const auto word = [](std::uint64_t generation) { return generation << Count::kBits | 0x123; };  // a breaker's
  for (const std::uint32_t generation : {0U, 1U, 7U, kMostGeneration}) {
    Count count;
    count.put(generation, 5);
    for (const std::uint32_t other : {generation + 1, generation - 1, generation ^ (1U << 19)}) {
      const std::uint64_t another = word(other & kMostGeneration);
      EXPECT_EQ(count.number_if_tagged(another), 0u);
      EXPECT_FALSE(count.add_if_tagged(another));
      EXPECT_FALSE(count.counts_in(another));
    }
    EXPECT_EQ(count.read(generation), 5u);
    EXPECT_EQ(count.number_if_tagged(word(generation)), 6u);
    EXPECT_TRUE(count.add_if_tagged(word(generation)));
    EXPECT_EQ(count.read(generation), 7u);
    EXPECT_TRUE(count.counts_in(word(generation)));
  }
}

TEST(TaggedCount, TheShortWayLeavesAFullCellAlone) {
  constexpr std::uint64_t kWord = std::uint64_t{3} << Count::kBits;
  Count count;
  count.put(3, Count::kMost - 1);
  EXPECT_EQ(count.number_if_tagged(kWord), Count::kMost);
  EXPECT_EQ(count.number_if_tagged(kWord), 0u);
  EXPECT_EQ(count.read(3), Count::kMost);
  EXPECT_EQ(count.read(4), 0u);
  EXPECT_TRUE(count.counts_in(kWord));
  count.put(3, 0);
  EXPECT_FALSE(count.counts_in(kWord));
  count.put(3, 1);
  EXPECT_TRUE(count.counts_in(kWord));
}

TEST(TaggedCount, FresheningMakesATagNewOnceAndForThePresentGenerationOnly) {
  Count count;
  count.put(7, 5);
  count.freshen(7, kCurrent);
  EXPECT_EQ(count.read(7), 5u) << "that is what it counts already";
  count.freshen(9, kOver);
  EXPECT_EQ(count.read(7), 5u) << "a generation that is over takes no cell";
  count.freshen(9, kCurrent);
  EXPECT_EQ(count.read(7), 0u);
  EXPECT_EQ(count.add(9, kOver), 1u) << "the tag is that generation's";
}

TEST(TaggedCount, SetReplacesWithinAGenerationAndFromAnOlderOne) {
  Count count;
  count.set(7, 40, kCurrent);
  EXPECT_EQ(count.read(7), 40u);
  count.set(7, 0, kCurrent);
  EXPECT_EQ(count.read(7), 0u);
  count.set(8, Count::kMost + 5, kCurrent);
  EXPECT_EQ(count.read(8), Count::kMost);
  count.set(7, 1, kOver);
  EXPECT_EQ(count.read(8), Count::kMost);
}

using testing::Access;
using HookedCount = TaggedCount<testing::HookedAtomic>;

// Between reading the cell and swapping it another thread counts too: neither is lost.
TEST(TaggedCount, TwoIncrementsAtOnceAreBothCounted) {
  HookedCount count;
  count.put(7, 1);
  testing::before(Access::Swap, &count, 1, [&] { count.add(7, kCurrent); });
  EXPECT_EQ(count.add(7, kCurrent), 3u);
  testing::Hook::on_access = nullptr;
  EXPECT_EQ(count.read(7), 3u);
}

// A thread that slept through the end of its generation cannot overwrite what the next one counted.
TEST(TaggedCount, ASleeperCannotTakeBackTheCellOfANewerGeneration) {
  HookedCount count;
  bool over = false;
  testing::before(Access::Swap, &count, 1, [&] {
    over = true;
    count.add(8, kCurrent);
  });
  EXPECT_EQ(count.add(7, [&] { return !over; }), 0u);
  testing::Hook::on_access = nullptr;
  EXPECT_EQ(count.read(8), 1u);
}

// It may put its tag there before the newer generation counts: then the newer one starts at one all the same.
TEST(TaggedCount, AStaleTagDoesNotReachANewerGeneration) {
  Count count;
  count.add(7, kCurrent);
  EXPECT_EQ(count.read(8), 0u);
  EXPECT_EQ(count.add(8, kCurrent), 1u);
}

TEST(TaggedCount, ASetThatLostItsGenerationWritesNothing) {
  HookedCount count;
  bool over = false;
  testing::before(Access::Swap, &count, 1, [&] {
    over = true;
    count.add(8, kCurrent);
  });
  count.set(7, 99, [&] { return !over; });
  testing::Hook::on_access = nullptr;
  EXPECT_EQ(count.read(7), 0u);
  EXPECT_EQ(count.read(8), 1u);
}

// What a short way and a host do: one add where the tag is right and there is room, and otherwise nothing.
TEST(TaggedCount, TheShortAddAddsToItsOwnGenerationAlone) {
  const std::uint64_t of_seven =
      std::uint64_t{7} << Count::kBits | 42;  // the lower bits are a word's, and mean nothing
  Count count;
  count.put(7, 0);
  EXPECT_TRUE(count.add_if_tagged(of_seven));
  EXPECT_EQ(count.number_if_tagged(of_seven), 2u);
  EXPECT_EQ(count.read(7), 2u);
  for (const std::uint32_t other : {6U, 8U, kMostGeneration}) {
    count.put(other, 5);
    EXPECT_FALSE(count.add_if_tagged(of_seven));
    EXPECT_EQ(count.number_if_tagged(of_seven), 0u);
    EXPECT_EQ(count.read(other), 5u);
  }
  count.put(7, Count::kMost);
  EXPECT_FALSE(count.add_if_tagged(of_seven));
  EXPECT_EQ(count.number_if_tagged(of_seven), 0u);
  EXPECT_EQ(count.read(7), Count::kMost);
  count.put(6, Count::kMost);
  EXPECT_FALSE(count.add_if_tagged(of_seven));
  EXPECT_EQ(count.read(6), Count::kMost);
}

}  // namespace
}  // namespace resil

// The words beside a breaker's, field by field: what is put in comes out, and no field reaches into its neighbour.
#include "resil/breaker/window_words.h"

#include <gtest/gtest.h>

#include <limits>

#include "resil/breaker/breaker_cells.h"
#include "resil/breaker/breaker_word.h"

namespace resil {
namespace {

constexpr std::uint32_t kMostGeneration = (1U << 20) - 1;
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

TEST(WindowWords, ABucketsTagIsItsGenerationAndItsNumber) {
  for (const std::uint32_t generation : {0U, 1U, 7U, 4095U}) {
    for (const std::int64_t bucket :
         {std::int64_t{0}, std::int64_t{5}, BucketWord::kRound - 1, BucketWord::kRound + 3}) {
      const std::uint64_t word = BucketWord::zero(generation, bucket) + 9;
      EXPECT_EQ(BucketWord::number(word), 9u);
      EXPECT_TRUE(BucketWord::same_generation(word, generation));
      EXPECT_FALSE(BucketWord::same_generation(word, generation + 1));
      EXPECT_TRUE(BucketWord::same_tag(word, BucketWord::zero(generation, bucket)));
      EXPECT_FALSE(BucketWord::same_tag(word, BucketWord::zero(generation, bucket + 1)));
      EXPECT_FALSE(BucketWord::same_tag(word, BucketWord::zero(generation + 1, bucket)));
      for (const std::int64_t older : {std::int64_t{0}, std::int64_t{1}, BucketWord::kRound - 1}) {
        EXPECT_EQ(BucketWord::age(word, bucket + older), older);
      }
    }
  }
}

TEST(WindowWords, ACallKeepsItsNumberAndWhatItWas) {
  for (const std::uint64_t number :
       {std::uint64_t{1}, std::uint64_t{2}, CallWord::kNumberMask, CallWord::kNumberMask + 2}) {
    for (const bool failed : {false, true}) {
      for (const bool slow : {false, true}) {
        const std::uint64_t word = CallWord::pack(kMostGeneration - 1, number, failed, slow);
        EXPECT_TRUE(CallWord::of_generation(word, kMostGeneration - 1)) << number;
        EXPECT_FALSE(CallWord::of_generation(word, kMostGeneration));
        EXPECT_EQ(CallWord::number(word), number & CallWord::kNumberMask);
        EXPECT_EQ(CallWord::failed(word), failed);
        EXPECT_EQ(CallWord::slow(word), slow);
      }
    }
  }
}

TEST(WindowWords, WhichOfTwoCallsIsLater) {
  const auto later = [](std::uint64_t number, std::uint64_t than) {
    return CallWord::later(CallWord::pack(3, number, false, false), than);
  };
  EXPECT_FALSE(later(5, 5));
  EXPECT_TRUE(later(6, 5));
  EXPECT_FALSE(later(5, 6));
  EXPECT_TRUE(later(5 + CallWord::kNumberMask / 2, 5));
  EXPECT_FALSE(later(6 + CallWord::kNumberMask / 2, 5)) << "half a round ahead is half a round behind";
  EXPECT_TRUE(later(1, CallWord::kNumberMask)) << "numbers go round";
  EXPECT_FALSE(later(CallWord::kNumberMask, 1));
}

// A sum may be below zero for a moment: it is shown as none, and does not borrow from the next field.
TEST(WindowWords, SumsBelowZeroStayInTheirField) {
  const auto less = [](std::uint64_t n) { return std::uint64_t{0} - n; };
  for (const std::uint64_t below : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}}) {
    for (int field = 0; field < 3; ++field) {
      WindowTotals sums{.calls = 7, .failures = 5, .slow = 3};
      (field == 0 ? sums.calls : field == 1 ? sums.failures : sums.slow) = less(below);
      const std::uint64_t word = sums.word(1234);
      EXPECT_TRUE(WindowTotals::of_generation(word, 1234));
      EXPECT_FALSE(WindowTotals::of_generation(word, 1235));
      const WindowTotals read = WindowTotals::of(word);
      EXPECT_EQ(WindowTotals::shown(read.calls), field == 0 ? 0 : 7);
      EXPECT_EQ(WindowTotals::shown(read.failures), field == 1 ? 0 : 5);
      EXPECT_EQ(WindowTotals::shown(read.slow), field == 2 ? 0 : 3);
    }
  }
  EXPECT_EQ(WindowTotals::shown(65'535), 65'535);
  EXPECT_EQ(WindowTotals::shown(WindowTotals::kMask - 10'000), 0);
  Counts counts;
  WindowTotals{.calls = 2, .failures = 3, .slow = 1}.show(counts);
  EXPECT_EQ(counts.total_successes, 0) << "nor are there fewer successes than none";
}

TEST(WindowWords, AnOpeningKeepsItsNumberAndWhatWasDrawn) {
  for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{200}, Opening::kMost}) {
    for (const std::uint64_t random : {std::uint64_t{0}, std::uint64_t{1} << 63, kAll}) {
      const std::uint64_t word = Opening::pack(77, number, random);
      EXPECT_TRUE(Opening::is(word, 77, number));
      EXPECT_FALSE(Opening::is(word, 78, number));
      EXPECT_FALSE(Opening::is(word, 77, number - 1));
      EXPECT_EQ(Opening::number(word), number);
      EXPECT_NEAR(Opening::drawn(word), static_cast<double>(random) / 18446744073709551616.0, 1e-7);
      EXPECT_LT(Opening::drawn(word), 1.0);
    }
  }
  EXPECT_EQ(Opening::next(Opening::kMost), Opening::kMost);
  EXPECT_EQ(Opening::next(1), 2u);
}

// What stands beside a half-open word is its own opening's, or the next one's of somebody who is about to open it
// again.
TEST(WindowWords, WhichOpeningAHalfOpenWordSpeaksOf) {
  for (const std::uint64_t number : {1, 2, 126, 127, 128, 129, 5'000}) {
    EXPECT_EQ(Opening::restore(number & 0x7F, Opening::pack(1, number, 0)), number);
    EXPECT_EQ(Opening::restore(number & 0x7F, Opening::pack(1, number + 1, 0)), number);
  }
  EXPECT_EQ(Opening::restore(5, 0), 5u) << "nothing stands beside it: no opening is number 0 or less";
  const BreakerWord word = BreakerWord::half_open(kMostGeneration, 1, 0, true, kAll);
  EXPECT_EQ(word.opening_bits(), 0x7Fu);
  EXPECT_EQ(word.generation(), kMostGeneration) << "no more than 7 bits of it";
}

TEST(WindowWords, NoMomentReachesIntoATag) {
  for (const Nanos moment : {Nanos{0}, kForever, Nanos{-1}, kReadClock}) {
    EXPECT_LE(moment_bits(moment), BreakerWord::kPayloadMask);
    EXPECT_TRUE(GivenAt::of_generation(GivenAt::pack(3, moment), 3)) << moment;
    EXPECT_FALSE(GivenAt::of_generation(GivenAt::pack(3, moment), 4)) << moment;
  }
}

// The bits that say "told" elsewhere are a part of the timeout there.
TEST(WindowWords, AFastWordTellsNoRejection) {
  for (const std::uint64_t timeout : {0, 1, 3, 8, 15, 0xFFFFFF}) {
    EXPECT_FALSE(BreakerWord::fast(1, timeout).rejection_told()) << timeout;
    EXPECT_FALSE(BreakerWord::counted(1, timeout).rejection_told()) << timeout;
    EXPECT_FALSE(BreakerWord::fast(1, timeout).is_open_and_told()) << timeout;
  }
  EXPECT_FALSE(BreakerWord::slow(Phase::Closed, 1, 0, true).rejection_told());
  EXPECT_FALSE(BreakerWord::slow(Phase::Rebinding, 1, 5).rejection_told());
  EXPECT_TRUE(BreakerWord::slow(Phase::Open, 1, 5, true).rejection_told());
}

TEST(WindowWords, ASumThatIsKeptIsToldInItsBucketAlone) {
  std::uint64_t sum = 1;
  for (const std::uint64_t kept : {std::uint64_t{0}, std::uint64_t{1}, BucketWord::kMost - 2}) {
    ASSERT_TRUE(PastSum::tells(PastSum::pack(7, 9, kept), 7, 9, sum)) << kept;
    EXPECT_EQ(sum, kept);
    EXPECT_FALSE(PastSum::tells(PastSum::pack(7, 9, kept), 7, 8, sum)) << kept;
    EXPECT_FALSE(PastSum::tells(PastSum::pack(7, 9, kept), 7, 10, sum)) << kept;
    EXPECT_FALSE(PastSum::tells(PastSum::pack(7, 9, kept), 8, 9, sum)) << kept;
  }
  EXPECT_FALSE(PastSum::tells(0, 0, 0, sum)) << "nobody has summed";
  EXPECT_FALSE(PastSum::tells(PastSum::unkept(7, 9), 7, 9, sum));
}

TEST(WindowWords, ASumThatHasNoRoomIsNotKept) {
  for (const std::uint64_t sum : {BucketWord::kMost - 1, BucketWord::kMost, 63 * BucketWord::kMost}) {
    EXPECT_EQ(PastSum::pack(7, 9, sum), PastSum::unkept(7, 9)) << sum;
  }
}

TEST(WindowWords, ASumOfALaterBucketIsKnownRoundTheEndOfItsNumbers) {
  constexpr std::int64_t kLast = BucketWord::kRound - 1;
  EXPECT_TRUE(PastSum::later(PastSum::pack(7, kLast + 1, 5), kLast));
  EXPECT_FALSE(PastSum::later(PastSum::pack(7, kLast, 5), kLast));
  EXPECT_FALSE(PastSum::later(PastSum::pack(7, kLast, 5), kLast + 1));
  EXPECT_FALSE(PastSum::later(PastSum::pack(7, 0, 5), BucketWord::kRound / 2));
}

}  // namespace
}  // namespace resil

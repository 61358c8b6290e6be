#include "resil/base/rng.h"

#include <array>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace resil {
namespace {

// The published sequence of SplitMix64 for the seed 1234567.
TEST(Rng, IsSplitMix64) {
  constexpr std::array<std::uint64_t, 5> kPublished{6457827717110365317ULL, 3203168211198807973ULL,
                                                    9817491932198370423ULL, 4593380528125082431ULL,
                                                    16408922859458223821ULL};
  for (std::size_t i = 0; i < kPublished.size(); ++i) EXPECT_EQ(random_at(1234567, i), kPublished[i]) << i;
}

TEST(Rng, EachPositionIsAFunctionOfSeedAndPosition) {
  EXPECT_EQ(random_at(7, 3), random_at(7, 3));
  EXPECT_NE(random_at(7, 3), random_at(7, 4));
  EXPECT_NE(random_at(7, 3), random_at(8, 3));
}

TEST(Rng, ScalingStaysBelowTheBoundAndReachesBothEnds) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t bound : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{1000}, kMost / 2, kMost}) {
    EXPECT_EQ(scale_random(0, bound), 0u);
    EXPECT_EQ(scale_random(kMost, bound), bound - 1);
  }
  EXPECT_EQ(scale_random(kMost, 0), 0u);
}

// Ten bins, a hundred thousand draws: chi-squared with 9 degrees of freedom exceeds 33.7 once in ten thousand; the
// draws are the same every time.
TEST(Rng, ScaledNumbersAreSpreadEvenly) {
  constexpr int kBins = 10, kDraws = 100'000;
  std::array<int, kBins> bins{};
  for (std::uint64_t i = 0; i < kDraws; ++i) ++bins.at(scale_random(random_at(42, i), kBins));
  double chi = 0;
  for (const int bin : bins) chi += std::pow(bin - kDraws / kBins, 2) / (double{kDraws} / kBins);
  EXPECT_LT(chi, 33.7);
}

}  // namespace
}  // namespace resil

#include "resil/trip/counts.h"

#include <gtest/gtest.h>

#include "resil/trip/trip_code.h"
#include "support/policies.h"

namespace resil {
namespace {

constexpr Counts kCounts{1, 2, 3, 4, 5, 6};

TEST(Counts, AreInTheOrderThatRulesNumberThemBy) {
  EXPECT_EQ(kCounts.*kCountMembers[0], kCounts.requests);
  EXPECT_EQ(kCounts.*kCountMembers[1], kCounts.total_successes);
  EXPECT_EQ(kCounts.*kCountMembers[2], kCounts.total_failures);
  EXPECT_EQ(kCounts.*kCountMembers[3], kCounts.consecutive_successes);
  EXPECT_EQ(kCounts.*kCountMembers[4], kCounts.consecutive_failures);
  EXPECT_EQ(kCounts.*kCountMembers[5], kCounts.slow_calls);
}

TEST(Counts, ARuleSaysWhichItReads) {
  using testing::trip_rule;
  EXPECT_EQ(trip_rule("requests > 1").reads(), kRequests);
  EXPECT_EQ(trip_rule("totalSuccesses > 1").reads(), kTotalSuccesses);
  EXPECT_EQ(trip_rule("totalFailures > 1").reads(), kTotalFailures);
  EXPECT_EQ(trip_rule("consecutiveSuccesses > 1").reads(), kConsecutiveSuccesses);
  EXPECT_EQ(trip_rule("consecutiveFailures > 1").reads(), kConsecutiveFailures);
  EXPECT_EQ(trip_rule("requests > 1 && totalFailures > 1").reads(), kRequests | kTotalFailures);
  EXPECT_EQ(TripRule().reads(), kConsecutiveFailures);
}

TEST(Counts, ARuleSeesEachByItsName) {
  using testing::trip_rule;
  EXPECT_TRUE(trip_rule("requests == 1 && totalSuccesses == 2 && totalFailures == 3 && consecutiveSuccesses == 4 && "
                        "consecutiveFailures == 5")
                  .trips(kCounts));
}

}  // namespace
}  // namespace resil

#include "resil/trip/trip_rule.h"

#include <gtest/gtest.h>

#include <limits>

#include "config/trip/trip_parser.h"

namespace resil {
namespace {

Counts failures(std::int64_t in_a_row) { return {in_a_row, 0, in_a_row, 0, in_a_row}; }

TripRule compiled(const std::string& text) {
  TripResult result = compile_trip(text);
  EXPECT_TRUE(result.rule.has_value()) << text;
  return result.rule.value_or(TripRule());
}

TEST(TripRule, DefaultTripsAtTheSixthFailureInARow) {
  const TripRule rule;
  EXPECT_FALSE(rule.trips(failures(5)));
  EXPECT_TRUE(rule.trips(failures(6)));
  EXPECT_EQ(rule.text(), "consecutiveFailures > 5");
  EXPECT_EQ(rule.reads(), kConsecutiveFailures);
}

TEST(TripRule, ReadsOnlyWhatTheProgramUses) {
  EXPECT_EQ(compiled("requests > 3 && totalFailures >= 2").reads(), kRequests | kTotalFailures);
  EXPECT_EQ(compiled("consecutiveSuccesses == 0").reads(), kConsecutiveSuccesses);
  EXPECT_EQ(compiled("totalSuccesses + requests > 3").reads(), kTotalSuccesses | kRequests);
  EXPECT_EQ(compiled("true || totalSuccesses > 1").reads(), 0) << "folded away, so it need not be kept";
  EXPECT_EQ(compiled("true").reads(), 0);
}

TEST(TripRule, EqualIfItDecidesAlikeByConstruction) {
  EXPECT_EQ(compiled("consecutiveFailures>5"), TripRule());
  EXPECT_EQ(compiled("5 < consecutiveFailures"), TripRule());
  EXPECT_EQ(compiled("consecutiveFailures > (2 + 3)"), TripRule());
  EXPECT_NE(compiled("consecutiveFailures > 6"), TripRule());
  EXPECT_NE(compiled("consecutiveFailures >= 5"), TripRule());
  EXPECT_NE(compiled("totalFailures > 5"), TripRule());
  EXPECT_EQ(compiled("requests > 1 && totalFailures > 2"), compiled("requests>1&&totalFailures>2"));
  EXPECT_NE(compiled("requests > 1 && totalFailures > 2"), compiled("requests > 1 && totalFailures > 3"));
}

TEST(TripRule, EveryRelationWithAConstantOnEitherSide) {
  const Counts counts{7, 0, 0, 0, 0};
  for (const auto& [text, expected] : std::vector<std::pair<std::string, bool>>{
           {"requests == 7", true}, {"requests != 7", false}, {"requests < 8", true},   {"requests < 7", false},
           {"requests <= 7", true}, {"requests <= 6", false}, {"requests > 6", true},   {"requests > 7", false},
           {"requests >= 7", true}, {"requests >= 8", false}, {"8 > requests", true},   {"7 > requests", false},
           {"7 >= requests", true}, {"6 >= requests", false}, {"6 < requests", true},   {"7 < requests", false},
           {"7 <= requests", true}, {"8 <= requests", false}, {"7 == requests", true},  {"7 != requests", false},
           {"requests < 8u", true}, {"requests < 7.5", true}, {"requests > 7.5", false}}) {
    EXPECT_EQ(compiled(text).trips(counts), expected) << text;
  }
}

TEST(TripRule, ComparisonsInsideALargerRule) {
  const Counts counts{7, 0, 0, 0, 0};
  for (const auto& [text, expected] :
       std::vector<std::pair<std::string, bool>>{{"requests > 6 && 8 > requests", true},
                                                 {"requests > 7 || 7 > requests", false},
                                                 {"!(requests == 7)", false},
                                                 {"(requests >= 7) == (7 >= requests)", true},
                                                 {"requests > 6 ? requests < 8 : requests > 100", true},
                                                 {"(7 <= requests) in [requests != 7, 7 == requests]", true}}) {
    EXPECT_EQ(compiled(text).trips(counts), expected) << text;
  }
  EXPECT_EQ(compiled("requests > 6 && 8 > requests"), compiled("6 < requests && requests < 8"));
  EXPECT_EQ(compiled("!(requests > 1)").reads(), kRequests);
}

TEST(TripRule, EachCountIsItself) {
  const Counts counts{1, 2, 3, 4, 5};
  EXPECT_TRUE(compiled("requests == 1 && totalSuccesses == 2 && totalFailures == 3 && consecutiveSuccesses == 4 && "
                       "consecutiveFailures == 5")
                  .trips(counts));
}

TEST(TripRule, ARunTimeErrorDoesNotTrip) {
  const TripRule ratio = compiled("totalFailures * 100 / requests >= 50");
  EXPECT_FALSE(ratio.trips({0, 0, 5, 0, 5})) << "division by zero";
  EXPECT_TRUE(ratio.trips({10, 5, 5, 0, 5}));
  EXPECT_FALSE(ratio.trips({10, 6, 4, 0, 4}));
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE(compiled("requests + 1 > 0").trips({most, 0, 0, 0, 0})) << "overflow";
  EXPECT_FALSE(compiled("uint(requests - 2) >= 0u").trips({1, 0, 1, 0, 1})) << "no uint is negative";
  EXPECT_TRUE(compiled("totalFailures / requests > 0 || consecutiveFailures > 4").trips({0, 0, 5, 0, 5})) << "absorbed";
  EXPECT_FALSE(compiled("totalFailures / requests > 0 && consecutiveFailures > 4").trips({0, 0, 5, 0, 5}));
  EXPECT_FALSE(compiled("requests > 5 ? totalFailures / 0 > 1 : true").trips({6, 0, 6, 0, 6}));
  EXPECT_TRUE(compiled("requests > 5 ? totalFailures / 0 > 1 : true").trips({5, 0, 5, 0, 5}))
      << "only the chosen side counts";
}

TEST(TripRule, DoublesFollowIeeeExceptThatNaNHasNoOrder) {
  const TripRule ratio = compiled("double(totalFailures) / double(requests) >= 0.5");
  EXPECT_TRUE(ratio.trips({0, 0, 1, 0, 1})) << "infinity";
  EXPECT_FALSE(ratio.trips({0, 0, 0, 0, 0})) << "NaN";
  EXPECT_FALSE(compiled("!(double(totalFailures) / double(requests) < 0.5)").trips({0, 0, 0, 0, 0})) << "an error";
  EXPECT_FALSE(compiled("double(requests) / 0.0 > 0 || consecutiveFailures > 1").trips({0, 0, 1, 0, 1}));
  EXPECT_TRUE(compiled("double(requests) / 0.0 > 0 || consecutiveFailures > 1").trips({0, 0, 2, 0, 2})) << "absorbed";
  EXPECT_TRUE(compiled("double(requests) / 0.0 != 0.5").trips({0, 0, 1, 0, 1})) << "equality is defined";
  EXPECT_TRUE(ratio.trips({2, 1, 1, 0, 1}));
  EXPECT_FALSE(ratio.trips({3, 2, 1, 0, 1}));
  EXPECT_FALSE(compiled("int(double(requests) / 0.0) > 0").trips({1, 0, 1, 0, 1})) << "infinity is no int";
}

// What a breaker asks in a line, without a Counts: the run alone, or a share of failures among requests.
TEST(TripRule, KnowsTheTwoQuestionsThatNearlyAllRulesAsk) {
  const auto question = [](const std::string& text) { return compiled(text).question(); };
  EXPECT_EQ(TripRule().question(), TripQuestion::Run);
  EXPECT_EQ(question("3 <= consecutiveFailures"), TripQuestion::Run);
  EXPECT_EQ(question("totalFailures > 3"), TripQuestion::Any);
  EXPECT_EQ(question("double(totalFailures) / double(requests) > 0.5"), TripQuestion::Rate);
  EXPECT_EQ(question("requests > 9 && double(totalFailures) / double(requests) > 0.5"), TripQuestion::Rate);
  EXPECT_EQ(question("totalFailures > 9 && double(totalFailures) / double(requests) > 0.5"), TripQuestion::Any);
  EXPECT_EQ(question("requests > 9 && double(totalSuccesses) / double(requests) < 0.5"), TripQuestion::Any);
  EXPECT_EQ(question("requests > 9 && double(requests) / double(totalFailures) < 2.0"), TripQuestion::Any);
  EXPECT_EQ(question("requests > 9 && double(totalFailures) / double(totalSuccesses) > 0.5"), TripQuestion::Any);
  EXPECT_EQ(question("requests + totalFailures > 9 && double(totalFailures) / double(requests) > 0.5"),
            TripQuestion::Any);
  EXPECT_EQ(question("requests > 9 || double(totalFailures) / double(requests) > 0.5"), TripQuestion::Any);
}

TEST(TripRule, ARateIsAskedAlikeEitherWay) {
  for (const char* text : {"double(totalFailures) / double(requests) > 0.5",
                           "requests >= 7 && double(totalFailures) / double(requests) >= 0.25",
                           "requests != 8 && double(totalFailures) / double(requests) < 0.75"}) {
    const TripRule rule = compiled(text);
    ASSERT_EQ(rule.question(), TripQuestion::Rate) << text;
    for (std::int64_t requests = 1; requests < 20; ++requests) {
      for (std::int64_t failed = 0; failed <= requests; ++failed) {
        EXPECT_EQ(rule.trips_at_rate(failed, requests), rule.trips({requests, requests - failed, failed, 0, failed}))
            << text << ": " << failed << " of " << requests;
      }
    }
  }
}

}  // namespace
}  // namespace resil

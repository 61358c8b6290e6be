// The edges of what a trip may be: spellings of numbers, bounds, and what is said where something is wrong.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "config/trip/trip_parser.h"

namespace resil {
namespace {

bool trips(const std::string& text, const Counts& counts = {1, 0, 1, 0, 1}) {
  const TripResult result = compile_trip(text);
  EXPECT_TRUE(result.rule) << text;
  return result.rule && result.rule->trips(counts);
}
bool compiles(const std::string& text) { return compile_trip(text).rule.has_value(); }
std::vector<std::string> messages(const std::string& text, bool lenient = false) {
  std::vector<std::string> all;
  for (const TripMessage& message : compile_trip(text, lenient).messages) all.push_back(message.text);
  return all;
}
std::string repeated(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST(TripParserEdges, WhatCanNeverBeComputedSaysWhy) {
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"requests > 1 / 0", "division by zero"},
           {"requests > 1 % 0", "division by zero"},
           {"0.0 / 0.0 < 0.0", "NaN, as of 0.0 / 0.0, has no order"},
           {"int(1e30) > requests", "the value does not fit in an int"},
           {"uint(-1) > 0u", "the value does not fit in a uint"},
           {"requests < 9223372036854775807 + 1", "the result does not fit in 64 bits"},
           {"requests < -9223372036854775807 - 2", "the result does not fit in 64 bits"}}) {
    EXPECT_EQ(messages(text), std::vector<std::string>{why + ", so this can never trip"}) << text;
  }
  for (const char* text :
       {"requests > 1 / 0 || requests > 5", "requests > 5 ? requests > 1 / 0 : true", "1 / 0 > 1 || requests > 1"})
    EXPECT_EQ(messages(text), std::vector<std::string>{}) << text;
}

// Only where nothing in it depends on a count is it no rule at all.
TEST(TripParserEdges, WhatCanNeverBeComputedIsAnErrorOnlyByItself) {
  EXPECT_FALSE(compiles("1 / 0 > 1"));
  EXPECT_FALSE(trips("requests > 1 / 0"));
  EXPECT_TRUE(compile_trip("requests > 1 / 0 && requests > 5").rule);
}

TEST(TripParserEdges, SpellingsOfNumbers) {
  const std::string zeros(400, '0');
  for (const std::string& text : std::vector<std::string>{
           std::string("0X1F == 31"), std::string("5U == 5u"), std::string("0x5U == 5u"), std::string("1\f== 1"),
           std::string("uint(0.0) == 0u"), "0." + zeros + "1 == 0.0", "1e-99999999999999999999999 == 0.0",
           "0." + zeros + "1e40 == 0.0", "0." + zeros + "e5 == 0.0", "0.0e-99999999999999999999999 == 0.0"}) {
    EXPECT_TRUE(trips(text)) << text;
  }
  for (const std::string& text :
       std::vector<std::string>{"1" + zeros + ".5 > 0.0", std::string("1e99999999999999999999999 > 0.0"),
                                std::string("1e309 > 0.0"), "1" + zeros + "e-50 > 0.0"}) {
    ASSERT_EQ(messages(text).size(), 1u) << text;
    EXPECT_NE(messages(text)[0].find("is too large for a double"), std::string::npos) << messages(text)[0];
  }
  EXPECT_FALSE(compiles("-9223372036854775809 < 0"));
  EXPECT_TRUE(compiles("-9223372036854775808 < requests"));
  EXPECT_FALSE(compiles("9223372036854775808 > requests"));
}

TEST(TripParserEdges, Bounds) {
  const std::string rule = "requests > 1";
  EXPECT_TRUE(compiles(rule + std::string(16'384 - rule.size(), ' ')));
  EXPECT_FALSE(compiles(rule + std::string(16'385 - rule.size(), ' ')));
  // A list of n elements and what is looked for take n + 1 places.
  EXPECT_TRUE(compiles("requests in [" + repeated("1,", 254) + "]"));
  EXPECT_FALSE(compiles("requests in [" + repeated("1,", 255) + "]"));
  // n counts, n - 1 sums, a literal, a relation and as many negations.
  const std::string sum = "(requests" + repeated(" + requests", 254) + " > 0)";
  EXPECT_TRUE(compiles("!" + sum)) << "512 nodes";
  EXPECT_FALSE(compiles("!!" + sum)) << "513";
}

TEST(TripParserEdges, MistakesSayWhatToWrite) {
  for (const auto& [text, part] :
       std::vector<std::pair<const char*, const char*>>{{"requests > 1 AND requests > 2", "write &&"},
                                                        {"requests > 1 OR requests > 2", "write ||"},
                                                        {"requests in [1 2]", "',' should stand here, not '2'"},
                                                        {"requests > \xC3\xA9", "'\xC3\xA9' means nothing in a trip"},
                                                        {"-!true == 1", "- needs an int or a double, !true is a bool"},
                                                        {"!-5", "! needs true or false, -5 is an int"},
                                                        {"requests > 1 && requests", "requests is an int"},
                                                        {"requests || requests > 1", "requests is an int"},
                                                        {"dyn(true) < 1", "they cannot be compared"},
                                                        {"int(1, 2) == 1", "int() takes one value"}}) {
    const std::vector<std::string> said = messages(text);
    ASSERT_EQ(said.size(), 1u) << text;
    EXPECT_NE(said[0].find(part), std::string::npos) << said[0];
  }
  EXPECT_TRUE(trips("1 != dyn(true)"));
  EXPECT_TRUE(trips("dyn(true) != 1"));
}

// A long piece of the rule is cut where it is quoted: up to 40 characters it is whole.
TEST(TripParserEdges, APieceThatIsQuoted) {
  for (const int length : {40, 41}) {
    const std::string piece = "requests" + repeated(" ", length - 18) + "+ requests";
    const std::vector<std::string> said = messages(piece + " && true");
    ASSERT_EQ(said.size(), 1u);
    EXPECT_EQ(said[0].find("...") == std::string::npos, length == 40) << said[0];
  }
}

TEST(TripParserEdges, WhatIsWrongOnceIsNotToldTwice) {
  EXPECT_EQ(messages("nosuch + 1 > 0").size(), 1u);
  EXPECT_EQ(messages("(nosuch > 5) + 1 > 0").size(), 2u) << "a comparison is a bool whatever it compares";
  EXPECT_FALSE(compiles("nosuch > 1"));
}

// What decides nothing leaves no trace in the rule.
TEST(TripParserEdges, AConstantThatDecidesNothingIsLeftOut) {
  for (const char* text : {"true && requests > 1", "requests > 1 && true", "false || requests > 1",
                           "requests > 1 || false", "true ? requests > 1 : 1 / 0 > 2"}) {
    EXPECT_EQ(compile_trip(text).rule, compile_trip("requests > 1").rule) << text;
  }
}

TEST(TripParserEdges, LenientSaysWhetherTheBreakerEverTrips) {
  for (const auto& [text, never] :
       std::vector<std::pair<const char*, bool>>{{"nosuch > 1", true},
                                                 {"nosuch > 1 && requests > 1", true},
                                                 {"nosuch > 1 || requests > 1", false},
                                                 {"!(nosuch > 1 || requests > 1)", true},
                                                 {"!(nosuch > 1 && requests > 1)", false},
                                                 {"requests > 1 ? nosuch > 1 : requests > 2", false},
                                                 {"requests > 1 ? requests > 2 : nosuch > 1", false},
                                                 {"nosuch > 1 ? requests > 1 : requests > 2", true}}) {
    const std::vector<std::string> said = messages(text, true);
    ASSERT_EQ(said.size(), 1u) << text;
    EXPECT_EQ(said[0].find("(this breaker never trips)") != std::string::npos, never) << said[0];
    EXPECT_EQ(said[0].find("(it does not trip where it depends on this)") != std::string::npos, !never) << said[0];
  }
}

// Where && || ?: are the operand of something else, which no chain of tests can stand for.
TEST(TripParserEdges, ErrorsInsideAreAbsorbedAsOutside) {
  const Counts none{};  // 10 / totalFailures cannot be computed
  for (const auto& [text, expected] :
       std::vector<std::pair<const char*, bool>>{{"(requests > 3 && 10 / totalFailures > 0) == false", true},
                                                 {"(10 / totalFailures > 0 && requests > 3) == false", true},
                                                 {"(requests == 0 && 10 / totalFailures > 0) == true", false},
                                                 {"(10 / totalFailures > 0 && requests == 0) == true", false},
                                                 {"(requests == 0 || 10 / totalFailures > 0) == true", true},
                                                 {"(10 / totalFailures > 0 || requests == 0) == true", true},
                                                 {"(requests > 3 || 10 / totalFailures > 0) == false", false},
                                                 {"(10 / totalFailures > 0 ? true : true) == true", false},
                                                 {"5 > 10 / totalFailures", false},
                                                 {"requests + 5 > 10 / totalFailures", false},
                                                 {"!(requests + 5 > 10 / totalFailures)", false},
                                                 {"10 / totalFailures < 5", false}}) {
    EXPECT_EQ(trips(text, none), expected) << text;
  }
}

TEST(TripParserEdges, ACountBesideANumberOfAnotherType) {
  for (const char* text : {"requests > 0.5", "0.5 < requests", "requests < 1.5", "1.5 > requests", "requests > 0u",
                           "0u < requests", "requests == 1.0", "1.0 == requests", "requests != 1.5"}) {
    EXPECT_TRUE(trips(text)) << text;
  }
  for (const char* text : {"requests > 1.5", "1.5 < requests", "requests > 1u", "1u < requests", "requests == 1.5"}) {
    EXPECT_FALSE(trips(text)) << text;
  }
  // Which the original finds out at run time: then it is an error, not a number.
  const TripResult lenient = compile_trip("requests + 1u > 0u", true);
  ASSERT_TRUE(lenient.rule);
  EXPECT_FALSE(lenient.rule->trips({1, 0, 1, 0, 1}));
}

}  // namespace
}  // namespace resil

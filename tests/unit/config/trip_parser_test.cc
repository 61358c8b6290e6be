#include "config/trip/trip_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace resil {
namespace {

// As the conformance vectors do: at the first failure.
bool trips(const std::string& text) {
  const TripResult result = compile_trip(text);
  return result.rule && result.rule->trips({1, 0, 1, 0, 1});
}

std::string first_error(const std::string& text, bool lenient = false) {
  for (const TripMessage& message : compile_trip(text, lenient).messages) {
    if (message.error) return std::to_string(message.offset) + ": " + message.text;
  }
  return "";
}

std::string repeated(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST(TripParser, Values) {
  for (const std::string text : {"0x10 == 16",
                                 "0xFFu == 255u",
                                 ".5 == 0.5",
                                 "1e3 == 1000.0",
                                 "1.5E-1 == 0.15",
                                 "010 == 10",
                                 "-9223372036854775808 < -9223372036854775807",
                                 "18446744073709551615u > 0u",
                                 "5e-324 > 0.0",
                                 "1e-400 == 0.0",
                                 "4.25 + 15.25 == 19.5",
                                 "42.5 * 0.2 == 8.5",
                                 "0.0625 / 0.002 == 31.25",
                                 "-(4.5) == -4.5",
                                 "15.75 / 0.0 > 1e308",
                                 "2.0 * 8.988466e+307 > 1e308",
                                 "0.0 / 0.0 != 0.0 / 0.0",
                                 "!(0.0 / 0.0 == 0.0 / 0.0)",
                                 "-0.0 == 0.0",
                                 "!(-0.0 < 0.0)",
                                 "7 % -3 == 1",
                                 "-7 % 3 == -1",
                                 "-7 / 2 == -3",
                                 "int(1.9) == 1",
                                 "int(-7.9) == -7",
                                 "int(42u) == 42",
                                 "uint(25.5) == 25u",
                                 "uint(1e19) == 10000000000000000000u",
                                 "double(9223372036854775807) == 9.223372036854775807e18",
                                 "double(18446744073709551615u) == 1.8446744073709551615e19",
                                 "int(double(36028797018963968)) == 36028797018963968",
                                 "bool(true)",
                                 "dyn(true)",
                                 "dyn(1) == 1u",
                                 "dyn(true) != 1",
                                 "false < true",
                                 "true > false",
                                 "true >= true",
                                 "!(true < true)"}) {
    EXPECT_TRUE(trips(text)) << text;
  }
}

TEST(TripParser, ComparesAcrossNumericTypesByValue) {
  for (const std::string text :
       {"1 == 1u", "1u == 1.0", "1.0 == 1", "-1 < 0u", "0u > -1", "1 < 1.5", "2u > 1.5", "-1.5 < 0u",
        "9223372036854775807 < 18446744073709551615u", "18446744073709551615u > 9223372036854775807",
        "1e100 > 9223372036854775807", "18446744073709551615u > -1.0", "requests == 1u", "requests < 1.5",
        "!(9223372036854775807 < 9223372036854775808.0)"}) {
    EXPECT_TRUE(trips(text)) << text;
  }
}

TEST(TripParser, PrecedenceAndGrouping) {
  for (const std::string text :
       {"1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "10 - 3 - 2 == 5", "16 / 4 / 2 == 2", "7 - 2 * 3 + 1 == 2",
        "-2 * -3 == 6", "3-3 == 0", "3 - -3 == 6", "1 < 2 == true", "true || false && false",
        "!(false || false) && true", "false ? false : true ? true : false", "1 in [1] == true", "1 + 1 in [2]",
        "!true == false", "requests > 0 ? totalFailures == 1 : false", "// a remark\n true // another"}) {
    EXPECT_TRUE(trips(text)) << text;
  }
}

TEST(TripParser, Lists) {
  for (const std::string text : {"!(7 in [])", "4u in [4u]", "3 in [5, 4, 3]", "3 in [5, 4, 3,]", "1 in [1u, 2.0]",
                                 "1.0 in [2, 1]", "requests in ([1, 2])", "true in [false, true]", "!(2 in [1])"}) {
    EXPECT_TRUE(trips(text)) << text;
  }
  EXPECT_FALSE(trips("1 in [1, 1 / 0]")) << "making the list fails";
  EXPECT_EQ(first_error("requests in [true]"), "0: requests is an int and true is a bool: they cannot be compared");
  EXPECT_EQ(first_error("requests in 5"), "12: a list like [1, 2] after 'in' should stand here, not '5'");
  EXPECT_NE(first_error("[1] == [1]"), "");
}

TEST(TripParser, AndAndOrAbsorbErrors) {
  for (const std::string text : {"true || 1 / 0 > 2", "1 / 0 > 2 || true", "!(false && 1 / 0 > 2)",
                                 "!(1 / 0 > 2 && false)", "f_unknown(17) || true", "true || f_unknown(17)",
                                 "!(false && 32)", "!(32 && false)", "nosuch || true", "true ? true : 32"}) {
    EXPECT_TRUE(trips(text)) << text;
  }
  for (const std::string text :
       {"true && 1 / 0 > 2", "1 / 0 > 2 && true", "false || 1 / 0 > 2", "1 / 0 > 2 || false"}) {
    EXPECT_FALSE(trips(text)) << text;
  }
  EXPECT_NE(first_error("f_unknown(17) || requests > 0"), "") << "only a constant absorbs a mistake at load";
  EXPECT_NE(first_error("f_unknown(17) || false"), "");
}

TEST(TripParser, AbsorbedMistakesAreRemarkedOn) {
  const TripResult result = compile_trip("true || failurs > 1");
  ASSERT_TRUE(result.rule);
  ASSERT_EQ(result.messages.size(), 1u);
  EXPECT_FALSE(result.messages[0].error);
  EXPECT_EQ(result.messages[0].offset, 8u);
}

TEST(TripParser, ConstantsThatCannotBeComputedAreRefused) {
  for (const std::string text :
       {"1 / 0 == 1 / 0", "34 % 0 > 1", "9223372036854775807 + 1 > 0", "-(-9223372036854775808) > 0",
        "-9223372036854775808 / -1 > 0", "-9223372036854775808 % -1 == 0", "0u - 1u > 0u",
        "5000000000 * 5000000000 > 0", "uint(-1) > 0u", "int(1e99) > 0", "int(18446744073709551615u) > 0",
        "uint(6.022e23) > 0u", "int(9223372036854775807.0) > 0", "int(-9223372036854775808.0) < 0", "uint(-0.5) == 0u",
        "int(0.0 / 0.0) == 0", "0.0 / 0.0 < 1.0", "!(2 >= 0.0 / 0.0)"}) {
    EXPECT_NE(first_error(text), "") << text;
  }
}

TEST(TripParser, TypeMistakesNameTheRemedy) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"totalFailures / 2.0 > 1.0", "0: totalFailures / 2.0 mixes int and double: write double(totalFailures)"},
      {"double(totalFailures) / 2 > 1.0", "0: double(totalFailures) / 2 mixes double and int: write 2.0"},
      {"requests > 1 && totalFailures + 2u > 1", "16: totalFailures + 2u mixes int and uint: write 2"},
      {"uint(requests) + totalFailures > 1",
       "0: uint(requests) + totalFailures mixes uint and int: write int(uint(requests))"},
      {"totalFailures", "0: a trip must be true or false, this is an int; compare it, as in 'consecutiveFailures > 5'"},
      {"requests + true > 1", "0: + needs numbers, true is a bool"},
      {"1.5 % 0.5 == 0.0", "0: % needs whole numbers, these are doubles"},
      {"-true == false", "0: - needs an int or a double, true is a bool"},
      {"-5u < 0", "0: - needs an int or a double, 5u is a uint"},
      {"!requests", "0: ! needs true or false, requests is an int"},
      {"requests && true", "0: && needs true or false on both sides, requests is an int"},
      {"requests ? true : false", "0: ? needs true or false before it, requests is an int"},
      {"(requests > 1 ? 1 : 2.0) > 1", "0: the two answers of ?: must be of one type, these are an int and a double"},
      {"true == requests", "0: true is a bool and requests is an int: they cannot be compared"},
      {"int(true) == 1", "0: int() cannot convert true, which is a bool"},
      {"bool(requests)", "0: bool() cannot convert requests, which is an int"},
      {"int() == 1", "0: int() takes one value"},
      {"floor(requests) > 1", "0: unknown function 'floor' (there are int(), uint(), double(), bool() and dyn())"},
      {"Double(requests) > 1.0",
       "0: unknown function 'Double'; did you mean 'double'? (there are int(), uint(), double(), bool() and dyn())"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(first_error(text), expected) << text;
}

TEST(TripParser, AWholeQuotientIsRemarkedOnOnce) {
  for (const std::string text :
       {"totalFailures / requests > 0.5", "0.5 < totalFailures / requests", "totalFailures / requests * 100 > 50",
        "100 * (totalFailures / requests) > 50", "totalFailures / requests >= 1"}) {
    const TripResult result = compile_trip(text);
    ASSERT_TRUE(result.rule) << text;
    ASSERT_EQ(result.messages.size(), 1u) << text;
    EXPECT_FALSE(result.messages[0].error);
    EXPECT_EQ(result.messages[0].text,
              "totalFailures / requests is a whole number, rounded towards zero; for a ratio write "
              "double(totalFailures) / double(requests)");
  }
  const TripResult long_one = compile_trip("(totalFailures + 1) / requests > 0.5");
  ASSERT_EQ(long_one.messages.size(), 1u);
  EXPECT_NE(long_one.messages[0].text.find("write double((totalFailures + 1)) / double(requests)"), std::string::npos)
      << long_one.messages[0].text;
  for (const std::string text : {"totalFailures * 100 / requests > 50", "requests / 2 > 5", "1 / requests == 1",
                                 "double(totalFailures) / double(requests) > 0.5"}) {
    EXPECT_TRUE(compile_trip(text).messages.empty()) << text;
  }
}

TEST(TripParser, AShareIsNotComparedWithPercents) {
  const auto remarks = [](const std::string& text) {
    const TripResult result = compile_trip(text, false, TripNames::Extension);
    EXPECT_TRUE(result.rule) << text;
    std::string all;
    for (const TripMessage& message : result.messages) {
      EXPECT_FALSE(message.error);
      all += std::to_string(message.offset) + ": " + message.text + "\n";
    }
    return all;
  };
  EXPECT_EQ(remarks("failureRate >= 50"), "15: failureRate is from 0 to 1 and never 50; write 0.5\n");
  EXPECT_EQ(remarks("calls > 9 && 2.5 < slowRate"), "13: slowRate is from 0 to 1 and never 2.5; write 0.025\n");
  EXPECT_EQ(remarks("failureRate == 100u"), "15: failureRate is from 0 to 1 and never 100u; write 1\n");
  EXPECT_EQ(remarks("failureRate > 100.5"),
            "14: failureRate is from 0 to 1 and never 100.5; compare it with a number like 0.5\n");
  EXPECT_EQ(remarks("failureRate > -1"),
            "14: failureRate is from 0 to 1 and never -1; compare it with a number like 0.5\n");
  for (const std::string text : {"failureRate >= 1", "failureRate > 0", "failureRate >= 0.5", "failureRate < slowRate",
                                 "failureRate * 100.0 > 50", "calls > 50", "50 < calls && failureRate == 1.0"}) {
    EXPECT_EQ(remarks(text), "");
  }
}

TEST(TripParser, UnknownVariablesSuggest) {
  const std::string counts =
      " (the counts are requests, totalSuccesses, totalFailures, consecutiveSuccesses and consecutiveFailures)";
  EXPECT_EQ(first_error("failures > 5"), "0: unknown variable 'failures'; did you mean 'totalFailures'?" + counts);
  EXPECT_EQ(first_error("requests > 1 && consecutivefailures > 5"),
            "16: unknown variable 'consecutivefailures'; did you mean 'consecutiveFailures'?" + counts);
  EXPECT_EQ(first_error("x > 5"), "0: unknown variable 'x'" + counts);
}

TEST(TripParser, SyntaxMistakesNameThePlace) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "0: the trip is empty; leave it out for the default, consecutiveFailures > 5"},
      {"  // nothing", "0: the trip is empty; leave it out for the default, consecutiveFailures > 5"},
      {"requests >", "10: the expression ends where a count or a number should follow"},
      {"requests > (5", "13: the expression ends where ')' should follow"},
      {"requests = 5", "9: a single '=' means nothing here; write =="},
      {"requests > 5 & true", "13: a single '&' means nothing here; write &&"},
      {"requests > 5 and true", "13: an operator, or nothing more, should stand here, not 'and'; write &&"},
      {"not true", "0: 'not' cannot stand here; write !"},
      {"requests > 5.", "11: the number '5' runs into '.'; a double is written like 5.0 or 5e3"},
      {"requests > 5s", "11: the number '5' runs into 's'; a double is written like 5.0 or 5e3"},
      {"requests > '5'", "11: a trip compares numbers; it has no use for texts"},
      {"requests > 99999999999999999999", "11: '99999999999999999999' is too large for 64 bits"},
      {"requests > 9223372036854775808",
       "11: '9223372036854775808' does not fit in an int; write 9223372036854775808u or a double"},
      {"requests > 1e999", "11: '1e999' is too large for a double"},
      {"requests \xE2\x89\xA5 5", "9: '\xE2\x89\xA5' is not an operator; write >="},
      {"requests => 5", "9: '=>' is not an operator; write >="},
      {"requests =< 5", "9: '=<' is not an operator; write <="},
      {"requests <> 5", "9: '<>' is not an operator; write !="},
      {"requests === 5", "9: '===' is not an operator; write =="},
      {"requests >\xC2\xA0"
       "5",
       "10: a no-break space (U+00A0) means nothing in a trip; write a plain space"},
      {"true ? true ? true : true : true", "12: ':' should stand here, not '?'; put the inner ?: in parentheses"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(first_error(text), expected) << text;
}

TEST(TripParser, AMinusBeforeACountNegatesTheCountAlone) {
  const auto holds = [](const std::string& text, std::int64_t failures) {
    return compile_trip(text).rule->trips({.total_failures = failures});
  };
  EXPECT_TRUE(holds("-totalFailures + 2 > 0", 1));
  EXPECT_FALSE(holds("-totalFailures + 2 > 0", 2));
  EXPECT_TRUE(holds("-totalFailures * 2 + 5 > 0", 2));
  EXPECT_FALSE(holds("-totalFailures * 2 + 5 > 0", 3));
}

// Each list in a list holds a value on the evaluator's stack: the compiler must refuse what needs more than it has.
TEST(TripParser, ListsInListsCannotOverflowTheEvaluatorsStack) {
  // Each level leaves its needle and 12 elements on the stack while it waits for the next: 16 nodes, 13 values deep.
  const auto nested = [](int levels) {
    std::string rule = "requests > 0";
    for (int i = 0; i < levels; ++i) rule = "(requests > 0) in [" + repeated("true, ", 12) + rule + "]";
    return rule;
  };
  const TripResult most = compile_trip(nested(19));
  ASSERT_TRUE(most.rule);
  EXPECT_TRUE(most.rule->trips({.requests = 1}));
  EXPECT_EQ(nested(26).size(), 2404u) << "2.4 KB are enough to ask for more";
  for (const int levels : {20, 26, 31})
    EXPECT_EQ(first_error(nested(levels)),
              "0: the expression is too long: at most 512 values and operators; shorten it")
        << levels;
}

TEST(TripParser, ManyParenthesesRoundAListAreRefused) {
  EXPECT_TRUE(compile_trip("requests in " + repeated("(", 50) + "[1]" + repeated(")", 50)).rule);
  EXPECT_EQ(first_error("requests in " + repeated("(", 150) + "[1]" + repeated(")", 150)).substr(0, 4), "112:");
}

TEST(TripParser, DepthAndLengthAreBounded) {
  EXPECT_TRUE(trips(repeated("(", 32) + "true" + repeated(")", 32)));
  EXPECT_TRUE(trips(repeated("!", 32) + "true"));
  EXPECT_TRUE(trips(repeated("-", 32) + "19 == 19"));
  EXPECT_TRUE(trips(repeated("requests > 9 ? false : ", 32) + "true"));
  EXPECT_TRUE(trips(repeated("int(uint(", 12) + "7" + repeated("))", 12) + " == 7"));
  EXPECT_TRUE(trips(repeated("requests > 9 || ", 100) + "true"));
  EXPECT_EQ(first_error(repeated("(", 101) + "true" + repeated(")", 101)),
            "100: nested too deeply: at most 100 levels");
  EXPECT_NE(first_error(repeated("requests > 9 ? false : ", 200) + "true"), "");
  const std::string long_chain = repeated("requests > 9 || ", 200) + "requests > 0";
  EXPECT_EQ(first_error(long_chain), "0: the expression is too long: at most 512 values and operators; shorten it");
  EXPECT_NE(first_error(long_chain, true), "") << "not even leniently";
  EXPECT_NE(first_error(repeated(" ", 20'000) + "true"), "");
  EXPECT_NE(first_error("requests in [" + repeated("requests,", 300) + "]"), "");
}

TEST(TripParser, LenientLoadsWhatOnlyFailsAtRunTime) {
  for (const std::string text :
       {"failures > 5", "totalFailures / 2.0 > 1.0", "totalFailures", "1 / 0 > 1", "size(requests) > 1"}) {
    const TripResult result = compile_trip(text, true);
    ASSERT_TRUE(result.rule) << text;
    EXPECT_FALSE(result.rule->trips({9, 0, 9, 0, 9})) << text;
    ASSERT_FALSE(result.messages.empty()) << text;
    EXPECT_FALSE(result.messages[0].error) << text;
  }
  const TripResult absorbed = compile_trip("failures > 5 || consecutiveFailures > 3", true);
  ASSERT_TRUE(absorbed.rule);
  EXPECT_TRUE(absorbed.rule->trips({4, 0, 4, 0, 4}));
  EXPECT_FALSE(absorbed.rule->trips({3, 0, 3, 0, 3}));
  EXPECT_FALSE(compile_trip("requests > (", true).rule) << "a syntax error is one for the original too";
}

}  // namespace
}  // namespace resil

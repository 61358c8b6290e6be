#include "config/text/number.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace resil {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(Number, IntegersInEverySpelling) {
  const std::vector<std::pair<std::string, std::int64_t>> cases = {{"0", 0},
                                                                   {"-0", 0},
                                                                   {"3", 3},
                                                                   {"+3", 3},
                                                                   {"-3", -3},
                                                                   {"0x10", 16},
                                                                   {"-0X1f", -31},
                                                                   {"0o17", 15},
                                                                   {"0b101", 5},
                                                                   {"3.0", 3},
                                                                   {"3.", 3},
                                                                   {"1e3", 1000},
                                                                   {"2.5e1", 25},
                                                                   {"-1.0", -1},
                                                                   {"1_000", 1000},
                                                                   {"0x_10", 16},
                                                                   {"100e-2", 1},
                                                                   {"0.0", 0},
                                                                   {"9223372036854775807", kMost},
                                                                   {"-9223372036854775807", -kMost}};
  for (const auto& [text, number] : cases) {
    const IntegerResult result = parse_integer(text);
    ASSERT_TRUE(result.value) << text;
    EXPECT_EQ(*result.value, number) << text;
  }
}

TEST(Number, WhatIsNoInteger) {
  for (const std::string text : {"",   "+",    "-",   "--3", "+-3", "three", "3.5", "3x", "0x", "0xg",  "_3",
                                 "3_", "3__0", "3 0", " 3",  "nan", "inf",   "1e",  "e3", ".",  "1e-1", "0b2"}) {
    const IntegerResult result = parse_integer(text);
    EXPECT_FALSE(result.value || result.octal || result.too_large) << text;
  }
  for (const std::string text : {"010", "-010", "+08", "00", "007"}) EXPECT_TRUE(parse_integer(text).octal) << text;
  for (const std::string text : {"9223372036854775808", "99999999999999999999", "1e19", "0xffffffffffffffff"})
    EXPECT_TRUE(parse_integer(text).too_large) << text;
}

TEST(Number, DecimalNumbers) {
  EXPECT_EQ(parse_number("0.2"), 0.2);
  EXPECT_EQ(parse_number("+1"), 1.0);
  EXPECT_EQ(parse_number("-.5"), -0.5);
  EXPECT_EQ(parse_number("2e-1"), 0.2);
  for (const std::string text : {"", "-", "nan", ".nan", "inf", "-inf", "1e999", "0x1p3", "1,5", "1.5x", "--1", "."})
    EXPECT_FALSE(parse_number(text)) << text;
}

TEST(Number, Percents) {
  EXPECT_EQ(parse_percent("20%"), 0.2);
  EXPECT_EQ(parse_percent("-1.5%"), -0.015);
  for (const std::string text : {"", "%", "20", "0.2", "20%%", "x%", "20 %"}) EXPECT_FALSE(parse_percent(text)) << text;
}

TEST(Number, ShortNumbersAreReadByPeople) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(0.2), "0.2");
  EXPECT_EQ(short_number(1e9), "1000000000");
  EXPECT_EQ(short_number(-1e14), "-100000000000000");
  EXPECT_EQ(short_number(0.0001), "0.0001");
  EXPECT_EQ(short_number(0.00001), "1e-05");
  EXPECT_EQ(short_number(1e15), "1e+15");
}

TEST(Number, TheEdgesOfEachSpelling) {
  EXPECT_EQ(parse_integer("0x7").value, 7);
  EXPECT_EQ(parse_integer("0b1").value, 1);
  EXPECT_EQ(parse_integer("0o7").value, 7);
  EXPECT_TRUE(parse_integer("9223372036854775808.0").too_large);
  EXPECT_TRUE(parse_integer("9.3e18").too_large);
  EXPECT_EQ(parse_integer("9223372036854774784.0").value, 9'223'372'036'854'774'784);
  EXPECT_TRUE(parse_integer("9223372036854775808").too_large);
  EXPECT_EQ(parse_integer("9223372036854775807").value, 9'223'372'036'854'775'807);
}

}  // namespace
}  // namespace resil

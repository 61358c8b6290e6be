#include "config/text/duration.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace resil {
namespace {

constexpr Nanos kMinute = 60 * kSecond, kHour = 60 * kMinute;

TEST(Duration, GoGrammar) {
  const std::vector<std::pair<std::string, Nanos>> cases = {
      {"0", 0},
      {"-0", 0},
      {"+0", 0},
      {"5s", 5 * kSecond},
      {"30s", 30 * kSecond},
      {"1478s", 1478 * kSecond},
      {"-5s", -5 * kSecond},
      {"+5s", 5 * kSecond},
      {"5.0s", 5 * kSecond},
      {"5.6s", 5 * kSecond + 600 * kMillisecond},
      {"5.s", 5 * kSecond},
      {".5s", 500 * kMillisecond},
      {"1.0s", kSecond},
      {"1.00s", kSecond},
      {"1.004s", kSecond + 4 * kMillisecond},
      {"1.0040s", kSecond + 4 * kMillisecond},
      {"100.00100s", 100 * kSecond + kMillisecond},
      {"10ns", 10},
      {"11us", 11'000},
      {"12\xC2\xB5s", 12'000},
      {"12\xCE\xBCs", 12'000},
      {"13ms", 13 * kMillisecond},
      {"14s", 14 * kSecond},
      {"15m", 15 * kMinute},
      {"16h", 16 * kHour},
      {"3h30m", 3 * kHour + 30 * kMinute},
      {"10.5s4m", 4 * kMinute + 10 * kSecond + 500 * kMillisecond},
      {"-2m3.4s", -(2 * kMinute + 3 * kSecond + 400 * kMillisecond)},
      {"1h2m3s4ms5us6ns", kHour + 2 * kMinute + 3 * kSecond + 4 * kMillisecond + 5 * kMicrosecond + 6},
      {"39h9m14.425s", 39 * kHour + 9 * kMinute + 14 * kSecond + 425 * kMillisecond},
      {"1s1s", 2 * kSecond},
      {"005s", 5 * kSecond},
      {"52763797000ns", 52'763'797'000},
      {"0.3333333333333333333h", 20 * kMinute},
      {"9007199254740993ns", (Nanos{1} << 53) + 1},
      {"9223372036854775807ns", std::numeric_limits<Nanos>::max()},
      {"9223372036854775.807us", std::numeric_limits<Nanos>::max()},
      {"9223372036s854ms775us807ns", std::numeric_limits<Nanos>::max()},
      {"-9223372036854775808ns", std::numeric_limits<Nanos>::min()},
      {"-9223372036854775.808us", std::numeric_limits<Nanos>::min()},
      {"0.100000000000000000000h", 6 * kMinute},
      {"0.830103483285477580700h", 49 * kMinute + 48 * kSecond + 372'539'827},
  };
  for (const auto& [text, expected] : cases) {
    const DurationResult result = parse_duration(text);
    ASSERT_TRUE(result.value) << text << ": " << result.problem;
    EXPECT_EQ(*result.value, expected) << text;
    EXPECT_EQ(result.problem, "");
  }
}

TEST(Duration, ABareIntegerIsMilliseconds) {
  EXPECT_EQ(parse_duration("500").value, 500 * kMillisecond);
  EXPECT_EQ(parse_duration("-1").value, -kMillisecond);
  EXPECT_EQ(parse_duration("9223372036854").value, 9'223'372'036'854 * kMillisecond);
  EXPECT_FALSE(parse_duration("9223372036855").value);
  EXPECT_FALSE(parse_duration("18446744073710").value) << "wraps to a small number";
  EXPECT_FALSE(parse_duration("18446744073709551617").value);
  EXPECT_FALSE(parse_duration("-9223372036855").value);
  EXPECT_FALSE(parse_duration("99999999999999999999999").value);
}

TEST(Duration, MistakesSayWhatToWrite) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "'' is not a duration; write it like 5s, 1.5s, 200ms or 1h30m"},
      {"-", "'-' is not a duration; write it like 5s, 1.5s, 200ms or 1h30m"},
      {"s", "'s' is not a duration; write it like 5s, 1.5s, 200ms or 1h30m"},
      {".", "'.' is not a duration; write it like 5s, 1.5s, 200ms or 1h30m"},
      {".s", "'.s' is not a duration; write it like 5s, 1.5s, 200ms or 1h30m"},
      {"1.5", "'1.5' is not a duration: a unit is missing; write it like 5s, 1.5s, 200ms or 1h30m"},
      {"1h30", "'1h30' is not a duration: a unit is missing; write it like 5s, 1.5s, 200ms or 1h30m"},
      {"3d", "'3d' is not a duration: there is no unit 'd', the units are ns, us, ms, s, m and h"},
      {"5sec", "'5sec' is not a duration: there is no unit 'sec', the units are ns, us, ms, s, m and h"},
      {"5S", "'5S' is not a duration: there is no unit 'S', the units are ns, us, ms, s, m and h"},
      {"5 s", "'5 s' is not a duration; write it without blanks, like 1h30m"},
      {"1h-30m", "'1h-30m' is not a duration: there is no unit 'h-', the units are ns, us, ms, s, m and h"},
      {"9223372036854775808ns", "'9223372036854775808ns' is too long a duration: at most 292 years"},
      {"2562047h47m16.854775808s", "'2562047h47m16.854775808s' is too long a duration: at most 292 years"},
      {"9223372036.854775808s", "'9223372036.854775808s' is too long a duration: at most 292 years"},
      {"9223372036854775.808us", "'9223372036854775.808us' is too long a duration: at most 292 years"},
      {"5124095h34m33.709551616s", "'5124095h34m33.709551616s' is too long a duration: at most 292 years"},
      {"18446744073709551616ns", "'18446744073709551616ns' is too long a duration: at most 292 years"},
      {"18446744073710s", "'18446744073710s' is too long a duration: at most 292 years"},
      {"9223372036854775807ns1ns", "'9223372036854775807ns1ns' is too long a duration: at most 292 years"},
      {"010", "'010' has leading zeros and no unit; write 10ms (or 8ms, which is what YAML reads)"},
      {"-010", "'-010' has leading zeros and no unit; write -10ms (or -8ms, which is what YAML reads)"},
      {"08", "'08' has leading zeros and no unit; write 8ms"},
      {"007", "'007' has leading zeros and no unit; write 7ms"},
      {"00", "'00' has leading zeros and no unit; write 0ms"},
      {"3000000h", "'3000000h' is too long a duration: at most 292 years"},
      {"-9223372036854775809ns", "'-9223372036854775809ns' is too long a duration: at most 292 years"},
      {"-9223372036854775808ns9223372036854775808ns",
       "'-9223372036854775808ns9223372036854775808ns' is too long a duration: at most 292 years"},
      {"-9223372036854775808ns1ns", "'-9223372036854775808ns1ns' is too long a duration: at most 292 years"},
      {"-9223372036854775807ns2ns", "'-9223372036854775807ns2ns' is too long a duration: at most 292 years"},
      {"9223372036854775809ns", "'9223372036854775809ns' is too long a duration: at most 292 years"},
      {"1..5s", "'1..5s' is not a duration: a unit is missing; write it like 5s, 1.5s, 200ms or 1h30m"},
  };
  for (const auto& [text, expected] : cases) {
    const DurationResult result = parse_duration(text);
    EXPECT_FALSE(result.value) << text;
    EXPECT_EQ(result.problem, expected);
  }
}

}  // namespace
}  // namespace resil

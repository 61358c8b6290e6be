#include "resil/policy/retry_after.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace resil {
namespace {

// Sun, 06 Nov 1994 08:49:37 GMT, the moment of RFC 9110's examples.
constexpr Nanos kThen = 784'111'777 * kSecond;
constexpr Nanos kDay = 86'400 * kSecond;

void expect_wait(std::string_view text, Nanos wait, Nanos now = kThen) {
  EXPECT_EQ(parse_retry_after(text, now), std::optional(wait)) << text;
}
void expect_none(std::string_view text, Nanos now = kThen) {
  EXPECT_EQ(parse_retry_after(text, now), std::nullopt) << text;
}

TEST(RetryAfter, SecondsAreDigitsAndNothingElse) {
  expect_wait("0", 0);
  expect_wait("120", 120 * kSecond);
  expect_wait("0007", 7 * kSecond);
  expect_wait("86400", kDay);
  for (const char* text : {"", " ", "5 ", " 5", "+5", "-5", "5s", "3600.5", "1e3", "0x10", "2099-1", "retry in 3000",
                           "5,6", "5;q=1", "\xD9\xA5", "five"}) {
    expect_none(text);
  }
  expect_none(std::string_view("5\0", 2));
}

TEST(RetryAfter, SecondsHoldAtTheEndOfTheRange) {
  expect_wait("9223372036", 9'223'372'036 * kSecond);
  expect_wait("9223372037", kForever);
  expect_wait("99999999999999999999999999999999999999999999", kForever);
}

TEST(RetryAfter, EveryFormOfADate) {
  expect_wait("Sun, 06 Nov 1994 08:49:37 GMT", 0);
  expect_wait("Sunday, 06-Nov-94 08:49:37 GMT", 0);
  expect_wait("Sun Nov  6 08:49:37 1994", 0);
  expect_wait("Sun Nov 06 08:49:37 1994", 0);
  expect_wait("Mon, 07 Nov 1994 08:49:37 GMT", kDay);
  expect_wait("Monday, 07-Nov-94 08:49:37 GMT", kDay);
  expect_wait("Sun Nov 27 08:49:38 1994", 21 * kDay + kSecond);
  expect_wait("Wednesday, 09-Nov-94 08:49:36 GMT", 3 * kDay - kSecond);
}

TEST(RetryAfter, APastDateIsNone) {
  expect_none("Sun, 06 Nov 1994 08:49:36 GMT");
  expect_none("Sun, 06 Nov 1994 08:49:37 GMT", kThen + 1);
  expect_none("Mon, 01 Jan 0000 00:00:00 GMT");
}

TEST(RetryAfter, PartsOfASecondCount) { expect_wait("Sun, 06 Nov 1994 08:49:38 GMT", kSecond - 1, kThen + 1); }

TEST(RetryAfter, DatesAreReadToTheLetter) {
  for (const char* text : {"sun, 06 Nov 2094 08:49:37 GMT",
                           "Sun, 06 nov 2094 08:49:37 GMT",
                           "Sun, 06 Nov 2094 08:49:37 gmt",
                           "Sun, 06 Nov 2094 08:49:37 UTC",
                           "Sun, 06 Nov 2094 08:49:37 +0000",
                           "Sun, 06 Nov 2094 08:49:37",
                           "Sun, 06 Nov 2094 08:49:37 GMT ",
                           " Sun, 06 Nov 2094 08:49:37 GMT",
                           "Sun,06 Nov 2094 08:49:37 GMT",
                           "Sun, 6 Nov 2094 08:49:37 GMT",
                           "Sun, 06  Nov 2094 08:49:37 GMT",
                           "Sun, 06 Nov 94 08:49:37 GMT",
                           "Sun, 06 Nov 2094 8:49:37 GMT",
                           "Sun, 06 Nov 2094 08:49 GMT",
                           "Sun, 06 Nov 2094 08.49.37 GMT",
                           "Sun, 06-Nov-94 08:49:37 GMT",
                           "Sunday, 06 Nov 2094 08:49:37 GMT",
                           "Sunday, 06-Nov-2094 08:49:37 GMT",
                           "Sun Nov 6 08:49:37 2094",
                           "Sun Nov   6 08:49:37 2094",
                           "Sun Nov  6 08:49:37 94",
                           "Sun Nov  6 08:49:37 2094 GMT",
                           "Sunday Nov  6 08:49:37 2094",
                           "06 Nov 2094 08:49:37 GMT",
                           "2094-11-06T08:49:37Z",
                           "Sun, 06 Nov +994 08:49:37 GMT",
                           "Sun, 06 November 2094 08:49:37 GMT",
                           "Sun",
                           "Sunday",
                           "Sun, ",
                           "Sunday, 06-"}) {
    expect_none(text);
  }
}

TEST(RetryAfter, OnlyMomentsThatThereAre) {
  for (const char* text :
       {"Sun, 00 Nov 2094 08:49:37 GMT", "Sun, 32 Oct 2094 08:49:37 GMT", "Sun, 31 Nov 2094 08:49:37 GMT",
        "Wed, 29 Feb 1995 00:00:00 GMT", "Thu, 29 Feb 2100 00:00:00 GMT", "Sun, 06 Nov 2094 24:00:00 GMT",
        "Sun, 06 Nov 2094 08:60:00 GMT", "Sun, 06 Nov 2094 08:49:60 GMT", "Sun, 06 Nov 2094 23:59:61 GMT"}) {
    expect_none(text);
  }
  expect_wait("Thu, 29 Feb 1996 08:49:37 GMT", 480 * kDay);
  const Nanos new_year_1996 = 820'454'400 * kSecond;
  expect_wait("Sun, 31 Dec 1995 23:59:60 GMT", 0, new_year_1996);  // the leap second is the next day's first
}

// RFC 9110, 5.6.7: a two-digit year that appears to be more than 50 years ahead is the most recent one that is past.
TEST(RetryAfter, TwoDigitsOfAYear) {
  constexpr Nanos kFiftyYears = 18'263 * kDay;
  expect_wait("Sunday, 06-Nov-44 08:49:37 GMT", kFiftyYears);
  expect_none("Sunday, 06-Nov-44 08:49:38 GMT");  // 1944
  expect_none("Monday, 07-Nov-44 08:49:37 GMT");
  expect_none("Sunday, 05-Nov-94 08:49:37 GMT");
  constexpr Nanos kLate2095 = 3'971'894'400 * kSecond;  // 12 Nov 2095
  expect_wait("Monday, 12-Nov-96 00:00:00 GMT", 366 * kDay, kLate2095);
  expect_wait("Thursday, 12-Nov-05 00:00:00 GMT", 3'652 * kDay, kLate2095);  // 2105, not 2005
  expect_wait("Tuesday, 29-Feb-00 08:49:37 GMT", 1'941 * kDay);              // 2000 had one, 1900 and 2100 had not
}

TEST(RetryAfter, DatesHoldAtTheEndsOfTheRange) {
  constexpr Nanos kFirst = std::numeric_limits<Nanos>::min();
  expect_wait("Fri, 31 Dec 9999 23:59:59 GMT", kForever);
  expect_wait("Fri, 31 Dec 9999 23:59:59 GMT", kForever, kFirst);
  expect_wait("Sun, 06 Nov 1994 08:49:37 GMT", kForever, kFirst);
  expect_none("Sun, 06 Nov 1994 08:49:37 GMT", kForever);
}

TEST(RetryAfter, ALeapSecondIsTheLastOfItsDay) {
  EXPECT_TRUE(parse_retry_after("Sun, 06 Nov 2094 23:59:60 GMT", kThen));
  for (const char* text :
       {"Sun, 06 Nov 2094 08:59:60 GMT", "Sun, 06 Nov 2094 23:58:60 GMT", "Sun, 06 Nov 2094 23:59:61 GMT",
        "Sun, 06 Nov 2094 24:00:00 GMT", "Sun, 06 Nov 2094 08:60:00 GMT"}) {
    expect_none(text);
  }
}

// The characters beside the digits would make numbers too, were they taken for some.
TEST(RetryAfter, ADigitIsADigit) {
  for (const char* text :
       {"Sun, 1/ Nov 2094 08:49:37 GMT", "Sun, 0: Nov 2094 08:49:37 GMT", "Sun, 06 Nov 209/ 08:49:37 GMT",
        "Sun, 06 Nov 2094 0::49:37 GMT", "Sun, 06 Nox 2094 08:49:37 GMT", "Sunday, 06-Nox-94 08:49:37 GMT"}) {
    expect_none(text);
  }
}

// In the middle of the next century too.
TEST(RetryAfter, TwoDigitsOfAYearBeyondTheNextCentury) {
  const Nanos in_2150 = 5'694'000'000 * kSecond;  // in June
  const auto four = parse_retry_after("Wed, 01 Jan 2200 00:00:00 GMT", in_2150);
  ASSERT_TRUE(four);
  EXPECT_EQ(parse_retry_after("Wednesday, 01-Jan-00 00:00:00 GMT", in_2150), four);
  expect_none("Wednesday, 01-Jan-01 00:00:00 GMT", in_2150);
}

}  // namespace
}  // namespace resil

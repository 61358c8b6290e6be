#include "config/text/status_range.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace resil {
namespace {

TEST(StatusRange, ListsAndRanges) {
  const StatusResult result = parse_statuses("429,500-599", kHttpStatuses);
  ASSERT_TRUE(result.value) << result.problem;
  for (int status = 100; status <= 599; ++status) {
    EXPECT_EQ(result.value->matches(status), status == 429 || status >= 500) << status;
  }
}

TEST(StatusRange, GrpcByNameIsToldItsNumber) {
  for (const auto& [name, number] : std::vector<std::pair<std::string, std::string>>{{"NOT_FOUND", "5"},
                                                                                     {"not found", "5"},
                                                                                     {"DeadlineExceeded", "4"},
                                                                                     {"canceled", "1"},
                                                                                     {"UNAUTHENTICATED", "16"}}) {
    EXPECT_EQ(parse_statuses(name, kGrpcStatuses).problem, "'" + name + "' is not a number; write " + number);
  }
  EXPECT_EQ(parse_statuses("not.found", kGrpcStatuses).problem,
            "'not.found' is not a status; write statuses and ranges like 4,8,14");
}

TEST(StatusRange, Grpc) {
  const StatusResult result = parse_statuses("4,8,14-16", kGrpcStatuses);
  ASSERT_TRUE(result.value) << result.problem;
  for (int code = 0; code <= 16; ++code) {
    EXPECT_EQ(result.value->matches(code), code == 4 || code == 8 || code >= 14) << code;
  }
}

TEST(StatusRange, BlanksAndEmptyPartsDoNoHarm) {
  const StatusSet plain = *parse_statuses("429,500-599", kHttpStatuses).value;
  for (const std::string text :
       {" 429 , 500 - 599 ", "429,,500-599,", ",429,500-599", "429,\t500-599", "429,500-549,550-599,429"}) {
    const StatusResult result = parse_statuses(text, kHttpStatuses);
    ASSERT_TRUE(result.value) << text << ": " << result.problem;
    EXPECT_EQ(*result.value, plain) << text;
  }
}

TEST(StatusRange, AnEmptyTextIsNoListButAListOfNothingMatchesNothing) {
  EXPECT_TRUE(parse_statuses("", kHttpStatuses).value->matches(404));
  EXPECT_FALSE(parse_statuses(",", kHttpStatuses).value->matches(404));
}

TEST(StatusRange, TheWholeRange) {
  const auto taken = [](const std::string& text, const StatusBounds& bounds, int status) {
    const StatusResult result = parse_statuses(text, bounds);
    return result.value.has_value() && result.value->matches(status);
  };
  EXPECT_TRUE(taken("100-599", kHttpStatuses, 100));
  EXPECT_TRUE(taken("100-599", kHttpStatuses, 599));
  EXPECT_TRUE(taken("0-16", kGrpcStatuses, 0));
  EXPECT_TRUE(taken("0-16", kGrpcStatuses, 16));
  EXPECT_TRUE(taken("500-500", kHttpStatuses, 500));
}

TEST(StatusRange, MistakesSayWhatToWrite) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"600", "'600' is no HTTP status; they go from 100 to 599"},
      {"99", "'99' is no HTTP status; they go from 100 to 599"},
      {"400-600", "'600' is no HTTP status; they go from 100 to 599"},
      {"99999999999", "'99999999999' is no HTTP status; they go from 100 to 599"},
      {"4xx", "'4xx' is not a number; write 400-499"},
      {"1xx", "'1xx' is not a number; write 100-199"},
      {"5**", "'5**' is not a number; write 500-599"},
      {"6xx", "'6xx' is not a status; write statuses and ranges like 429,500-599"},
      {"0xx", "'0xx' is not a status; write statuses and ranges like 429,500-599"},
      {"5x", "'5x' is not a status; write statuses and ranges like 429,500-599"},
      {"5xxx", "'5xxx' is not a status; write statuses and ranges like 429,500-599"},
      {"500-", "'' is not a status; write statuses and ranges like 429,500-599"},
      {"-500", "'' is not a status; write statuses and ranges like 429,500-599"},
      {"-", "'' is not a status; write statuses and ranges like 429,500-599"},
      {"400-500-599", "'400-500-599' has more than one '-'; write first-last"},
      {"599-500", "'599-500' ends before it starts; write 500-599"},
      {"429;500", "'429;500' is not a status; write statuses and ranges like 429,500-599"},
      {"429 500", "'429 500' is not a status; write statuses and ranges like 429,500-599"},
      {"+429", "'+429' is not a status; write statuses and ranges like 429,500-599"},
  };
  for (const auto& [text, expected] : cases) {
    const StatusResult result = parse_statuses(text, kHttpStatuses);
    EXPECT_FALSE(result.value) << text;
    EXPECT_EQ(result.problem, expected);
  }
  for (const char* name : {"CANCELLED", "Cancelled", "CANCELED", "canceled"}) {
    const std::string expected = "'" + std::string(name) + "' is not a number; write 1";
    EXPECT_EQ(parse_statuses(name, kGrpcStatuses).problem, expected);
  }
  EXPECT_EQ(parse_statuses("17", kGrpcStatuses).problem, "'17' is no gRPC status; they go from 0 to 16");
}

}  // namespace
}  // namespace resil

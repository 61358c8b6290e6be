#include "resil/base/types.h"

#include <gtest/gtest.h>

#include "support/caller.h"

namespace resil {
namespace {

using testing::grpc;
using testing::http;

TEST(Types, AddingTimesHoldsAtTheEndsOfTheRange) {
  EXPECT_EQ(add_saturated(2, 3), 5);
  EXPECT_EQ(add_saturated(-2, 3), 1);
  EXPECT_EQ(add_saturated(kForever, 1), kForever);
  EXPECT_EQ(add_saturated(1, kForever), kForever);
  EXPECT_EQ(add_saturated(kForever, kForever), kForever);
  EXPECT_EQ(add_saturated(kReadClock, -1), kReadClock);
  EXPECT_EQ(add_saturated(-1, kReadClock), kReadClock);
  EXPECT_EQ(add_saturated(kForever, kReadClock), -1);
}

TEST(Types, SubtractingTimesHoldsAtTheEndsOfTheRange) {
  EXPECT_EQ(subtract_saturated(2, 3), -1);
  EXPECT_EQ(subtract_saturated(kForever, 1), kForever - 1);
  EXPECT_EQ(subtract_saturated(kForever, -1), kForever);
  EXPECT_EQ(subtract_saturated(1, kReadClock), kForever);
  EXPECT_EQ(subtract_saturated(0, kReadClock), kForever);
  EXPECT_EQ(subtract_saturated(-1, kReadClock), kForever);
  EXPECT_EQ(subtract_saturated(kReadClock, 1), kReadClock);
  EXPECT_EQ(subtract_saturated(kReadClock, kForever), kReadClock);
  EXPECT_EQ(subtract_saturated(kReadClock, kReadClock), 0);
}

TEST(Outcome, HttpSucceedsFrom200To399) {
  for (const int status : {0, 1, 99, 100, 199, 400, 404, 429, 500, 599, 600, 65'535}) {
    EXPECT_FALSE(http(status).succeeded()) << status;
    EXPECT_TRUE(http(status).valid()) << status;
  }
  for (const int status : {200, 204, 299, 300, 304, 399}) EXPECT_TRUE(http(status).succeeded()) << status;
}

TEST(Outcome, GrpcSucceedsWithZeroOnly) {
  EXPECT_TRUE(grpc(0).succeeded());
  for (int code = 1; code <= 17; ++code) EXPECT_FALSE(grpc(code).succeeded()) << code;
}

TEST(Outcome, PlainOutcomes) {
  EXPECT_TRUE(testing::kSuccess.succeeded());
  for (const Outcome outcome : {testing::kFailure, testing::kTimeout, testing::kCancelled}) {
    EXPECT_FALSE(outcome.succeeded());
    EXPECT_TRUE(outcome.valid());
    EXPECT_FALSE(outcome.is_http());
    EXPECT_FALSE(outcome.is_grpc());
  }
  EXPECT_TRUE(testing::kCancelled.cancelled());
  EXPECT_FALSE(testing::kFailure.cancelled());
  EXPECT_FALSE(http(3).cancelled());
}

TEST(Outcome, CarriesItsStatus) {
  EXPECT_EQ(http(503).status(), 503);
  EXPECT_TRUE(http(503).is_http());
  EXPECT_FALSE(http(503).is_grpc());
  EXPECT_EQ(grpc(14).status(), 14);
  EXPECT_TRUE(grpc(14).is_grpc());
  EXPECT_FALSE(grpc(14).is_http());
}

TEST(Outcome, OtherNumbersAreNoOutcomes) {
  for (const std::int32_t code : {-1, 4, 200, 0xFFFF, 0x30000, 0x10000 | 0x40000, INT32_MIN, INT32_MAX, -0x10000}) {
    EXPECT_FALSE(Outcome{code}.valid()) << code;
    EXPECT_FALSE(Outcome{code}.succeeded()) << code;
  }
}

TEST(Outcome, AFailureIsNeitherASuccessNorCancelled) {
  for (const Outcome outcome : {testing::kFailure, testing::kTimeout, http(404), grpc(14)}) {
    EXPECT_TRUE(outcome.failed());
  }
  for (const Outcome outcome : {testing::kSuccess, testing::kCancelled, http(204), grpc(0)}) {
    EXPECT_FALSE(outcome.failed());
  }
}

TEST(Outcome, TheFlagAgainstRetriesIsNoPartOfIt) {
  const Outcome reported{http(503).code | Outcome::kNoRetry};
  EXPECT_FALSE(reported.may_retry());
  EXPECT_FALSE(reported.valid());
  EXPECT_EQ(reported.without_flag().code, http(503).code);
  EXPECT_TRUE(http(503).may_retry());
  EXPECT_FALSE(Outcome{-1 & ~Outcome::kNoRetry}.without_flag().valid());
}

}  // namespace
}  // namespace resil

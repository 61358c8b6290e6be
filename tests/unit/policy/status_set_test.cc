#include "resil/policy/status_set.h"

#include <gtest/gtest.h>

namespace resil {
namespace {

TEST(StatusSet, WithoutAListEverythingMatches) {
  constexpr StatusSet set;
  static_assert(!set.given());
  for (const int status : {-1, 0, 16, 200, 599, 600, 65'535}) EXPECT_TRUE(set.matches(status)) << status;
}

TEST(StatusSet, AnEmptyListMatchesNothing) {
  StatusSet set;
  set.give();
  EXPECT_TRUE(set.given());
  for (const int status : {0, 16, 200, 599}) EXPECT_FALSE(set.matches(status)) << status;
}

// Every status, so that no bit of any word is forgotten.
TEST(StatusSet, MatchesWhatWasAddedAndNothingElse) {
  StatusSet set;
  set.add(429, 429);
  set.add(500, 599);
  set.add(0, 0);
  set.add(63, 64);
  for (int status = 0; status <= StatusSet::kMax; ++status) {
    const bool added = status == 429 || status >= 500 || status == 0 || status == 63 || status == 64;
    EXPECT_EQ(set.matches(status), added) << status;
  }
}

TEST(StatusSet, NeverMatchesWhatNoListCanName) {
  StatusSet set;
  set.add(0, StatusSet::kMax);
  EXPECT_FALSE(set.matches(-1));
  EXPECT_FALSE(set.matches(600));
  EXPECT_FALSE(set.matches(65'535));
}

TEST(StatusSet, EqualWhereAllMatchesAreEqual) {
  StatusSet a, b;
  EXPECT_EQ(a, b);
  a.give();
  EXPECT_NE(a, b);  // nothing matches, everything matches
  b.give();
  EXPECT_EQ(a, b);
  a.add(500, 502);
  b.add(501, 502);
  EXPECT_NE(a, b);
  b.add(500, 500);
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace resil

#include "config/text/suggest.h"

#include <gtest/gtest.h>

namespace resil {
namespace {

const std::vector<std::string_view> kNames = {"retryForever", "general", "maxRetries", "ab"};

TEST(Suggest, NearestByEditsIgnoringCase) {
  EXPECT_EQ(nearest("retryForevr", kNames), "retryForever");
  EXPECT_EQ(nearest("RETRYFOREVER", kNames), "retryForever");
  EXPECT_EQ(nearest("genreal", kNames), "general") << "a swap is one edit";
  EXPECT_EQ(nearest("maxRetry", kNames), "maxRetries");
  EXPECT_EQ(nearest("forever", kNames), "retryForever") << "part of a name";
  EXPECT_EQ(nearest("ac", kNames), "ab");
  EXPECT_EQ(nearest("xy", kNames), "");
  EXPECT_EQ(nearest("something", kNames), "");
  EXPECT_EQ(nearest("", kNames), "");
  EXPECT_EQ(nearest("general", {}), "");
}

TEST(Suggest, OfTwoEquallyNearTheFirstWins) {
  EXPECT_EQ(nearest("cat", {"bat", "hat"}), "bat");
  EXPECT_EQ(nearest("cat", {"hat", "bat"}), "hat");
}

TEST(Suggest, HowFarIsStillNear) {
  EXPECT_EQ(nearest("ab", {"xb"}), "xb") << "one edit is always near";
  EXPECT_EQ(nearest("ab", {"xy"}), "");
  EXPECT_EQ(nearest("abcdef", {"abcdxy"}), "abcdxy") << "a third of the letters";
  EXPECT_EQ(nearest("abcdef", {"abcxyz"}), "");
  EXPECT_EQ(nearest("ever", {"retryForever"}), "retryForever") << "part of a name, from four letters on";
  EXPECT_EQ(nearest("for", {"retryForever"}), "");
  EXPECT_EQ(nearest(std::string(48, 'x'), {std::string(47, 'x')}), std::string(47, 'x'));
}

TEST(Suggest, LettersBeforeAWordAreEditsToo) {
  EXPECT_EQ(nearest("xab", {"ab"}), "ab");
  EXPECT_EQ(nearest("ab", {"xab"}), "xab");
  EXPECT_EQ(nearest("xyabcd", {"abcdef"}), "") << "two too many and two missing";
  EXPECT_EQ(nearest("abcdef", {"xyabcd"}), "");
}

TEST(Suggest, ASwapIsOneOnlyOfTheSameTwoLetters) {
  EXPECT_EQ(nearest("abq", {"baq"}), "baq");
  EXPECT_EQ(nearest("abq", {"bzq"}), "");
  EXPECT_EQ(nearest("abq", {"zaq"}), "");
}

TEST(Suggest, SmallLettersOfTheAlphabetAndNothingElse) { EXPECT_EQ(lowered("@AMZ[`az{0_"), "@amz[`az{0_"); }

TEST(Suggest, TheNearerOfTwoWins) { EXPECT_EQ(nearest("retr", {"retries", "retry"}), "retry"); }

TEST(Suggest, GivesUpOnWhatNobodyTyped) { EXPECT_EQ(nearest(std::string(49, 'x'), {std::string_view("xxx")}), ""); }

TEST(Suggest, Sentences) {
  EXPECT_EQ(did_you_mean("genral", kNames), "; did you mean 'general'?");
  EXPECT_EQ(did_you_mean("nothing", kNames), "");
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(quoted("a"), "'a'");
  EXPECT_EQ(quoted("abcdef", 3), "'abc...'");
  EXPECT_EQ(quoted("a\xC3\xA9"
                   "b",
                   2),
            "'a...'")
      << "never half a character";
}

// Longer words and lists than people write are left alone: they cost time, and a suggestion would be no use.
TEST(Suggest, BoundsOfWhatIsCompared) {
  const std::string most(48, 'x'), more(49, 'x');
  EXPECT_EQ(nearest(most, {std::string_view(most)}), most);
  EXPECT_EQ(nearest(more, {std::string_view(more)}), "");
  EXPECT_EQ(nearest(most, {std::string_view(more)}), "") << "a candidate that long is none";
  EXPECT_EQ(nearest(more, {std::string_view(most)}), "") << "nor is a word";
  std::vector<std::string_view> many(299, "zzzzzzzz");
  many.push_back("retry");
  EXPECT_EQ(nearest("retri", many), "retry");
  many.push_back("zzzzzzzz");
  EXPECT_EQ(nearest("retri", many), "");
}

TEST(Suggest, TwoNeighboursSwappedAreOneMistake) {
  EXPECT_EQ(nearest("nmae", {"name"}), "name");
  EXPECT_EQ(nearest("ba", {"ab"}), "ab");
  EXPECT_EQ(nearest("bca", {"abc"}), "") << "two mistakes in three letters";
}

TEST(Suggest, WhatIsQuotedHasRoomForTheMostAndNoMore) {
  EXPECT_EQ(quoted("abcd", 4), "'abcd'");
  EXPECT_EQ(quoted("abcde", 4), "'abcd...'");
  EXPECT_EQ(quoted("abc\u20ac", 4), "'abc...'");
  EXPECT_EQ(quoted("\x80\x80\x80", 2), "'...'") << "not one whole character";
}

}  // namespace
}  // namespace resil

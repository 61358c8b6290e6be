// Every schedule of a breaker that counts beside its word, against the sequential one: failures in all, and windows.
// Each failure has a number of its own, so a rule over totalFailures is linearizable, with an interval and without.
#include "model/story.h"

namespace resil::model {
namespace {

constexpr Settings kTotal{.trip_at = 0, .total_at = 2};
constexpr Settings kWindow{.trip_at = 0, .total_at = 2, .interval = 1000};
constexpr Settings kRunInWindow{.trip_at = 2, .interval = 1000};

TEST(TotalsModel, TwoThreadsMakeTheTotalThatTrips) {
  expect_linearizable({.settings = kTotal,
                       .threads = {[](Subject& s) { s.attempt(0, 1, Act::Fail), s.attempt(0, 2, Act::Succeed); },
                                   [](Subject& s) { s.attempt(1, 1, Act::Fail), s.begin(1, 2); }},
                       .look_at = 3,
                       .long_form = true});
}

TEST(TotalsModel, ThreeFailuresForATotalOfTwo) {
  expect_linearizable(
      {.settings = kTotal,
       .threads = {[](Subject& s) { s.attempt(0, 1, Act::Fail); }, [](Subject& s) { s.attempt(1, 2, Act::Fail); },
                   [](Subject& s) { s.attempt(2, 3, Act::Fail); }},
       .look_at = 4,
       .long_form = true});
}

TEST(TotalsModel, ATotalAndARun) {
  expect_linearizable({.settings = {.trip_at = 2, .total_at = 3},
                       .before = [](Subject& s) { s.attempt(9, 0, Act::Fail); },
                       .threads = {[](Subject& s) { s.attempt(0, 1, Act::Succeed); },
                                   [](Subject& s) { s.attempt(1, 1, Act::Fail), s.attempt(1, 1, Act::Fail); }},
                       .long_form = true});
}

TEST(TotalsModel, AFailureOfAnEarlierGenerationCountsForNothing) {
  expect_linearizable({.settings = kTotal,
                       .before = [](Subject& s) { s.attempt(9, 0, Act::Fail); },
                       .threads = {[](Subject& s) {
                                     const auto held = s.begin(0, 0);
                                     if (held) s.end(0, 1003, *held, Act::Fail);
                                   },
                                   [](Subject& s) { s.attempt(1, 1, Act::Fail), s.attempt(1, 1002, Act::Succeed); }},
                       .look_at = 1004,
                       .long_form = true});
}

TEST(TotalsModel, AWindowThatEndsBetweenTwoFailures) {
  expect_linearizable({.settings = kWindow,
                       .before = [](Subject& s) { s.attempt(9, 0, Act::Fail); },
                       .threads = {[](Subject& s) { s.attempt(0, 1000, Act::Fail); },
                                   [](Subject& s) { s.attempt(1, 1001, Act::Fail); }},
                       .look_at = 1002,
                       .long_form = true});
}

// A window's end is low bits in the word and roughly a moment beside it. After a long silence a call puts the next end
// beside the word before it puts the word, and nobody may read the old bits by it.
TEST(TotalsModel, TwoCallsAfterALongSilence) {
  for (const Nanos silence : {kFar, 45 * 60 * kSecond}) {
    expect_linearizable(
        {.settings = kWindow,
         .before = [](Subject& s) { s.attempt(9, 1, Act::Fail); },
         .threads = {[=](Subject& s) { s.begin(0, silence); }, [=](Subject& s) { s.attempt(1, silence, Act::Fail); }},
         .look_at = silence + 1,
         .long_form = true});
  }
}

TEST(TotalsModel, TwoEndsAfterALongSilence) {
  for (const Nanos silence : {kFar, 45 * 60 * kSecond}) {
    auto held = std::make_shared<Subject::Held>();
    expect_linearizable(
        {.settings = kWindow,
         .before =
             [=](Subject& s) {
               s.attempt(9, 1, Act::Fail);
               *held = *s.begin(9, 2);
             },
         .threads = {[=](Subject& s) { s.end(0, silence, *held, Act::Fail); },
                     [=](Subject& s) { s.attempt(1, silence, Act::Fail), s.attempt(1, silence + 1, Act::Succeed); }},
         .look_at = silence + 1,
         .long_form = true});
  }
}

TEST(TotalsModel, ARunEndsWithItsWindow) {
  expect_linearizable({.settings = kRunInWindow,
                       .before = [](Subject& s) { s.attempt(9, 0, Act::Fail); },
                       .threads = {[](Subject& s) { s.attempt(0, 1000, Act::Succeed); },
                                   [](Subject& s) { s.attempt(1, 1001, Act::Fail); }},
                       .look_at = 1002,
                       .long_form = true});
}

// Closing begins a window: two probes succeed, one of them after a sleep.
TEST(TotalsModel, ClosingBeginsAWindow) {
  Settings two = kWindow;
  two.max_requests = 2;
  expect_linearizable({.settings = two,
                       .before = [](Subject& s) { open_breaker(s); },
                       .threads = {[](Subject& s) { s.attempt(0, 1002, Act::Succeed); },
                                   [](Subject& s) { s.attempt(1, 1003, Act::Succeed), s.attempt(1, 1004, Act::Fail); }},
                       .look_at = 1005,
                       .long_form = true});
}

// A probe that was lost succeeds at last, beside the probe that took its place and began a window long after.
TEST(TotalsModel, ALostProbeSucceedsBesideTheNext) {
  auto held = std::make_shared<Subject::Held>();
  expect_linearizable({.settings = kWindow,
                       .before =
                           [=](Subject& s) {
                             open_breaker(s);
                             *held = *s.begin(9, 1002);
                           },
                       .threads = {[=](Subject& s) { s.end(0, 1003, *held, Act::Succeed); },
                                   [](Subject& s) {
                                     s.attempt(1, kFar, Act::Succeed);
                                     s.attempt(1, kFar + 1, Act::Fail), s.attempt(1, kFar + 2, Act::Fail);
                                   }},
                       .look_at = kFar + 3,
                       .long_form = true});
}

TEST(TotalsModel, ClosingBesideAFailedProbe) {
  expect_linearizable({.settings = kWindow,
                       .before = [](Subject& s) { open_breaker(s); },
                       .threads = {[](Subject& s) { s.attempt(0, 1002, Act::Succeed), s.attempt(0, 1003, Act::Fail); },
                                   [](Subject& s) { s.attempt(1, 1002, Act::Fail); }},
                       .look_at = 1004,
                       .long_form = true});
}

}  // namespace
}  // namespace resil::model

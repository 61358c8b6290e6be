// Every schedule of threads that look at moments: when half-open is due, when a permit was given. The word has a
// moment's low bits only, so each of these has times far apart, and somebody who slept between his look at the cell and
// the word's.
#include "model/story.h"

namespace resil::model {
namespace {

TEST(MomentsModel, AFailureLongAfterAnother) {
  expect_linearizable(
      {.settings = {.trip_at = 1},
       .threads = {[](Subject& s) { s.attempt(0, 1, Act::Fail); },
                   [](Subject& s) { s.attempt(1, 2, Act::Fail), s.attempt(1, kFar, Act::Fail), s.begin(1, kFar + 1); }},
       .look_at = kFar + 2,
       .long_form = true});
}

// The cell is read before the word and swapped from what was read: who read it in between swaps a newer moment away.
TEST(MomentsModel, AFailureThatSleptThroughAnOpening) {
  expect_linearizable({.settings = {.trip_at = 1},
                       .threads = {[](Subject& s) {
                                     const auto held = s.begin(0, 1);
                                     if (held) s.end(0, kFar, *held, Act::Fail);
                                   },
                                   [](Subject& s) {
                                     s.attempt(1, 2, Act::Fail);
                                     s.attempt(1, kFar, Act::Succeed);
                                     s.attempt(1, kFar + 1, Act::Fail);
                                     s.begin(1, kFar + 2);
                                   }},
                       .look_at = kFar + 3,
                       .long_form = true});
}

TEST(MomentsModel, ALookBesideAnOpeningLongAfter) {
  expect_linearizable({.settings = {.trip_at = 1},
                       .before = [](Subject& s) { s.attempt(9, 1, Act::Fail); },
                       .threads = {[](Subject& s) { s.look(0, 2), s.look(0, kFar + 1); },
                                   [](Subject& s) { s.attempt(1, kFar, Act::Fail); }},
                       .look_at = kFar + 2});
  expect_linearizable(
      {.settings = {.trip_at = 1, .open_for = kFar},
       .before = [](Subject& s) { s.attempt(9, 1, Act::Fail); },
       .threads = {[](Subject& s) { s.look(0, 2); }, [](Subject& s) { s.attempt(1, kFar + 2, Act::Fail); }},
       .look_at = kFar + 3});
}

// A late result may be the first to find the time up.
TEST(MomentsModel, ALateResultBesideAnOpeningLongAfter) {
  for (const Nanos late : {kFar, 45 * 60 * kSecond}) {
    auto held = std::make_shared<Subject::Held>();
    expect_linearizable(
        {.settings = {.trip_at = 1},
         .before =
             [=](Subject& s) {
               *held = *s.begin(9, 0);
               s.attempt(9, 1, Act::Fail);
             },
         .threads = {[=](Subject& s) { s.end(0, late, *held, Act::Fail); },
                     [=](Subject& s) { s.attempt(1, late - 2, Act::Fail), s.attempt(1, late, Act::Succeed); }},
         .look_at = late + 1,
         .long_form = true});
  }
}

TEST(MomentsModel, AFailedProbeBesideOneWhoAsks) {
  expect_linearizable({.settings = {.trip_at = 1},
                       .before = [](Subject& s) { s.attempt(9, 1, Act::Fail); },
                       .threads = {[](Subject& s) { s.begin(0, kFar); },
                                   [](Subject& s) { s.attempt(1, kFar, Act::Fail), s.begin(1, kFar + 1); }},
                       .look_at = kFar + 2});
}

// Whoever was told so already gets the wait from the word and the cell, and swaps nothing that would show a change.
TEST(MomentsModel, ARejectionBesideAnOpeningLongAfter) {
  for (const Nanos late : {kFar, 45 * 60 * kSecond}) {
    expect_linearizable({.settings = {.trip_at = 1},
                         .before = [](Subject& s) { s.attempt(9, 1, Act::Fail), s.begin(9, 2); },
                         .threads = {[=](Subject& s) { s.begin(0, late); },
                                     [=](Subject& s) { s.attempt(1, late, Act::Fail), s.begin(1, late + 1); }},
                         .look_at = late + 2,
                         .long_form = true});
  }
}

// Who sleeps before a note of a permit must not note it over one that a later generation gave.
TEST(MomentsModel, ASleepersNoteOfAPermit) {
  expect_linearizable({.settings = {.trip_at = 1},
                       .before = [](Subject& s) { s.attempt(9, 1, Act::Fail); },
                       .threads = {[](Subject& s) { s.begin(0, 1002); },
                                   [](Subject& s) { s.attempt(1, 1002, Act::Fail), s.begin(1, 2003); }},
                       .look_at = 2004});
}

// A probe that was lost fails at last, beside the probe that took its place long after.
TEST(MomentsModel, ALostProbeFailsBesideTheNext) {
  auto held = std::make_shared<Subject::Held>();
  expect_linearizable({.settings = {.trip_at = 1},
                       .before =
                           [=](Subject& s) {
                             s.attempt(9, 1, Act::Fail);
                             *held = *s.begin(9, 1002);
                           },
                       .threads = {[=](Subject& s) { s.end(0, 1003, *held, Act::Fail); },
                                   [](Subject& s) { s.attempt(1, kFar, Act::Fail), s.begin(1, kFar + 1); }},
                       .look_at = kFar + 2,
                       .long_form = true});
}

// Two permits, given far apart: only when even the youngest is overdue is one taken back.
TEST(MomentsModel, TheYoungestOfTwoPermits) {
  const Nanos late = kFar + BreakerPlan::kProbeGrace;
  expect_linearizable(
      {.settings = {.trip_at = 1, .max_requests = 2},
       .before = [](Subject& s) { s.attempt(9, 1, Act::Fail), s.begin(9, 2000); },
       .threads = {[=](Subject& s) { s.begin(0, kFar), s.begin(0, late); }, [=](Subject& s) { s.begin(1, kFar + 1); }},
       .look_at = late,
       .long_form = true});
}

TEST(MomentsModel, APermitGivenBackAndGivenAgain) {
  const Nanos late = 1999 + BreakerPlan::kProbeGrace;  // nobody is overdue
  expect_linearizable({.settings = {.trip_at = 1, .max_requests = 2},
                       .before = [](Subject& s) { s.attempt(9, 1, Act::Fail), s.begin(9, 2000); },
                       .threads = {[](Subject& s) { s.attempt(0, 2001, Act::Cancel), s.begin(0, 2003); },
                                   [=](Subject& s) { s.begin(1, 2002), s.begin(1, late); }},
                       .look_at = late,
                       .long_form = true});
}

TEST(MomentsModel, ALostPermitBesideAReopening) {
  const Nanos late = kFar + 2 * BreakerPlan::kProbeGrace;
  expect_linearizable({.settings = {.trip_at = 1},
                       .before = [](Subject& s) { s.attempt(9, 1, Act::Fail), s.begin(9, kFar); },
                       .threads = {[=](Subject& s) { s.attempt(0, late, Act::Fail), s.begin(0, late + 1); },
                                   [=](Subject& s) { s.begin(1, late), s.begin(1, late + 1); }},
                       .look_at = late + 1,
                       .long_form = true});
}

}  // namespace
}  // namespace resil::model

// Every schedule of a few threads on the shipped breaker, against the sequential one.
#include <gtest/gtest.h>

#include "model/story.h"

namespace resil::model {
namespace {

TEST(BreakerModel, TwoThreadsFailAndSucceed) {
  expect_linearizable({.threads = {[](Subject& s) { s.attempt(0, 1, Act::Fail), s.attempt(0, 2, Act::Succeed); },
                                   [](Subject& s) { s.attempt(1, 1, Act::Fail), s.attempt(1, 2, Act::Fail); }}});
}

TEST(BreakerModel, ThreeThreadsMakeTheRunThatTrips) {
  expect_linearizable(
      {.settings = {.trip_at = 3},
       .threads = {[](Subject& s) { s.attempt(0, 1, Act::Fail); }, [](Subject& s) { s.attempt(1, 1, Act::Fail); },
                   [](Subject& s) { s.attempt(2, 1, Act::Fail); }}});
}

TEST(BreakerModel, ElidedCallsBesideFailures) {
  expect_linearizable({.threads = {[](Subject& s) { s.elided(0, 1), s.elided(0, 1); },
                                   [](Subject& s) { s.attempt(1, 1, Act::Fail), s.attempt(1, 1, Act::Fail); }}});
}

TEST(BreakerModel, OnePermitForTwoProbes) {
  expect_linearizable({.before = [](Subject& s) { open_breaker(s); },
                       .threads = {[](Subject& s) { s.attempt(0, 1002, Act::Succeed); },
                                   [](Subject& s) { s.attempt(1, 1003, Act::Fail); }},
                       .look_at = 1004});
}

TEST(BreakerModel, ThreeProbesForTwoPermits) {
  expect_linearizable(
      {.settings = {.max_requests = 2},
       .before = [](Subject& s) { open_breaker(s); },
       .threads = {[](Subject& s) { s.attempt(0, 1002, Act::Succeed); },
                   [](Subject& s) { s.attempt(1, 1002, Act::Succeed); }, [](Subject& s) { s.begin(2, 1002); }},
       .look_at = 1002,
       .long_form = true});
}

TEST(BreakerModel, CancelGivesThePermitToSomebodyElse) {
  expect_linearizable({.before = [](Subject& s) { open_breaker(s); },
                       .threads = {[](Subject& s) { s.attempt(0, 1002, Act::Cancel); },
                                   [](Subject& s) { s.attempt(1, 1002, Act::Succeed), s.look(1, 1002); }},
                       .look_at = 1002});
}

TEST(BreakerModel, AResultFromBeforeTheTripIsIgnored) {
  expect_linearizable({.threads = {[](Subject& s) {
                                     const auto held = s.begin(0, 0);
                                     if (held) s.end(0, 1005, *held, Act::Fail);
                                   },
                                   [](Subject& s) { open_breaker(s, 1, 1), s.attempt(1, 1002, Act::Succeed); }},
                       .look_at = 1006});
}

TEST(BreakerModel, ALostProbeIsTakenBackOnce) {
  const Nanos late = 2000 + BreakerPlan::kProbeGrace;
  expect_linearizable({.before = [](Subject& s) { open_breaker(s), s.begin(9, 1002); },
                       .threads = {[=](Subject& s) { s.attempt(0, late, Act::Succeed); },
                                   [=](Subject& s) { s.attempt(1, late, Act::Fail); }},
                       .look_at = late + 1});
}

TEST(BreakerModel, ReopeningFarFromTheFirstMoment) {
  expect_linearizable({.settings = {.trip_at = 1, .open_for = kFar},
                       .threads = {[](Subject& s) { s.attempt(0, kFar, Act::Fail), s.begin(0, kFar + 1); },
                                   [](Subject& s) { s.attempt(1, kFar + 2, Act::Fail), s.begin(1, kFar + 3); }},
                       .look_at = kFar + 4});
}

TEST(BreakerModel, ReloadBesideCalls) {
  expect_linearizable({.after_reload = {.trip_at = 1},
                       .threads = {[](Subject& s) { s.reload(0); },
                                   [](Subject& s) { s.attempt(1, 1, Act::Fail), s.attempt(1, 1, Act::Fail); }}});
}

TEST(BreakerModel, ReloadOfAnOpenBreakerBesideCalls) {
  expect_linearizable(
      {.before = [](Subject& s) { open_breaker(s); },
       .threads = {[](Subject& s) { s.reload(0); }, [](Subject& s) { s.attempt(1, 1002, Act::Succeed); },
                   [](Subject& s) { s.elided(2, 1002); }},
       .look_at = 1003,
       .long_form = true});
}

// A reload that keeps the state is no act of the breaker; afterwards a fast word must show the new timeout.
TEST(BreakerModel, ReloadThatKeepsTheStateRenewsTheFastWord) {
  for (const bool stale : {false, true}) {
    Options options;
    options.stale_reads = stale;
    options.most_runs = most_runs();
    const Outcome outcome = explore(
        [&] {
          auto subject = std::make_shared<Subject>(Settings{.trip_at = 3}, Settings{.trip_at = 3});
          subject->attempt(9, 0, Act::Fail);
          Scenario scenario;
          scenario.threads = {[subject] { subject->reload_keeping_state(); },
                              [subject] { subject->attempt(1, 1, Act::Succeed), subject->attempt(1, 1, Act::Fail); },
                              [subject] { subject->attempt(2, 1, Act::Succeed); }};
          scenario.verdict = [subject, stale]() -> std::string {
            const BreakerWord word = subject->word();
            if (word.is_fast() && word != subject->plan(1).closed_word(word.generation(), 0))
              return "an old timeout stayed";
            return subject->history.explain(subject->looks(1), 1, !stale);
          };
          return scenario;
        },
        options);
    EXPECT_EQ(outcome.failure, "");
    std::printf("    %llu schedules\n", static_cast<unsigned long long>(outcome.runs));
  }
}

TEST(BreakerModel, LooksMoveNothing) {
  expect_linearizable({.before = [](Subject& s) { open_breaker(s); },
                       .threads = {[](Subject& s) { s.look(0, 1), s.look(0, 1002); },
                                   [](Subject& s) { s.attempt(1, 1002, Act::Succeed), s.attempt(1, 1003, Act::Fail); }},
                       .look_at = 1004});
}

// The checks are worth something only if they notice. Each of these breaks one thing and must be caught.

TEST(BreakerMutants, AnEndThatForgetsGenerationsIsCaught) {
  const Story story{.settings = {.trip_at = 1},
                    .threads = {[](Subject& s) {
                                  const auto held = s.begin(0, 0);
                                  if (held) s.end(0, 1005, *held, Act::Fail);
                                },
                                [](Subject& s) { s.attempt(1, 1, Act::Fail), s.attempt(1, 1002, Act::Succeed); }},
                    .look_at = 1006};
  EXPECT_EQ(try_all(story).failure, "");
  EXPECT_NE(try_all(story, {}, {.forget_generation = true}).failure, "");
}

TEST(BreakerMutants, ACopiedWordIsCaught) {
  const Story story{.threads = {[](Subject& s) { s.elided(0, 1), s.attempt(0, 1, Act::Fail); },
                                [](Subject& s) { s.attempt(1, 1, Act::Fail), s.look(1, 1); },
                                [](Subject& s) { s.look(2, 1), s.elided(2, 1); }}};
  EXPECT_NE(try_all(story, {}, {.copied_word = true}).failure, "");
}

TEST(BreakerMutants, ARelaxedLoadOrStoreOfTheWordIsCaught) {
  const Story story{
      .settings = {.trip_at = 1, .open_for = kFar},
      .threads = {[](Subject& s) { s.attempt(0, kFar, Act::Fail); }, [](Subject& s) { s.begin(1, kFar + 3); }},
      .look_at = kFar + 4};
  Options options;
  options.stale_reads = true;
  EXPECT_EQ(try_all(story, options).failure, "");
  options.relaxed_loads = {0};  // the word is the first location that a Subject has
  EXPECT_NE(try_all(story, options).failure, "");
  options.relaxed_loads = {};
  options.relaxed_stores = {0};
  EXPECT_NE(try_all(story, options).failure, "");
}

}  // namespace
}  // namespace resil::model

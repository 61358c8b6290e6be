// Every schedule of reloads beside calls: to another breaker and back again, and those that keep the state.
#include "model/story.h"

namespace resil::model {
namespace {

constexpr Settings kOther{.trip_at = 3};

TEST(ReloadsModel, ThereAndBackAgain) {
  expect_linearizable(
      {.after_reload = kOther,
       .threads = {[](Subject& s) { s.reload(0, 1), s.reload(0, 0); }, [](Subject& s) { s.attempt(1, 1, Act::Fail); }},
       .long_form = true});
}

// Whoever helps may sleep through the reloads that follow, and must not take the first policy for the one that came
// back.
TEST(ReloadsModel, AHelperSleepsWhileThePolicyComesBack) {
  expect_linearizable({.after_reload = kOther,
                       .threads = {[](Subject& s) { s.reload(0, 1), s.reload(0, 0), s.reload(0, 1); },
                                   [](Subject& s) { s.look(1, 1); }},
                       .long_form = true});
}

TEST(ReloadsModel, ThereAndBackAgainBesideATotal) {
  expect_linearizable(
      {.settings = {.trip_at = 0, .total_at = 2},
       .after_reload = {.trip_at = 0, .total_at = 1},
       .before = [](Subject& s) { s.attempt(9, 1, Act::Fail); },
       .threads = {[](Subject& s) { s.reload(0, 1), s.reload(0, 0); }, [](Subject& s) { s.attempt(1, 1, Act::Fail); }},
       .long_form = true});
}

TEST(ReloadsModel, AWindowComesAndGoes) {
  expect_linearizable(
      {.settings = {.trip_at = 0, .total_at = 2, .interval = 1000},
       .after_reload = {.trip_at = 2},
       .before = [](Subject& s) { s.attempt(9, 1, Act::Fail); },
       .threads = {[](Subject& s) { s.reload(0, 1), s.reload(0, 0); }, [](Subject& s) { s.attempt(1, 1, Act::Fail); }},
       .long_form = true});
}

// A success ends the run and makes the word fast by the old plan; the reload puts the new timeout in force. Each writes
// one of two places and then reads the other, so the reads must be in one order with the writes (seq_cst): were they
// only acquire, both could miss what the other wrote, and the old timeout would stay.
TEST(ReloadsModel, OneOfTwoSeesTheOther) {
  for (const bool stale : {false, true}) {
    Options options;
    options.stale_reads = stale;
    const Outcome outcome = explore(
        [&] {
          auto subject = std::make_shared<Subject>(Settings{.trip_at = 3}, Settings{.trip_at = 3});
          subject->attempt(9, 0, Act::Fail);
          const auto held = subject->begin(9, 1);
          Scenario scenario;
          scenario.threads = {[subject] { subject->reload_keeping_state(); },
                              [subject, held] { subject->end(1, 1, *held, Act::Succeed); }};
          scenario.verdict = [subject]() -> std::string {
            if (subject->bound() != 1) return "the reload is lost";
            return subject->word_is_of_bound_plan() ? "" : "an old timeout stayed";
          };
          return scenario;
        },
        options);
    EXPECT_EQ(outcome.failure, "");
    EXPECT_TRUE(outcome.complete);
    std::printf("    %llu schedules, all there are\n", static_cast<unsigned long long>(outcome.runs));
  }
}

// Two reloads that keep the state, there and back again, beside a success that makes the word fast.
TEST(ReloadsModel, AnOvertakenWordIsRenewed) {
  for (const bool stale : {false, true}) {
    Options options;
    options.stale_reads = stale;
    options.most_runs = most_runs();
    const Outcome outcome = explore(
        [&] {
          auto subject = std::make_shared<Subject>(Settings{.trip_at = 3}, Settings{.trip_at = 3});
          subject->attempt(9, 0, Act::Fail);
          const auto held = subject->begin(9, 1);
          Scenario scenario;
          scenario.threads = {[subject] { subject->reload_keeping_state(1), subject->reload_keeping_state(0); },
                              [subject, held] { subject->end(1, 1, *held, Act::Succeed); }};
          scenario.verdict = [subject]() -> std::string {
            if (subject->bound() != 0) return "the reload is lost";
            return subject->word_is_of_bound_plan() ? "" : "a timeout of between stayed";
          };
          return scenario;
        },
        options);
    EXPECT_EQ(outcome.failure, "");
    std::printf("    %llu schedules\n", static_cast<unsigned long long>(outcome.runs));
  }
}

}  // namespace
}  // namespace resil::model

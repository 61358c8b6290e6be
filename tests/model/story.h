// Story: what a few threads do to one breaker, told in a line each, and the ways to try its schedules.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/subject.h"

namespace resil::model {

using Threads = std::vector<std::function<void(Subject&)>>;

struct Story {
  Settings settings{};
  Settings after_reload{};
  std::function<void(Subject&)> before{};  // on one thread, to get somewhere
  Threads threads{};
  Nanos look_at = 1;
  bool long_form = false;  // too many schedules for the short form to try all
};

// How many schedules a story may try at the most; the long form sets RESIL_MODEL_RUNS.
inline std::uint64_t most_runs() {
  const char* runs = std::getenv("RESIL_MODEL_RUNS");
  return runs != nullptr ? std::strtoull(runs, nullptr, 10) : 40'000;
}

inline Scenario scenario_of(const Story& story, Mutation mutation, bool real_time) {
  auto subject = std::make_shared<Subject>(story.settings, story.after_reload, mutation);
  if (story.before) story.before(*subject);
  Scenario scenario;
  for (const auto& thread : story.threads) scenario.threads.push_back([subject, thread] { thread(*subject); });
  scenario.verdict = [subject, look_at = story.look_at, real_time] {
    const std::string difference = subject->history.explain(subject->looks(look_at), look_at, real_time);
    if (!difference.empty()) return difference;
    return subject->word_is_of_bound_plan() ? std::string() : "the word is not of the plan that is bound";
  };
  return scenario;
}

inline Outcome try_all(const Story& story, Options options = {}, Mutation mutation = {}) {
  const bool real_time = !options.stale_reads;
  const Outcome outcome = explore([&] { return scenario_of(story, mutation, real_time); }, options);
  std::printf("    %llu schedules (%llu cut short), %s\n", static_cast<unsigned long long>(outcome.runs),
              static_cast<unsigned long long>(outcome.pruned), outcome.complete ? "all there are" : "not all");
  return outcome;
}

inline void expect_linearizable(const Story& story) {
  Options strict;
  strict.most_runs = most_runs();
  const Outcome all = try_all(story, strict);
  EXPECT_EQ(all.failure, "");
  EXPECT_TRUE(all.complete || story.long_form);
  Options weak;
  weak.stale_reads = true;
  weak.most_runs = most_runs();
  EXPECT_EQ(try_all(story, weak).failure, "") << "with loads as stale as C++ allows";
  Options random;
  random.random_runs = most_runs() / 4;
  EXPECT_EQ(try_all(story, random).failure, "");
}

// Times so far apart that a moment's low bits alone would mislead.
inline constexpr Nanos kFar = 40 * 60 * kSecond;

inline void open_breaker(Subject& s, Nanos now = 0, int thread = kBefore) {
  s.attempt(thread, now, Act::Fail);
  s.attempt(thread, now, Act::Fail);
}

}  // namespace resil::model

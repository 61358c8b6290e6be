// Counted elision under every schedule: a host adds requests to its cell and skips begin and end, others cross, fail,
// trip the breaker, make it close again and reload it. The rule is exact: what the sequential sums say.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "config/trip/trip_parser.h"
#include "model/explorer.h"
#include "model/model_atom.h"
#include "resil/breaker/endpoint.h"

namespace resil::model {
namespace {

// What a host may get wrong.
enum class Mistake { None, NoTagCheck, AddAfterSecondLoad, TagOfALaterWord };

class Rated {
  auto plans() const {
    return [this](std::uint32_t number) -> const BreakerPlan& { return plans_[number]; };
  }
  auto tallies() {
    return [this] { return std::span<Tally<ModelAtom>>(tallies_); };
  }

 public:
  explicit Rated(Mistake mistake, const std::string& trip) : mistake_(mistake) {
    for (std::size_t i = 0; i < 2; ++i) {
      auto breaker = std::make_shared<BreakerSettings>();
      breaker->timeout = 10;
      breaker->trip = *compile_trip(trip).rule;
      policies_[i].breaker = breaker;
      policies_[i].timeout = static_cast<Nanos>(i) * kSecond;
      plans_[i] = BreakerPlan::of(policies_[i]);
    }
    endpoint_.create(0, plans_[0].first_word(0));
  }

  // One attempt as a host makes it that has the cell of `slot`: resil_counted_begin, step by step.
  void attempt(unsigned slot, Nanos now, Ending ending) {
    TimeSource time(now);
    const BreakerWord seen(endpoint_.word().load(std::memory_order_acquire));
    Permit permit{seen.generation(), false};
    bool skipped = seen.is_counted();
    if (skipped && mistake_ != Mistake::AddAfterSecondLoad) skipped = add(slot, seen);
    if (!skipped) {
      const Admission admission = begin(slot, time);
      if (admission.reason != Reason::None) return;
      permit = admission.permit;
    }
    if (!permit.probe) ++begun[permit.generation];
    if (skipped && ending == Ending::Success && BreakerWord(endpoint_.word().load(std::memory_order_acquire)) == seen) {
      if (mistake_ == Mistake::AddAfterSecondLoad) add(slot, seen);
      return;
    }
    if (skipped && mistake_ == Mistake::AddAfterSecondLoad) add(slot, seen);
    if (endpoint_.end(permit, ending, time, plans(), tallies(), slot).happened) ++changes;
  }

  void reload(std::uint32_t plan) { endpoint_.rebind(plan, plans(), tallies()); }
  void reload_keeping_state(std::uint32_t plan) { endpoint_.rebind_keeping_state(plan, plans()); }

  // What the rule would be asked over now.
  std::int64_t requests() { return endpoint_.inspect(100, plans(), tallies()).counts.requests; }
  BreakerState state(Nanos now) { return endpoint_.inspect(now, plans(), tallies()).state; }
  BreakerWord word() { return BreakerWord(endpoint_.word().load(std::memory_order_acquire)); }
  const BreakerPlan& plan(std::size_t which) const { return plans_[which]; }

  // Quiet: each request of this generation is there, and no other.
  std::string verdict() {
    const std::uint32_t generation = word().generation();
    if (state(5) != BreakerState::Closed) return "";
    if (requests() == begun[generation]) return "";
    return "generation " + std::to_string(generation) + " has " + std::to_string(requests()) + " requests, not " +
           std::to_string(begun[generation]);
  }

  std::map<std::uint32_t, std::int64_t> begun;
  int changes = 0;

 private:
  Admission begin(unsigned slot, TimeSource& time) { return endpoint_.begin(time, plans(), tallies(), slot); }

  bool add(unsigned slot, BreakerWord seen) {
    ModelAtom<std::uint64_t>& cell = tallies_[slot].requests.cell();
    if (mistake_ == Mistake::NoTagCheck) {
      cell.fetch_add(1, std::memory_order_acq_rel);
      return true;
    }
    if (mistake_ == Mistake::TagOfALaterWord) seen = BreakerWord(endpoint_.word().load(std::memory_order_acquire));
    return tallies_[slot].requests.add_if_tagged(seen.raw());
  }

  Mistake mistake_;
  std::array<Policy, 2> policies_;
  std::array<BreakerPlan, 2> plans_;
  Endpoint<ModelAtom> endpoint_;
  Tally<ModelAtom> tallies_[2];
};

using Threads = std::vector<std::function<void(Rated&)>>;

struct Story {
  const char* trip = "requests > 100";
  Threads threads;
  std::function<std::string(Rated&)> verdict = [](Rated& r) { return r.verdict(); };
};

Outcome try_all(const Story& story, Options options, Mistake mistake = Mistake::None) {
  const Outcome outcome = explore(
      [&] {
        auto rated = std::make_shared<Rated>(mistake, story.trip);
        Scenario scenario;
        for (const auto& thread : story.threads) scenario.threads.push_back([rated, thread] { thread(*rated); });
        scenario.verdict = [rated, &story] { return story.verdict(*rated); };
        return scenario;
      },
      options);
  std::printf("    %llu schedules, %s\n", static_cast<unsigned long long>(outcome.runs),
              outcome.complete ? "all there are" : "not all");
  return outcome;
}

void expect_exact(const Story& story) {
  EXPECT_EQ(try_all(story, {.most_runs = 60'000}).failure, "");
  EXPECT_EQ(try_all(story, {.stale_reads = true, .most_runs = 60'000}).failure, "");
  EXPECT_EQ(try_all(story, {.stale_reads = true, .random_runs = 10'000}).failure, "");
}

const Threads kReloadBesideSkippedCalls = {
    [](Rated& r) { r.attempt(0, 1, Ending::Success), r.attempt(0, 1, Ending::Success); },
    [](Rated& r) { r.reload(1), r.attempt(0, 1, Ending::Success); }};

TEST(TallyModel, SkippedCallsBesideAReloadAreCountedWhereTheyWereAdmitted) {
  expect_exact({.threads = kReloadBesideSkippedCalls});
}

TEST(TallyModel, TwoHostsOnOneCellLoseNothing) {
  const auto twice = [](Rated& r) { r.attempt(0, 1, Ending::Success), r.attempt(0, 1, Ending::Failure); };
  expect_exact({.threads = {twice, twice}});
}

TEST(TallyModel, ThereAndBackAgain) {
  expect_exact({.threads = {[](Rated& r) { r.attempt(0, 1, Ending::Success), r.attempt(0, 1, Ending::Failure); },
                            [](Rated& r) { r.reload(1), r.reload(0); }}});
}

// Two reloads at once: the one that is overtaken must not leave one policy's number with the other's word.
TEST(TallyModel, AnOvertakenReloadLeavesOnePolicy) {
  expect_exact({.threads = {[](Rated& r) { r.reload_keeping_state(1); }, [](Rated& r) { r.reload(1), r.reload(0); },
                            [](Rated& r) { r.attempt(0, 1, Ending::Success); }},
                .verdict = [](Rated& r) -> std::string {
                  const BreakerWord word = r.word();
                  const bool one = word == r.plan(0).closed_word(word.generation(), 0) ||
                                   word == r.plan(1).closed_word(word.generation(), 0);
                  return one ? r.verdict() : "a word of no policy";
                }});
}

TEST(TallyModel, AFailureSeesItsOwnRequest) {
  expect_exact({.trip = "totalFailures > requests",
                .threads = {[](Rated& r) { r.attempt(0, 1, Ending::Failure), r.attempt(0, 1, Ending::Success); },
                            [](Rated& r) { r.attempt(1, 1, Ending::Failure); }},
                .verdict = [](Rated& r) { return r.changes == 0 ? r.verdict() : "more failures than requests"; }});
}

// Each mistake that a host may make is caught by one of the stories above.
TEST(TallyMutants, AnAddWithoutTheTagCheckIsCaught) {
  EXPECT_NE(try_all({.threads = kReloadBesideSkippedCalls}, {}, Mistake::NoTagCheck).failure, "");
}

TEST(TallyMutants, TheTagOfALaterWordIsCaught) {
  EXPECT_NE(try_all({.threads = kReloadBesideSkippedCalls}, {}, Mistake::TagOfALaterWord).failure, "");
}

TEST(TallyMutants, AnAddAfterTheAttemptIsCaught) {
  // The look in the middle of a skipped call: its request is there from its begin on.
  const Story story{.threads = {[](Rated& r) { r.attempt(0, 1, Ending::Success); }, [](Rated& r) { r.reload(1); }}};
  EXPECT_EQ(try_all(story, {}).failure, "");
  EXPECT_NE(try_all(story, {}, Mistake::AddAfterSecondLoad).failure, "");
}

}  // namespace
}  // namespace resil::model

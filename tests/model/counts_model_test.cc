// Every schedule of calls on a breaker that counts beside its word: the counts are exact once all is quiet, and a
// window's counts hold the calls that it admitted and no others.
#include <gtest/gtest.h>

#include <map>

#include "config/trip/trip_parser.h"
#include "model/explorer.h"
#include "model/model_atom.h"
#include "resil/breaker/endpoint.h"

namespace resil::model {
namespace {

class Counted {
  auto plans() const {
    return [this](std::uint32_t) -> const BreakerPlan& { return plan_; };
  }
  auto tallies() {
    return [this] { return std::span<Tally<ModelAtom>>(tallies_); };
  }

 public:
  Counted(const std::string& trip, Nanos interval) {
    auto breaker = std::make_shared<BreakerSettings>();
    breaker->interval = interval;
    breaker->trip = *compile_trip(trip).rule;
    policy_.breaker = breaker;
    plan_ = BreakerPlan::of(policy_);
    endpoint_.create(0, plan_.first_word(0));
  }

  void attempt(unsigned shard, Nanos now, Ending ending) {
    TimeSource time(now);
    const Admission admission = endpoint_.begin(time, plans(), tallies(), shard);
    if (admission.reason != Reason::None) return;
    ++begun[admission.permit.generation];
    endpoint_.end(admission.permit, ending, time, plans(), tallies(), shard);
    if (ending == Ending::Success) ++succeeded[admission.permit.generation];
    if (ending == Ending::Failure) ++failed[admission.permit.generation];
  }

  std::string verdict(Nanos now) {
    const BreakerView view = endpoint_.inspect(now, plans(), tallies());
    const std::uint32_t generation = BreakerWord(endpoint_.word().load()).generation();
    if (view.state != BreakerState::Closed) return "it tripped";
    if (view.counts.requests != begun[generation]) return "requests: " + std::to_string(view.counts.requests);
    // An end after its window is over counts nowhere, so these are upper bounds when windows change.
    const bool one_window = begun.size() == 1;
    const auto fits = [one_window](std::int64_t kept, std::int64_t made) {
      return one_window ? kept == made : kept <= made;
    };
    if (!fits(view.counts.total_successes, succeeded[generation])) return "totalSuccesses";
    if (!fits(view.counts.total_failures, failed[generation])) return "totalFailures";
    return "";
  }

  std::map<std::uint32_t, std::int64_t> begun, succeeded, failed;

 private:
  Policy policy_;
  BreakerPlan plan_;
  Endpoint<ModelAtom> endpoint_;
  Tally<ModelAtom> tallies_[2];
};

using Threads = std::vector<std::function<void(Counted&)>>;

void expect_exact(const std::string& trip, Nanos interval, const Threads& threads, Options options) {
  const Outcome outcome = explore(
      [&] {
        auto counted = std::make_shared<Counted>(trip, interval);
        Scenario scenario;
        for (const auto& thread : threads) scenario.threads.push_back([counted, thread] { thread(*counted); });
        scenario.verdict = [counted] { return counted->verdict(2000); };
        return scenario;
      },
      options);
  EXPECT_EQ(outcome.failure, "");
  std::printf("    %llu schedules, %s\n", static_cast<unsigned long long>(outcome.runs),
              outcome.complete ? "all there are" : "not all");
}

constexpr const char* kEverything =
    "requests > 100 && totalFailures > 100 && totalSuccesses > 100 && consecutiveFailures > 100";

TEST(CountsModel, TotalsAreExactWhenQuiet) {
  const Threads threads = {[](Counted& c) { c.attempt(0, 1, Ending::Success), c.attempt(0, 1, Ending::Failure); },
                           [](Counted& c) { c.attempt(1, 1, Ending::Failure), c.attempt(1, 1, Ending::Success); }};
  expect_exact(kEverything, 0, threads, {.most_runs = 60'000});
  expect_exact(kEverything, 0, threads, {.stale_reads = true, .random_runs = 20'000});
}

TEST(CountsModel, ThreadsThatShareAShardLoseNothing) {
  expect_exact(
      kEverything, 0,
      {[](Counted& c) { c.attempt(0, 1, Ending::Success); }, [](Counted& c) { c.attempt(0, 1, Ending::Failure); },
       [](Counted& c) { c.attempt(0, 1, Ending::Failure); }},
      {.random_runs = 40'000});
}

TEST(CountsModel, AWindowHoldsTheCallsItAdmitted) {
  const Threads threads = {[](Counted& c) { c.attempt(0, 1, Ending::Success), c.attempt(0, 1500, Ending::Failure); },
                           [](Counted& c) { c.attempt(1, 1600, Ending::Failure); }};
  expect_exact(kEverything, 1000, threads, {.most_runs = 60'000});
  expect_exact(kEverything, 1000, threads, {.random_runs = 20'000});
}

}  // namespace
}  // namespace resil::model

// Windows under every schedule: two threads at a bucket's turn, at the turn of a whole round of buckets' numbers, at a
// generation's change, at the wrap of a window of calls; and two who open a breaker whose open times grow. Once all is
// quiet the counts are what the calls were, and nothing else.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "model/explorer.h"
#include "model/model_atom.h"
#include "resil/breaker/endpoint.h"
#include "support/policies.h"

namespace resil::model {
namespace {

using testing::BreakerOptions;

class Windowed {
  auto plans() const {
    return [this](std::uint32_t number) -> const BreakerPlan& { return plans_[number]; };
  }
  auto tallies() {
    return [this] { return std::span<Tally<ModelAtom>>(tallies_); };
  }

 public:
  explicit Windowed(const BreakerOptions& options) {
    for (std::size_t i = 0; i < 2; ++i) {
      policies_[i].breaker = testing::breaker(options);
      policies_[i].timeout = static_cast<Nanos>(i) * kSecond;
      plans_[i] = BreakerPlan::of(policies_[i]);
    }
    const std::size_t words = options.window > 0 ? TimeWindow<ModelAtom>::words(options.buckets, 1) : 0;
    cells_ = std::make_unique<WindowCells<ModelAtom>>(words, options.window_calls);
    tallies_[0].windows.store(cells_.get());
    endpoint_.create(0, plans_[0].first_word(0));
  }

  Admission begin(Nanos now) {
    TimeSource time(now);
    return endpoint_.begin(time, plans(), tallies(), 0);
  }
  void end(Permit permit, Ending ending, Nanos now) {
    TimeSource time(now);
    const Ended how(ending, {resil::Outcome::kFailure}, std::nullopt, &jitter_);
    if (endpoint_.end(permit, how, time, plans(), tallies(), 0).happened) ++changes;
    ++ended[permit.generation];
    if (ending == Ending::Failure) ++failed[permit.generation];
  }
  void fail(Nanos now) { end(begin(now).permit, Ending::Failure, now); }
  void succeed(Nanos now) { end(begin(now).permit, Ending::Success, now); }
  void reload() { endpoint_.rebind(1, plans(), tallies()); }
  void reload_keeping_state() { endpoint_.rebind_keeping_state(1, plans()); }

  BreakerView view(Nanos now) { return endpoint_.inspect(now, plans(), tallies()); }
  std::int64_t failures(Nanos now) { return view(now).counts.total_failures; }
  BreakerWord word() { return BreakerWord(endpoint_.word().load(std::memory_order_acquire)); }
  WindowCells<ModelAtom>& cells() { return *cells_; }
  const BreakerPlan& plan() const { return plans_[0]; }

  // All that ended in the present generation, and only that.
  std::string verdict(Nanos now) {
    const Counts counts = view(now).counts;
    const std::uint32_t generation = word().generation();
    const std::int64_t calls = counts.total_failures + counts.total_successes;
    if (calls != ended[generation]) return "calls: " + std::to_string(calls);
    return counts.total_failures == failed[generation] ? "" : "failures: " + std::to_string(counts.total_failures);
  }

  int changes = 0;
  std::map<std::uint32_t, std::int64_t> ended, failed;

 private:
  std::array<Policy, 2> policies_;
  std::array<BreakerPlan, 2> plans_;
  Endpoint<ModelAtom> endpoint_;
  Tally<ModelAtom> tallies_[1];
  std::unique_ptr<WindowCells<ModelAtom>> cells_;
  Jitter jitter_{7};
};

struct Story {
  BreakerOptions options;
  std::function<void(Windowed&)> before = [](Windowed&) {};
  std::vector<std::function<void(Windowed&)>> threads;
  std::function<std::string(Windowed&)> verdict;
};

Outcome run(const Story& story, const Options& options) {
  const Outcome outcome = explore(
      [&] {
        auto windowed = std::make_shared<Windowed>(story.options);
        story.before(*windowed);
        Scenario scenario;
        for (const auto& thread : story.threads) scenario.threads.push_back([windowed, thread] { thread(*windowed); });
        scenario.verdict = [windowed, &story] { return story.verdict(*windowed); };
        return scenario;
      },
      options);
  std::printf("    %llu schedules, %s\n", static_cast<unsigned long long>(outcome.runs),
              outcome.complete ? "all there are" : "not all");
  return outcome;
}

void expect_well(const Story& story) {
  EXPECT_EQ(run(story, {.most_runs = 60'000}).failure, "");
  EXPECT_EQ(run(story, {.stale_reads = true, .most_runs = 40'000}).failure, "");
  EXPECT_EQ(run(story, {.stale_reads = true, .random_runs = 10'000}).failure, "");
}

std::string expect(std::string_view what, std::int64_t got, std::int64_t want) {
  return got == want ? "" : std::string(what) + " is " + std::to_string(got);
}

// What is in the window, as a look adds it up bucket by bucket, and how many failures more open the breaker: what the
// rule was asked of, which may be a sum that was kept.
std::string expect_opens_at_six(Windowed& w, Nanos now, std::int64_t failures) {
  const std::string seen = expect("failures", w.failures(now), failures);
  std::int64_t more = 0;
  for (; w.view(now).state == BreakerState::Closed && more < 20; ++more) w.fail(now);
  return seen + expect("it opens after", failures + more, 6);
}

constexpr BreakerOptions kTimed{.trip = "totalFailures > 100 && totalSuccesses > 100", .window = 100, .buckets = 2};
constexpr BreakerOptions kCalls{.trip = "totalFailures > 100 && totalSuccesses > 100", .window_calls = 2};

TEST(WindowsModel, ABucketsTurnLosesNoCallAndKeepsNone) {
  expect_well({.options = kTimed,
               .threads = {[](Windowed& w) { w.fail(49), w.fail(50); }, [](Windowed& w) { w.fail(50), w.succeed(51); }},
               .verdict = [](Windowed& w) {
                 return w.verdict(99) + expect("after the first bucket", w.failures(100), 2) +
                        expect("after both", w.failures(150), 0);
               }});
}

// Buckets 0 and 2 have one slot.
TEST(WindowsModel, ALateCallAndTheBucketThatTookItsSlot) {
  expect_well({.options = kTimed,
               .threads = {[](Windowed& w) { w.fail(10); }, [](Windowed& w) { w.fail(110), w.fail(110); },
                           [](Windowed& w) { w.fail(60); }},
               .verdict = [](Windowed& w) {
                 return expect("the window", w.failures(110), 3) + expect("the last bucket", w.failures(170), 2);
               }});
}

// Who fails first in a bucket keeps what the ones before it add up to, while somebody is still to be counted there.
constexpr std::string_view kTrips[] = {"totalFailures >= 6",
                                       "requests >= 6 && double(totalFailures) / double(requests) >= 1.0"};

TEST(WindowsModel, ASumThatIsKeptLacksNoLateCall) {
  for (const std::string_view trip : kTrips) {
    expect_well({.options = {.trip = trip, .window = 100, .buckets = 2},
                 .threads = {[](Windowed& w) { w.fail(10); }, [](Windowed& w) { w.fail(60), w.fail(60); }},
                 .verdict = [](Windowed& w) { return expect_opens_at_six(w, 60, 3); }});
  }
}

// Here nothing is counted in the bucket that begins, so only the turn itself tells that it came before the sum.
TEST(WindowsModel, ASumOfRequestsThatIsKeptLacksNoLateOne) {
  expect_well({.options = {.trip = "requests >= 6", .window = 100, .buckets = 2},
               .threads = {[](Windowed& w) { w.begin(10); },
                           [](Windowed& w) { w.end(w.begin(10).permit, Ending::Failure, 60); }},
               .verdict = [](Windowed& w) {
                 const std::string seen = expect("requests", w.view(60).counts.requests, 2);
                 std::int64_t more = 0;
                 for (; w.view(60).state == BreakerState::Closed && more < 20; ++more) w.fail(60);
                 return seen + expect("it opens after", 2 + more, 6);
               }});
}

TEST(WindowsModel, ASumIsKeptForThePresentBucketAlone) {
  expect_well(
      {.options = {.trip = kTrips[0], .window = 150, .buckets = 3},
       .before = [](Windowed& w) { w.fail(10); },
       .threads = {[](Windowed& w) { w.fail(60); }, [](Windowed& w) { w.fail(110); }, [](Windowed& w) { w.fail(60); }},
       .verdict = [](Windowed& w) { return expect_opens_at_six(w, 110, 4); }});
}

TEST(WindowsModel, AReloadBesideSumsThatAreKept) {
  expect_well({.options = {.trip = kTrips[0], .window = 100, .buckets = 2},
               .threads = {[](Windowed& w) { w.fail(10), w.fail(60); },
                           [](Windowed& w) { w.reload(), w.fail(10), w.fail(60); }},
               .verdict = [](Windowed& w) { return expect_opens_at_six(w, 60, w.failed[w.word().generation()]); }});
}

// Bucket 2^20 has the tag of bucket 0, whose failures nobody has touched since.
TEST(WindowsModel, ARoundOfBucketsLater) {
  constexpr Nanos kRound = (Nanos{1} << 20) * 50;
  expect_well({.options = kTimed,
               .before = [](Windowed& w) { w.fail(1), w.fail(1), w.succeed(51); },
               .threads = {[](Windowed& w) { w.fail(kRound + 1); }, [](Windowed& w) { w.fail(kRound + 1); }},
               .verdict = [](Windowed& w) { return expect("failures", w.failures(kRound + 1), 2); }});
}

TEST(WindowsModel, AQuarterOfARoundLaterOneIsStillAtTheBucketBefore) {
  constexpr Nanos kQuarter = (Nanos{1} << 18) * 50;
  expect_well({.options = kTimed,
               .before = [](Windowed& w) { w.fail(1), w.fail(kQuarter - 60); },
               .threads = {[](Windowed& w) { w.fail(kQuarter + 1); }, [](Windowed& w) { w.fail(kQuarter - 1); }},
               .verdict = [](Windowed& w) { return expect("failures", w.failures(kQuarter + 1), 2); }});
}

TEST(WindowsModel, AReloadBesideAWindowOfTime) {
  const auto twice = [](Windowed& w) { w.fail(10), w.succeed(60); };
  expect_well({.options = kTimed,
               .threads = {twice, [twice](Windowed& w) { w.reload(), twice(w); }},
               .verdict = [](Windowed& w) { return w.verdict(60); }});
}

TEST(WindowsModel, AReloadThatKeepsTheStateKeepsEveryCall) {
  for (const BreakerOptions& options : {kTimed, kCalls}) {
    expect_well(
        {.options = options,
         .threads = {[](Windowed& w) { w.fail(10); }, [](Windowed& w) { w.reload_keeping_state(), w.fail(60); }},
         .verdict = [](Windowed& w) { return w.verdict(60); }});
  }
}

TEST(WindowsModel, AReloadBesideAWindowOfCalls) {
  const auto one = [](Windowed& w) { w.fail(1); };
  expect_well({.options = kCalls,
               .threads = {[](Windowed& w) { w.fail(1), w.succeed(1); }, [one](Windowed& w) { w.reload(), one(w); }},
               .verdict = [](Windowed& w) -> std::string {
                 // At most two of a generation's calls are in it.
                 return w.ended[w.word().generation()] > 2 ? "" : w.verdict(1);
               }});
}

// An end of the generation before must not take the place of one that is counted now.
TEST(WindowsModel, AReloadBesideAWindowOfOneCall) {
  BreakerOptions one = kCalls;
  one.window_calls = 1;
  expect_well({.options = one,
               .threads = {[](Windowed& w) { w.fail(1); }, [](Windowed& w) { w.reload(), w.fail(1), w.fail(1); }},
               .verdict = [](Windowed& w) { return expect("calls", w.view(1).counts.requests, 1); }});
}

// Four calls come to two slots: the last two by number stay, each slot's outcome is in the totals once.
TEST(WindowsModel, TheWrapOfAWindowOfCalls) {
  const Story story{
      .options = kCalls,
      .threads = {[](Windowed& w) { w.fail(1), w.succeed(1); }, [](Windowed& w) { w.succeed(1), w.fail(1); }},
      .verdict = [](Windowed& w) -> std::string {
        std::int64_t failures = 0;
        for (const std::uint64_t slot : {0U, 1U}) {
          const std::uint64_t call = w.cells().calls[slot].load();
          failures += CallWord::failed(call) ? 1 : 0;
          if (CallWord::number(call) != (slot == 0 ? 4U : 3U)) return "an older call stayed";
        }
        const Counts counts = w.view(1).counts;
        return expect("calls", counts.total_failures + counts.total_successes, 2) +
               expect("failures", counts.total_failures, failures);
      }};
  expect_well(story);
}

TEST(WindowsModel, ThreeThreadsAtOneSlot) {
  BreakerOptions one = kCalls;
  one.window_calls = 1;
  const auto fail = [](Windowed& w) { w.fail(1); };
  expect_well({.options = one, .threads = {fail, fail, [](Windowed& w) { w.succeed(1); }}, .verdict = [](Windowed& w) {
                 const Counts counts = w.view(1).counts;
                 const std::int64_t failed = CallWord::failed(w.cells().calls[0].load()) ? 1 : 0;
                 return expect("calls", counts.requests, 1) + expect("failures", counts.total_failures, failed);
               }});
}

TEST(WindowsModel, TheCallThatReachesTheThresholdOpensWhoeverIsLast) {
  for (const std::string_view trip :
       {"totalFailures > 1", "requests >= 2 && double(totalFailures) / double(requests) >= 1.0"}) {
    for (BreakerOptions options : {kTimed, kCalls}) {
      options.trip = trip;
      const auto fail = [](Windowed& w) { w.fail(1); };
      expect_well({.options = options, .threads = {fail, fail}, .verdict = [](Windowed& w) {
                     return expect("changes", w.changes, 1) +
                            (w.view(1).state == BreakerState::Open ? "" : "it is not open");
                   }});
    }
  }
}

// Two probes fail at once: it is the second opening, and it lasts as long as the number says that was drawn for it,
// though what two would draw may be half an hour apart.
TEST(WindowsModel, TheNextOpeningHasOneNumber) {
  const BreakerOptions options{.max_requests = 2,
                               .timeout = 1'200 * kSecond,
                               .trip = "totalFailures > 0",
                               .timeout_multiplier = 3,
                               .timeout_jitter = 1};
  constexpr Nanos kThen = 3'000 * kSecond;
  const auto probe = [](Windowed& w) {
    const Admission admission = w.begin(kThen);
    if (admission.reason == Reason::None) w.end(admission.permit, Ending::Failure, kThen);
  };
  expect_well({.options = options,
               .before = [](Windowed& w) { w.fail(0); },
               .threads = {probe, probe},
               .verdict = [](Windowed& w) -> std::string {
                 const BreakerView view = w.view(kThen);
                 if (view.state != BreakerState::Open) return "it is not open";
                 const Nanos time = w.plan().open_time(2, Opening::drawn(w.cells().openings.load()));
                 return expect("the time left", view.retry_after, time + 1) + expect("changes", w.changes, 2);
               }});
}

}  // namespace
}  // namespace resil::model

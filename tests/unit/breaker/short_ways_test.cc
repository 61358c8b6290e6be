// The short ways of a closed breaker by themselves: what they answer and what they leave to the general way.
#include "resil/breaker/short_ways.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "resil/breaker/endpoint.h"
#include "support/hooked_atomic.h"
#include "support/policies.h"

namespace resil {
namespace {

using testing::BreakerOptions;
using testing::HookedAtomic;
using testing::overtaken;

constexpr Nanos kMinute = 60 * kSecond;

struct Short {
  explicit Short(const BreakerOptions& options) {
    policy.breaker = testing::breaker(options);
    plan = BreakerPlan::of(policy);
    endpoint.create(0, plan.first_word(0));
    if (!plan.needs_windows()) return;
    const std::size_t words = plan.window > 0 ? TimeWindow<HookedAtomic>::words(plan.buckets, tallies.size()) : 0;
    windows = std::make_unique<WindowCells<HookedAtomic>>(words, plan.window_calls);
    tallies[0].windows.store(windows.get());
  }
  ~Short() { testing::Hook::on_access = nullptr; }

  auto plans() const {
    return [this](std::uint32_t) -> const BreakerPlan& { return plan; };
  }
  auto all() {
    return [this] { return std::span(tallies); };
  }
  static constexpr auto kShard = [] { return 0U; };

  // The general way.
  Permit begin(Nanos now) {
    TimeSource time(now);
    return endpoint.begin(time, plans(), all(), 0).permit;
  }
  Transition end(Permit permit, Ending ending, Nanos now) {
    TimeSource time(now);
    return endpoint.end(permit, ending, time, plans(), all(), 0);
  }
  void reload() { endpoint.rebind(0, plans(), all()); }
  Counts counts(Nanos now) { return endpoint.inspect(now, plans(), all()).counts; }
  BreakerWord word() { return BreakerWord(endpoint.word().load()); }

  template <bool kInterval = true>
  bool admit(BreakerWord seen, Nanos latest) {
    return endpoint.admit_short<kInterval>(seen, endpoint.binding(), plan, latest, all(), kShard);
  }
  template <bool kInterval = true>
  bool succeed(Permit permit, Nanos latest) {
    return endpoint.succeed_short<kInterval>(permit.packed(), plan, latest, all(), kShard);
  }
  template <bool kInterval = true>
  bool fail(Permit permit, Nanos latest, CountedFailure& counted) {
    return with_question(plan.question, [&]<TripQuestion kQuestion>() {
      return endpoint.fail_short<kInterval, kQuestion>(permit.packed(), plan, latest, all(), kShard, counted);
    });
  }
  template <bool kInterval = true>
  bool fail(Permit permit, Nanos latest) {
    CountedFailure counted;
    return fail<kInterval>(permit, latest, counted);
  }

  Policy policy;
  BreakerPlan plan;
  std::array<Tally<HookedAtomic>, 2> tallies;
  std::unique_ptr<WindowCells<HookedAtomic>> windows;
  Endpoint<HookedAtomic> endpoint;
};

// Generations come round after 2^20 of them: then an attempt that slept for as long finds its own number on a breaker
// that is not closed any more.
template <bool kInterval>
void expect_general_way_of_what_is_not_closed() {
  constexpr std::uint64_t kRound = 7;
  Short s({.interval = kInterval ? kMinute : 0, .trip = "consecutiveFailures > 5"});
  for (const BreakerWord word :
       {BreakerWord::slow(Phase::Open, kRound, 9), BreakerWord::slow(Phase::Open, kRound, 9, /*flag: told*/ true),
        BreakerWord::half_open(kRound, 1, 0), BreakerWord::slow(Phase::NoBreaker, kRound, 0),
        BreakerWord::slow(Phase::Shared, kRound, 0), BreakerWord::slow(Phase::Rebinding, kRound, 0),
        BreakerWord::slow(Phase::Closed, kRound, 0, /*flag: unbegun*/ true)}) {
    s.endpoint.word().store(word.raw());
    EXPECT_FALSE(s.succeed<kInterval>({kRound, false}, 0)) << word.raw();
    EXPECT_FALSE(s.fail<kInterval>({kRound, false}, 0)) << word.raw();
    EXPECT_EQ(s.word(), word);
  }
  s.endpoint.word().store(BreakerWord::slow(Phase::Closed, kRound, 0).raw());
  EXPECT_TRUE(s.succeed<kInterval>({kRound, false}, 0));
  EXPECT_FALSE(s.succeed<kInterval>({kRound, true}, 0)) << "a probe's";
  EXPECT_FALSE(s.succeed<kInterval>({kRound + 1, false}, 0)) << "another generation's";
}

TEST(ShortWays, AreForAClosedBreakerAlone) {
  expect_general_way_of_what_is_not_closed<true>();
  expect_general_way_of_what_is_not_closed<false>();
}

constexpr std::string_view kRules[] = {
    "consecutiveFailures > 9", "requests > 9 && double(totalFailures) / double(requests) > 0.5",
    "totalFailures > 9 || totalSuccesses > 9 || requests > 9", "totalFailures > 9 || consecutiveFailures > 9"};

TEST(ShortWays, AnIntervalLastsUpToItsEndAndNoLonger) {
  for (const std::string_view rule : kRules) {
    Short one({.interval = 100, .trip = rule});
    one.end(one.begin(0), Ending::Success, 0);
    one.end(one.begin(0), Ending::Failure, 0);  // each cell counts this generation
    const Permit permit = one.begin(0);
    EXPECT_FALSE(one.admit(one.word(), 101)) << rule;
    EXPECT_FALSE(one.succeed(permit, 101)) << rule;
    EXPECT_FALSE(one.fail(permit, 101)) << rule;
    EXPECT_TRUE(one.admit(one.word(), 100)) << rule;
    EXPECT_TRUE(one.fail(permit, 100)) << rule;
    EXPECT_EQ(one.succeed(permit, 100), !one.plan.reads_any(kConsecutiveFailures)) << rule << ": the run has to end";
  }
}

// Its end is low bits in the word and roughly a moment beside it, and the moment may be another interval's.
TEST(ShortWays, AnIntervalThatIsOverAdmitsNobodyWhoeverBeginsTheNext) {
  for (const Nanos late : {40 * kMinute, 45 * kMinute}) {
    bool more = true;
    for (int nth = 1; more; ++nth) {
      Short one({.interval = 100, .trip = "totalFailures > 9"});
      const Permit permit = one.begin(1);
      one.end(permit, Ending::Failure, 1);
      const BreakerWord seen = one.word();
      bool admitted = true, succeeded = true, failed = true;
      more = overtaken(
          nth, [&] { one.begin(late); }, [&] { admitted = one.admit(seen, late); });
      one.reload();
      const Permit next = one.begin(1);
      overtaken(
          nth, [&] { one.begin(late); }, [&] { succeeded = one.succeed(next, late); });
      one.reload();
      const Permit last = one.begin(1);
      overtaken(
          nth, [&] { one.begin(late); }, [&] { failed = one.fail(last, late); });
      EXPECT_FALSE(admitted || succeeded || failed) << late << " at access " << nth;
    }
  }
}

// The run is beside the word, where the word has the interval's end: also where that end has no low bits.
TEST(ShortWays, ASuccessEndsARunWhateverTheIntervalsEndIs) {
  for (const Nanos end : {Nanos{1} << 39, (Nanos{1} << 39) + 1}) {
    Short one({.interval = 100, .trip = "consecutiveFailures > 9"});
    for (int i = 0; i < 2; ++i) one.end(one.begin(end - 100), Ending::Failure, end - 100);
    ASSERT_EQ(one.word().payload(), moment_bits(end));
    EXPECT_EQ(one.counts(end).consecutive_failures, 2);
    one.end(one.begin(end), Ending::Success, end);
    EXPECT_EQ(one.counts(end).consecutive_failures, 0) << end;
    EXPECT_TRUE(one.succeed(one.begin(end), end)) << "there is none to end";
  }
}

TEST(ShortWays, ARunHoldsWhereTheWordHasNoRoom) {
  const BreakerOptions kinds[] = {
      {.trip = "consecutiveFailures == 7"},
      {.trip = "consecutiveFailures == 7 || totalFailures == 7"},
      {.trip = "consecutiveFailures == 7 || totalFailures == 7", .window = kMinute},
      {.trip = "consecutiveFailures == 7 || totalFailures == 7", .window_calls = 100},
  };
  for (const BreakerOptions& options : kinds) {
    Short one(options);
    const BreakerWord most = BreakerWord::slow(Phase::Closed, 0, BreakerWord::kPayloadMask);
    one.endpoint.word().store(most.raw());
    EXPECT_FALSE(one.end(one.begin(1), Ending::Failure, 1).happened);
    EXPECT_EQ(one.word(), most) << options.trip;
  }
}

// Whichever way counts the last one, it is counted once and trips.
TEST(ShortWays, TheFailureThatTripsIsTheOneThatTheRuleNames) {
  for (const std::string_view rule :
       {"consecutiveFailures == 3", "totalFailures == 3", "totalFailures + consecutiveFailures == 6",
        "requests >= 3 && double(totalFailures) / double(requests) > 0.5",
        "requests == 3 && totalFailures == 3 && totalSuccesses == 0"}) {
    for (const Nanos interval : {Nanos{0}, Nanos{100}}) {
      Short one({.interval = interval, .trip = rule});
      for (const bool trips : {false, false, true}) {
        EXPECT_EQ(one.end(one.begin(1), Ending::Failure, 1).happened, trips) << rule << ", interval " << interval;
      }
    }
  }
}

// A host may adopt an attempt that it has not counted; what the rule says to a share of nothing is for the rule to say.
TEST(ShortWays, AShareOfNothingIsNotDecidedHere) {
  const std::string_view rule =
      "requests >= 0 && (requests == 0 ? 0.0 : double(totalFailures) / double(requests)) < 0.5";
  Short one({.trip = rule});
  ASSERT_EQ(one.plan.question, TripQuestion::Rate);
  CountedFailure counted;
  EXPECT_FALSE(one.fail<false>({0, false}, 1, counted));
  EXPECT_EQ(counted.number, 1u);
  Short windowed({.trip = rule, .window = kMinute});
  ASSERT_EQ(windowed.plan.question, TripQuestion::Rate);
  EXPECT_TRUE(windowed.end({0, false}, Ending::Failure, 1).happened) << "no request is in the window";
}

// A failure of before a reload, whenever the reload comes, is none of the breaker's of after it.
TEST(ShortWays, AWindowCountsForItsGenerationOnly) {
  const BreakerOptions kinds[] = {{.window = kMinute, .buckets = 2}, {.window_calls = 1}, {.window_calls = 100}};
  for (BreakerOptions options : kinds) {
    options.trip = "totalFailures > 90 || totalSuccesses > 90 || requests > 90";
    for (const Ending ending : {Ending::Failure, Ending::Success}) {
      for (const int calls : {0, 1, 3}) {
        bool more = true;
        for (int nth = 1; more; ++nth) {
          Short one(options);
          const Permit permit = one.begin(1);
          more = overtaken(
              nth,
              [&] {
                one.reload();
                for (int i = 0; i < calls; ++i) one.end(one.begin(1), Ending::Failure, 1);
              },
              [&] { one.end(permit, ending, 1); });
          const Counts counts = one.counts(1);
          EXPECT_EQ(counts.total_failures, options.window_calls == 1 ? std::min(calls, 1) : calls) << nth;
          EXPECT_EQ(counts.total_successes, 0) << nth;
        }
      }
    }
  }
}

}  // namespace
}  // namespace resil

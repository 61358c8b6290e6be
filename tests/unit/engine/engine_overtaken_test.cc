// A reload, or other calls, between any two instructions of a begin or an end on a closed breaker: an attempt goes by
// one policy, not by half of two, and is counted once, by the breaker that admitted it, or not at all.
#include <gtest/gtest.h>

#include <string>

#include "support/gated.h"
#include "support/interrupted.h"

namespace resil {
namespace {

#if defined(__x86_64__) && defined(__linux__)

using namespace testing;  // NOLINT: the words of support/caller.h

constexpr std::string_view kAll =
    "requests > 100 || totalFailures > 100 || totalSuccesses > 100 || consecutiveFailures > 100";
constexpr Nanos kLong = 3'600 * kSecond;

struct Kind {
  std::string_view name;
  BreakerOptions options{};
  TargetLimits limits{};
  bool retries = false;
  int run = 0;  // failures in a row before it all
};

// Each with ways of its own through the engine.
const Kind kKinds[] = {
    {"fast words", {.trip = "consecutiveFailures > 100"}},
    {"a run in the word", {.trip = "consecutiveFailures > 100"}, {}, false, 2},
    {"counted words", {.trip = "requests > 100 && totalFailures > 100"}},
    {"counted words and a run", {.trip = "requests > 100 && consecutiveFailures > 100"}},
    {"cells", {.trip = kAll}},
    {"the run of an interval", {.interval = kLong, .trip = "consecutiveFailures > 100"}},
    {"an interval", {.interval = kLong, .trip = kAll}},
    {"a window",
     {.trip = "requests > 100 || totalFailures > 100 || totalSuccesses > 100", .window = kLong, .buckets = 1}},
    {"a window of calls", {.trip = "totalFailures > 90", .window_calls = 100}},
    {"gates", {.trip = "consecutiveFailures > 100"}, concurrent(100)},
    {"gates and cells", {.trip = kAll}, {.max_concurrent = 100, .rate_limit = RateLimit{1'000'000, kSecond, 100'000}}},
};

// Sides differ in all that an attempt is told: 1 s and 1 ms, or 2 s and 2 ms.
enum Side { kA = 1, kB = 2 };

PolicySet side(Side which, const Kind& kind) {
  return one_app({.timeout = which * kSecond,
                  .retry = kind.retries ? shared(constant_retry(which * kMillisecond, -1)) : nullptr,
                  .breaker = breaker(kind.options),
                  .limits = kind.limits});
}

// What may overtake: another policy, another policy and a call, there and back again, other calls.
struct Overtaker {
  std::string_view name;
  bool keeps_state;
  int failures, successes;  // that it adds to the breaker that it leaves
  std::function<void(Caller&, EndpointId, const Kind& from, const Kind& to)> step;
};

void visit(Caller& caller, EndpointId id) {
  caller.attempt(id, kFailure);
  caller.attempt(id, kSuccess);
}

const Overtaker kReload{"a reload", false, 0, 0, [](Caller& caller, EndpointId, const Kind&, const Kind& to) {
                          caller.engine.reload(side(kB, to));
                        }};
const Overtaker kReloadAndCalls{"a reload and calls", false, 1, 1,
                                [](Caller& caller, EndpointId id, const Kind&, const Kind& to) {
                                  caller.engine.reload(side(kB, to));
                                  visit(caller, id);
                                }};
const Overtaker kThereAndBack{"a reload there and back", false, 1, 1,
                              [](Caller& caller, EndpointId id, const Kind& from, const Kind& to) {
                                caller.engine.reload(side(kB, to));
                                caller.engine.reload(side(kA, from));
                                visit(caller, id);
                              }};
const Overtaker kKeeping{
    "a reload that keeps the state", true, 0, 0,
    [](Caller& caller, EndpointId, const Kind& from, const Kind&) { caller.engine.reload(side(kB, from)); }};
const Overtaker kFailures{"failures", true, 2, 0,
                          [](Caller& caller, EndpointId id, const Kind&, const Kind&) { caller.fail(id, 2); }};

// A breaker of the same shape that reads everything; never an equal one.
Kind other_than(const Kind& kind) {
  Kind other = kind;
  other.options.timeout = 30 * kSecond;
  if (other.options.window_calls == 0 && other.options.window == 0) other.options.trip = kAll;
  return other;
}

// Those that count requests elsewhere, or have to know when an attempt began.
std::vector<Kind> unlike(const Kind& kind) {
  const bool windowed = kind.options.window > 0;
  const Kind elsewhere{windowed ? "an interval" : "a window",
                       {.interval = windowed ? kLong : 0,
                        .trip = "requests > 100 || totalFailures > 100 || totalSuccesses > 100",
                        .window = windowed ? 0 : kLong,
                        .buckets = 1},
                       {},
                       kind.retries};
  const Kind slow{"slow calls",
                  {.trip = "slowCalls > 100 || requests > 100 || totalFailures > 100 || totalSuccesses > 100",
                   .slow_call = kSecond},
                  {},
                  kind.retries};
  return {elsewhere, slow};
}

class EngineOvertaken : public ::testing::Test {
 protected:
  // `call(caller, id, interrupt)` for each instruction of what it passes to `interrupt`.
  template <typename Call>
  static void at_each_instruction(const Kind& from, const Kind& to, const Overtaker& overtaker, const Call& call) {
    SCOPED_TRACE("from " + std::string(from.name) + " to " + std::string(to.name) + ", overtaken by " +
                 std::string(overtaker.name));
    Caller caller(side(kA, from));
    const EndpointId id = caller.app();
    Interrupted::at_each([&](long at) {
      if (::testing::Test::HasFailure()) return;  // one place tells enough
      caller.engine.reload(PolicySet{});
      caller.engine.reload(side(kA, from));
      visit(caller, id);
      caller.fail(id, from.run);
      const auto step = [&] { overtaker.step(caller, id, from, to); };
      call(caller, id, overtaker, from.run, [&](const auto& interrupted) {
        if (!Interrupted::run(at, step, interrupted)) step();
      });
      if (::testing::Test::HasFailure()) ADD_FAILURE() << "at instruction " << at;
    });
  }

  // `begins`: each kind retries, so that a ticket shows its policy, and the other breaker may be of any shape.
  template <typename Call>
  static void everywhere(bool begins, const std::vector<const Overtaker*>& overtakers, const Call& call) {
    if (!Interrupted::kPossible) GTEST_SKIP() << "a sanitizer keeps signals back";
    std::vector<Kind> kinds(std::begin(kKinds), std::end(kKinds));
    for (Kind& kind : kinds) kind.retries = begins || &kind == kinds.data();
    for (const Kind& kind : kinds) {
      for (const Overtaker* overtaker : overtakers) at_each_instruction(kind, other_than(kind), *overtaker, call);
      if (!begins) continue;
      for (const Kind& to : unlike(kind)) at_each_instruction(kind, to, kReloadAndCalls, call);
    }
    const Kind &plain = kinds.front(), &gates = kinds.back();
    at_each_instruction(plain, other_than(gates), kReload, call);
    at_each_instruction(gates, other_than(plain), kThereAndBack, call);
  }
};

// All that began has ended, so a breaker that counts both has as many of one as of the other.
void expect_even(const Caller& caller, EndpointId id) {
  const BreakerView view = caller.entry(id).breaker.value().view;
  const Counts& counts = view.counts;
  if ((view.known & kRequests) != 0 && (view.known & kTotalFailures) != 0 && (view.known & kTotalSuccesses) != 0) {
    EXPECT_EQ(counts.requests, counts.total_failures + counts.total_successes);
  }
}

// One failure was quick, and perhaps another was not.
void expect_slow_if_counted(const Caller& caller, EndpointId id) {
  const BreakerView view = caller.entry(id).breaker.value().view;
  EXPECT_TRUE((view.known & kSlowCalls) == 0 || view.counts.slow_calls == view.counts.total_failures - 1);
}

TEST_F(EngineOvertaken, ABeginGoesByOnePolicy) {
  everywhere(true, {&kReloadAndCalls, &kKeeping, &kFailures},
             [](Caller& caller, EndpointId id, const Overtaker&, int, const auto& interrupt) {
               Ticket ticket{};
               std::int32_t begun = -1;
               interrupt([&] { begun = caller.begin(id, ticket); });
               ASSERT_EQ(begun, kAllow);
               const Nanos timeout = ticket.timeout;
               EXPECT_TRUE(timeout == kA * kSecond || timeout == kB * kSecond) << timeout;
               caller.now += 2 * kSecond;
               ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
               expect_slow_if_counted(caller, id);
               EXPECT_EQ(ticket.delay, timeout / 1'000);
               expect_even(caller, id);
             });
}

// Before it a failure and a success were counted, and all that began has ended.
TEST_F(EngineOvertaken, AnEndCountsOnceForTheBreakerThatAdmittedIt) {
  for (const bool failed : {true, false}) {
    everywhere(false, {&kReloadAndCalls, &kKeeping},
               [failed](Caller& caller, EndpointId id, const Overtaker& overtaker, int run, const auto& interrupt) {
                 Ticket ticket{};
                 ASSERT_EQ(caller.begin(id, ticket), kAllow);
                 std::int32_t ended = -1;
                 interrupt([&] { ended = caller.end(ticket, failed ? kFailure : kSuccess); });
                 EXPECT_TRUE(ended == kDone ? !failed : failed);
                 EXPECT_EQ(ticket.delay, ended == kRetry ? kA * kMillisecond : 0);
                 const BreakerView view = caller.entry(id).breaker.value().view;
                 const int kept = overtaker.keeps_state ? 1 : 0;
                 const auto expect = [&view](CountSet count, std::int64_t number, std::int64_t expected) {
                   EXPECT_TRUE((view.known & count) == 0 || number == expected) << number << " instead of " << expected;
                 };
                 expect(kTotalFailures, view.counts.total_failures,
                        overtaker.failures + kept * (run + (failed ? 2 : 1)));
                 expect(kTotalSuccesses, view.counts.total_successes, overtaker.successes + kept * (failed ? 1 : 2));
                 expect(kConsecutiveFailures, view.counts.consecutive_failures, failed ? kept * (run + 1) : 0);
                 expect_even(caller, id);
               });
  }
}

#endif

}  // namespace
}  // namespace resil

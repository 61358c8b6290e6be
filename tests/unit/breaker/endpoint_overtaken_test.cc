// A reload that keeps the state overtakes a begin or an end at each look that it takes at each cell: whatever it
// counts, it counts once, by the old plan or by the new.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "resil/breaker/endpoint.h"
#include "support/hooked_atomic.h"
#include "support/policies.h"

namespace resil {
namespace {

using testing::Access;
using testing::BreakerOptions;
using testing::HookedAtomic;
using OneTally = Tally<HookedAtomic>;

// An endpoint bound to the first of two plans that differ in the timeout.
struct Overtaken {
  auto plans() const {
    return [this](std::uint32_t number) -> const BreakerPlan& { return both.at(number); };
  }
  auto all() {
    return [this] { return std::span(tallies); };
  }

  // `seen_by_none`: in a generation that no cell has seen; else in the first, which all of them count.
  explicit Overtaken(const BreakerOptions& options, bool seen_by_none = true) {
    for (std::size_t i = 0; i < 2; ++i) {
      policies[i].timeout = static_cast<Nanos>(i) * kSecond;
      policies[i].breaker = testing::breaker(options);
      both[i] = BreakerPlan::of(policies[i]);
    }
    endpoint.create(0, both[0].first_word(0));
    if (seen_by_none) endpoint.rebind(0, plans(), all());
  }
  ~Overtaken() { testing::Hook::on_access = nullptr; }

  void overtake(Access access, const void* cell, int nth) {
    testing::before(access, cell, nth, [this] { endpoint.rebind_keeping_state(1, plans()); });
  }
  Admission begin(Nanos now) {
    TimeSource time(now);
    return endpoint.begin(time, plans(), all(), 0);
  }
  Transition end(Permit permit, Ending ending, Nanos now) {
    TimeSource time(now);
    return endpoint.end(permit, ending, time, plans(), all(), 0);
  }
  BreakerView view(Nanos now) {
    testing::Hook::on_access = nullptr;
    return endpoint.inspect(now, plans(), all());
  }

  std::array<Policy, 2> policies;
  std::array<BreakerPlan, 2> both;
  std::array<OneTally, 2> tallies;
  Endpoint<HookedAtomic> endpoint;
};

constexpr std::string_view kAllCounts =
    "requests > 100 || totalFailures > 100 || totalSuccesses > 100 || consecutiveFailures > 100 || "
    "consecutiveSuccesses "
    "> 100";

const BreakerOptions kRules[] = {
    {.trip = kAllCounts},
    {.interval = 60 * kSecond, .trip = kAllCounts},
    {.trip = "requests > 100"},
    {.trip = "totalFailures > 100 || totalSuccesses > 100 || consecutiveFailures > 100"},
    {.interval = 60 * kSecond, .trip = "consecutiveFailures > 100"},
    {.interval = 60 * kSecond, .trip = "totalFailures > 100 || consecutiveFailures > 100"},
};

// Each cell that a rule may read, and the word.
template <typename Then>
void at_each_look(Then then) {
  for (const BreakerOptions& rule : kRules) {
    for (int cell = 0; cell < 6; ++cell) {
      for (const Access access : {Access::Load, Access::Swap}) {
        for (int nth = 1; nth <= 4; ++nth) {
          SCOPED_TRACE(std::string(rule.trip) + (rule.interval > 0 ? ", interval" : "") + ", cell " +
                       std::to_string(cell) + ", look " + std::to_string(nth));
          Overtaken one(rule);
          const void* const cells[] = {&one.tallies[0].requests,
                                       &one.tallies[0].successes,
                                       &one.tallies[0].failures,
                                       &one.tallies[0].run,
                                       &one.tallies[0].successes_before_failure,
                                       &one.endpoint.word()};
          then(one, access, cells[cell], nth);
        }
      }
    }
  }
}

std::int64_t if_known(const BreakerView& view, CountSet count, std::int64_t number) {
  return (view.known & count) != 0 ? number : 0;
}

TEST(EndpointOvertaken, ABeginCountsOneRequest) {
  at_each_look([](Overtaken& one, Access access, const void* cell, int nth) {
    one.overtake(access, cell, nth);
    EXPECT_EQ(one.begin(1).reason, Reason::None);
    const BreakerView view = one.view(1);
    EXPECT_EQ(if_known(view, kRequests, view.counts.requests), if_known(view, kRequests, 1));
  });
}

// Whatever was counted before it.
TEST(EndpointOvertaken, AnEndCountsOnce) {
  constexpr Ending kGood = Ending::Success, kBad = Ending::Failure;
  for (const std::vector<Ending>& before : {std::vector{kGood}, {kGood, kBad}, {kBad, kGood}}) {
    for (const Ending last : {kGood, kBad}) {
      at_each_look([&](Overtaken& one, Access access, const void* cell, int nth) {
        int bad = 0, good = 0, run = 0, streak = 0;
        const auto count = [&](Ending ending) {
          ++(ending == kBad ? bad : good);
          run = ending == kBad ? run + 1 : 0;
          streak = ending == kBad ? 0 : streak + 1;
        };
        for (const Ending ending : before) one.end(one.begin(1).permit, ending, 1), count(ending);
        const Permit permit = one.begin(1).permit;
        one.overtake(access, cell, nth);
        EXPECT_FALSE(one.end(permit, last, 1).happened);
        count(last);
        const BreakerView view = one.view(1);
        const auto expect = [&view](CountSet set, std::int64_t number, int expected) {
          EXPECT_EQ(if_known(view, set, number), if_known(view, set, expected));
        };
        expect(kTotalFailures, view.counts.total_failures, bad);
        expect(kTotalSuccesses, view.counts.total_successes, good);
        expect(kConsecutiveFailures, view.counts.consecutive_failures, run);
        expect(kConsecutiveSuccesses, view.counts.consecutive_successes, streak);
      });
    }
  }
}

// A reload with other settings overtakes it: then it belongs to the breaker of before, and takes nothing from the next.
TEST(EndpointOvertaken, AnAttemptOfBeforeAReloadCountsForNothing) {
  for (const BreakerOptions& rule : kRules) {
    for (const Ending ending : {Ending::Failure, Ending::Success}) {
      for (const bool seen_by_none : {false, true}) {
        bool more = true;
        for (int nth = 1; more; ++nth) {
          Overtaken one(rule, seen_by_none);
          const Permit permit = one.begin(1).permit;
          more = testing::overtaken(
              nth,
              [&] {
                one.endpoint.rebind(1, one.plans(), one.all());
                for (int i = 0; i < 2; ++i) one.end(one.begin(1).permit, Ending::Failure, 1);
              },
              [&] { one.end(permit, ending, 1); });
          const BreakerView view = one.view(1);
          EXPECT_EQ(if_known(view, kTotalFailures, view.counts.total_failures), if_known(view, kTotalFailures, 2));
          EXPECT_EQ(if_known(view, kTotalSuccesses, view.counts.total_successes), 0);
          EXPECT_EQ(if_known(view, kConsecutiveFailures, view.counts.consecutive_failures),
                    if_known(view, kConsecutiveFailures, 2))
              << rule.trip << " at access " << nth;
        }
      }
    }
  }
}

// It trips on the very count that it reaches, not one sooner because it counted twice.
TEST(EndpointOvertaken, AFailureTripsAtItsOwnNumber) {
  for (const std::string_view trip : {"totalFailures > 1", "consecutiveFailures > 1"}) {
    for (const Nanos interval : {Nanos{0}, 60 * kSecond}) {
      for (const Access access : {Access::Load, Access::Swap}) {
        for (int nth = 1; nth <= 6; ++nth) {
          for (int cell = 0; cell < 3; ++cell) {
            Overtaken one({.interval = interval, .trip = trip});
            const void* const cells[] = {&one.tallies[0].failures, &one.tallies[0].run, &one.endpoint.word()};
            const Permit permit = one.begin(1).permit;
            one.overtake(access, cells[cell], nth);
            EXPECT_FALSE(one.end(permit, Ending::Failure, 1).happened) << trip << interval << nth;
            testing::Hook::on_access = nullptr;
            EXPECT_TRUE(one.end(one.begin(1).permit, Ending::Failure, 1).happened) << trip << interval << nth;
          }
        }
      }
    }
  }
}

// Who helps a reload and sleeps before any of its steps finds others done with that one and the next, back to the
// policy that it had found in force.
TEST(EndpointOvertaken, AHelperThatSleptThroughLaterReloadsChangesNothing) {
  bool more = true;
  for (int nth = 1; more; ++nth) {
    Overtaken one({.trip = "consecutiveFailures > 5"});
    one.endpoint.word().store(BreakerWord::slow(Phase::Rebinding, 7, 1).raw());
    more = testing::overtaken(
        nth, [&] { one.endpoint.rebind(0, one.plans(), one.all()); }, [&] { one.begin(1); });
    EXPECT_EQ(Endpoint<HookedAtomic>::plan_of(one.endpoint.binding()), 0u) << "at access " << nth;
    EXPECT_EQ(BreakerWord(one.endpoint.word().load()), one.both[0].first_word(8)) << "at access " << nth;
  }
}

// Only a word that shows a timeout is written anew.
TEST(EndpointOvertaken, AReloadThatKeepsTheStateLeavesAnInterval) {
  Overtaken one({.interval = 60 * kSecond, .trip = "totalFailures > 1"});
  for (const bool begun : {false, true}) {
    if (begun) one.begin(1);
    const BreakerWord word(one.endpoint.word().load());
    ASSERT_EQ(word.window_unbegun(), !begun);
    one.endpoint.rebind_keeping_state(begun ? 0 : 1, one.plans());
    EXPECT_EQ(BreakerWord(one.endpoint.word().load()), word);
  }
}

}  // namespace
}  // namespace resil

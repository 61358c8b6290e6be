// The limiters under every schedule: never more let in than one after the other would have been, nothing lost, and each
// mistake that they could have made is caught.
#include <gtest/gtest.h>

#include <cstdio>

#include "model/explorer.h"
#include "model/model_atom.h"
#include "resil/limits/budget_limiter.h"
#include "resil/limits/concurrency_limiter.h"
#include "resil/limits/hold.h"
#include "resil/limits/rate_limiter.h"

namespace resil::model {
namespace {

template <typename World>
struct Story {
  std::function<std::shared_ptr<World>()> make;
  std::vector<std::function<void(World&)>> threads;
  std::function<std::string(World&)> verdict;
};

template <typename World>
Outcome try_all(const Story<World>& story, Options options) {
  const Outcome outcome = explore(
      [&] {
        auto world = story.make();
        Scenario scenario;
        for (const auto& thread : story.threads) scenario.threads.push_back([world, thread] { thread(*world); });
        scenario.verdict = [world, &story] { return story.verdict(*world); };
        return scenario;
      },
      options);
  std::printf("    %llu schedules, %s\n", static_cast<unsigned long long>(outcome.runs),
              outcome.complete ? "all there are" : "not all");
  return outcome;
}

template <typename World>
void expect_holds(const Story<World>& story) {
  EXPECT_EQ(try_all(story, {.most_runs = 60'000}).failure, "");
  EXPECT_EQ(try_all(story, {.stale_reads = true, .most_runs = 60'000}).failure, "");
  EXPECT_EQ(try_all(story, {.stale_reads = true, .random_runs = 10'000}).failure, "");
}

std::string expected(const char* what, std::int64_t seen, std::int64_t least, std::int64_t most) {
  if (seen >= least && seen <= most) return "";
  return std::string(what) + ": " + std::to_string(seen);
}

// ---- A rate of one in 10 ns, in a spacing of its own size or one whose units wrap within 18 s.

enum class RateMistake { None, RaisedAfterwards, NotASwap, WordBeforeItsAge };

// What RateLimiter does, step by step, with the steps that could be wrong.
class WrongRate {
 public:
  WrongRate(const Spacing& spacing, RateMistake mistake) : s_(spacing), mistake_(mistake) {}

  bool take(Nanos now) {
    for (;;) {
      Nanos until = busy_until_.load(std::memory_order_acquire);
      std::uint64_t seen = word_.load(std::memory_order_acquire);
      if (until <= now) {
        if (mistake_ != RateMistake::WordBeforeItsAge) {
          until = busy_until_.load(std::memory_order_acquire);
          if (until > now) continue;
        }
        const std::uint64_t idle = static_cast<std::uint64_t>(now) * s_.units;
        if (mistake_ == RateMistake::WordBeforeItsAge) {
          word_.store(idle, std::memory_order_release);
        } else if (seen != idle && !word_.compare_exchange_strong(seen, idle, std::memory_order_acq_rel)) {
          continue;
        }
        seen = idle;
      }
      const auto ahead = static_cast<std::int64_t>(seen - static_cast<std::uint64_t>(now) * s_.units);
      const std::uint64_t lead = ahead > 0 ? static_cast<std::uint64_t>(ahead) : 0;
      if (lead > s_.slack) return false;
      const Nanos needed = now + s_.longest;
      if (mistake_ != RateMistake::RaisedAfterwards) raise(until, needed);
      const std::uint64_t after = static_cast<std::uint64_t>(now) * s_.units + lead + s_.spacing;
      if (mistake_ == RateMistake::NotASwap) {
        word_.store(after, std::memory_order_release);
        return true;
      }
      if (!word_.compare_exchange_strong(seen, after, std::memory_order_acq_rel)) continue;
      if (mistake_ == RateMistake::RaisedAfterwards) raise(until, needed);
      return true;
    }
  }

 private:
  void raise(Nanos seen, Nanos to) {
    while (seen < to && !busy_until_.compare_exchange_weak(seen, to, std::memory_order_acq_rel)) {}
  }

  const Spacing s_;
  const RateMistake mistake_;
  ModelAtom<std::uint64_t> word_{0};
  ModelAtom<Nanos> busy_until_{INT64_MIN};
};

template <typename Limiter>
struct Rated {
  template <typename... Settings>
  explicit Rated(const Settings&... settings) : limiter(settings...) {}

  Limiter limiter;
  int taken = 0;

  void take(Nanos now) {
    if constexpr (std::is_same_v<Limiter, WrongRate>) {
      taken += limiter.take(now) ? 1 : 0;
    } else {
      taken += limiter.take(now).wait == 0 ? 1 : 0;
    }
  }
};
using Exact = Rated<RateLimiter<ModelAtom>>;
using Wrong = Rated<WrongRate>;

const Spacing kEven = Spacing::of(1, 10, 1), kBurst = Spacing::of(1, 10, 2),
              kOdd = Spacing::of(999'999'937, kSecond, 1), kOddBurst = Spacing::of(999'999'937, kSecond, 2);
constexpr Nanos kNow = 1'000, kRound = static_cast<Nanos>((~std::uint64_t{0}) / 999'999'937);

template <typename World>
std::vector<std::function<void(World&)>> three_at_once(Nanos now) {
  return {[now](World& w) { w.take(now); }, [now](World& w) { w.take(now); }, [now](World& w) { w.take(now); }};
}

TEST(LimitsModel, OfARateWithoutABurstOneIsTaken) {
  expect_holds<Exact>({[] { return std::make_shared<Exact>(kEven); }, three_at_once<Exact>(kNow),
                       [](Exact& w) { return expected("taken", w.taken, 1, 1); }});
}

TEST(LimitsModel, ABurstIsTakenWholeAndNoMore) {
  expect_holds<Exact>({[] { return std::make_shared<Exact>(kBurst); }, three_at_once<Exact>(kNow),
                       [](Exact& w) { return expected("taken", w.taken, 2, 2); }});
}

// The word is from a time so long ago that its units would tell it to be ahead.
TEST(LimitsModel, AWordOfARoundAgoIsNoneWhoeverComesFirst) {
  for (const auto& [ago, burst] :
       {std::pair{kRound / 2 + 10, 1}, {kRound - 30, 1}, {kRound / 2 + 10, 2}, {kRound - 30, 2}}) {
    const auto make = [burst = burst] {
      auto world = std::make_shared<Exact>(burst == 1 ? kOdd : kOddBurst);
      world->limiter.take(kNow);
      return world;
    };
    expect_holds<Exact>({make,
                         {[ago = ago](Exact& w) { w.take(kNow + ago); }, [ago = ago](Exact& w) { w.take(kNow + ago); }},
                         [burst = burst](Exact& w) { return expected("taken", w.taken, burst, burst); }});
  }
}

TEST(LimitsModel, ThreadsWhoseClocksDifferTakeNoMore) {
  expect_holds<Exact>({[] { return std::make_shared<Exact>(kEven); },
                       {[](Exact& w) { w.take(kNow), w.take(kNow + 9); }, [](Exact& w) { w.take(kNow + 3); }},
                       [](Exact& w) { return expected("taken", w.taken, 1, 1); }});
}

// One gives back what it took: another may be let in for it, never two.
TEST(LimitsModel, WhatIsGivenBackIsTakenByOneAtTheMost) {
  const auto back = [](Exact& w) {
    const auto taken = w.limiter.take(kNow);
    if (taken.wait == 0 && !w.limiter.undo(taken)) ++w.taken;
  };
  expect_holds<Exact>({[] { return std::make_shared<Exact>(kEven); },
                       {back, [](Exact& w) { w.take(kNow); }, [](Exact& w) { w.take(kNow + 1); }},
                       [](Exact& w) { return expected("taken", w.taken, 0, 1); }});
}

Outcome with_mistake(RateMistake mistake, const Spacing& spacing) {
  return try_all<Wrong>({[=] { return std::make_shared<Wrong>(spacing, mistake); }, three_at_once<Wrong>(kNow),
                         [](Wrong& w) { return expected("taken", w.taken, 1, 1); }},
                        {.most_runs = 200'000});
}

TEST(LimitsMutants, MistakesOfARateLimiterAreCaught) {
  EXPECT_EQ(with_mistake(RateMistake::None, kEven).failure, "") << "the copy is as good as what it is copied from";
  EXPECT_NE(with_mistake(RateMistake::RaisedAfterwards, kEven).failure, "");
  EXPECT_NE(with_mistake(RateMistake::NotASwap, kEven).failure, "");
  EXPECT_NE(with_mistake(RateMistake::WordBeforeItsAge, kEven).failure, "");
}

// ---- Places.

struct Places {
  ConcurrencyLimiter<ModelAtom> limiter;
  ModelAtom<std::uint64_t> torn{0};  // for the mistakes
  Grace grace;
  std::uint32_t limit = 1;
  int inside = 0, most = 0, entered = 0;

  void attempt(Nanos now) {
    if (!limiter.begin(now, grace, limit)) return;
    enter();
    --inside;
    limiter.end(now, grace);
  }
  void enter() {
    ++entered;
    most = std::max(most, ++inside);
  }
  Nanos epoch(int number) const { return number * static_cast<Nanos>(grace.epoch_units << Grace::kUnitBits); }

  std::string verdict() {
    const std::string over = expected("at once", most, 0, limit);
    return over.empty() ? expected("still in", limiter.in_flight(epoch(5), grace), inside, inside) : over;
  }
};

TEST(LimitsModel, NeverMoreInFlightThanTheLimitAndAllPlacesComeBack) {
  const auto twice = [](Places& p) { p.attempt(p.epoch(5)), p.attempt(p.epoch(5)); };
  expect_holds<Places>(
      {[] { return std::make_shared<Places>(); }, {twice, twice}, [](Places& p) { return p.verdict(); }});
}

// On the edge of an epoch: begins and ends find each other's counts in another field than they left them.
TEST(LimitsModel, PlacesSurviveTheEdgesOfEpochs) {
  const auto make = [] {
    auto places = std::make_shared<Places>();
    places->limit = 2;
    return places;
  };
  expect_holds<Places>({make,
                        {[](Places& p) { p.attempt(p.epoch(4)), p.attempt(p.epoch(5)); },
                         [](Places& p) { p.attempt(p.epoch(5)); }, [](Places& p) { p.attempt(p.epoch(3)); }},
                        [](Places& p) { return p.verdict(); }});
}

TEST(LimitsModel, ALostPlaceIsGivenToOne) {
  const auto make = [] {
    auto places = std::make_shared<Places>();
    places->limiter.begin(places->epoch(1), places->grace, 1);
    return places;
  };
  const auto come = [](Places& p) {
    if (p.limiter.begin(p.epoch(5), p.grace, 1)) p.enter();
  };
  // And its late end takes nothing from whoever has it now.
  expect_holds<Places>({make, {come, come, [](Places& p) { p.limiter.end(p.epoch(1), p.grace); }}, [](Places& p) {
                          return p.verdict() + expected("entered", p.entered, 1, 1);
                        }});
}

TEST(LimitsMutants, PlacesThatAreCountedBeforeTheyAreTakenAreCaught) {
  // Look, then add: two find the last place free.
  const auto wrong = [](Places& p) {
    if (p.torn.load(std::memory_order_acquire) >= p.limit) return;
    p.torn.fetch_add(1, std::memory_order_acq_rel);
    p.enter();
  };
  EXPECT_NE(try_all<Places>({[] { return std::make_shared<Places>(); },
                             {wrong, wrong},
                             [](Places& p) { return expected("at once", p.most, 0, p.limit); }},
                            {})
                .failure,
            "");
}

TEST(LimitsMutants, AnEndThatAsksTheClockInsteadOfItsBeginIsCaught) {
  const auto wrong = [](Places& p) {
    if (!p.limiter.begin(p.epoch(4), p.grace, p.limit)) return;
    p.enter();
    --p.inside;
    p.limiter.end(p.epoch(5), p.grace);
  };
  EXPECT_NE(try_all<Places>({[] { return std::make_shared<Places>(); },
                             {wrong, [](Places& p) { p.attempt(p.epoch(5)); }},
                             [](Places& p) { return p.verdict(); }},
                            {})
                .failure,
            "");
}

// ---- The budget of retries.

struct Allowance {
  BudgetLimiter<ModelAtom> limiter{1, 1, kSecond};
  ModelAtom<std::uint64_t> torn{0};
  int offered = 0;

  void offer(Nanos now) { offered += limiter.offer(now) ? 1 : 0; }
};

TEST(LimitsModel, TheLastRetryIsOfferedOnce) {
  const auto offer = [](Allowance& a) { a.offer(kNow); };
  expect_holds<Allowance>({[] { return std::make_shared<Allowance>(); },
                           {offer, offer},
                           [](Allowance& a) { return expected("offered", a.offered, 1, 1); }});
}

TEST(LimitsModel, AnOperationThatBeginsMeanwhileIsCountedOrIsNot) {
  expect_holds<Allowance>(
      {[] { return std::make_shared<Allowance>(); },
       {[](Allowance& a) { a.offer(kNow), a.offer(kNow); }, [](Allowance& a) { a.limiter.begin_operation(kNow); }},
       [](Allowance& a) {
         return expected("offered", a.offered, 1, 2) +
                expected("begun", static_cast<std::int64_t>(a.limiter.operations(kNow)), 1, 1);
       }});
}

TEST(LimitsMutants, ARetryThatIsCountedAfterTheLookIsCaught) {
  const auto wrong = [](Allowance& a) {
    if (a.torn.load(std::memory_order_acquire) >= 1) return;
    a.torn.fetch_add(1, std::memory_order_acq_rel);
    ++a.offered;
  };
  EXPECT_NE(try_all<Allowance>({[] { return std::make_shared<Allowance>(); },
                                {wrong, wrong},
                                [](Allowance& a) { return expected("offered", a.offered, 1, 1); }},
                               {})
                .failure,
            "");
}

// ---- The hold.

TEST(LimitsModel, TheLongestHoldWins) {
  using World = Hold<ModelAtom>;
  expect_holds<World>({[] { return std::make_shared<World>(); },
                       {[](World& h) { h.until(kNow + 5), h.until(kNow + 1); }, [](World& h) { h.until(kNow + 9); },
                        [](World& h) { h.until(kNow + 7); }},
                       [](World& h) { return expected("left", h.left(kNow), 9, 9); }});
}

}  // namespace
}  // namespace resil::model

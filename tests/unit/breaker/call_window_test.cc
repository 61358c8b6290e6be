// A window of calls, against a list of the last ones.
#include "resil/breaker/call_window.h"

#include <gtest/gtest.h>

#include <deque>

#include "resil/base/rng.h"
#include "support/lone_breaker.h"

namespace resil {
namespace {

using Cells = WindowCells<std::atomic>;
using Window = CallWindow<std::atomic>;
constexpr auto kAlways = [] { return true; };
constexpr auto kNever = [] { return false; };

struct Call {
  bool failed, slow;
};

void expect_sums(const Window& window, std::uint32_t generation, const std::deque<Call>& calls) {
  const WindowTotals totals = window.totals(generation);
  const auto count = [&calls](auto which) { return std::count_if(calls.begin(), calls.end(), which); };
  ASSERT_EQ(WindowTotals::shown(totals.calls), static_cast<std::int64_t>(calls.size()));
  ASSERT_EQ(WindowTotals::shown(totals.failures), count([](const Call& call) { return call.failed; }));
  ASSERT_EQ(WindowTotals::shown(totals.slow), count([](const Call& call) { return call.slow; }));
}

TEST(CallWindow, IsTheLastCallsAtEveryStep) {
  std::uint64_t position = 0;
  const auto draw = [&position](std::uint64_t below) { return scale_random(random_at(3, position++), below); };
  for (const std::uint32_t size : {1U, 2U, 5U, 100U}) {
    Cells cells(0, size);
    Window window(cells, size);
    std::deque<Call> calls;
    std::uint32_t generation = (1U << 20) - 3;
    for (int i = 0; i < 2'000; ++i) {
      if (draw(200) == 0) generation = (generation + 1) & 0xFFFFF, calls.clear();
      const Call call{draw(2) == 0, draw(3) == 0};
      ASSERT_TRUE(window.add(generation, call.failed, call.slow, kAlways));
      calls.push_back(call);
      if (calls.size() > size) calls.pop_front();
      expect_sums(window, generation, calls);
    }
  }
}

TEST(CallWindow, TheLargestIsCountedWhole) {
  constexpr std::uint32_t kSize = BreakerRules::kMostWindowCalls;
  Cells cells(0, kSize);
  Window window(cells, kSize);
  for (std::uint32_t i = 0; i < kSize + 5; ++i) ASSERT_TRUE(window.add(9, true, true, kAlways));
  const WindowTotals totals = window.totals(9);
  EXPECT_EQ(WindowTotals::shown(totals.calls), kSize);
  EXPECT_EQ(WindowTotals::shown(totals.failures), kSize);
  EXPECT_EQ(WindowTotals::shown(totals.slow), kSize);
}

TEST(CallWindow, OtherGenerationsSeeNothingOfIt) {
  Cells cells(0, 4);
  Window window(cells, 4);
  ASSERT_TRUE(window.add(7, true, false, kAlways));
  EXPECT_EQ(window.totals(8).calls, 0u);
  EXPECT_FALSE(window.add(6, true, false, kNever));
  EXPECT_EQ(window.totals(7).calls, 1u);
}

TEST(CallWindow, ASumThatIsBelowZeroForAMomentIsShownAsZero) {
  const WindowTotals none = WindowTotals::of(WindowTotals{.calls = 1, .failures = std::uint64_t(-1)}.word(3));
  EXPECT_EQ(WindowTotals::shown(none.failures), 0);
  EXPECT_EQ(WindowTotals::shown(none.calls), 1);
  EXPECT_EQ(WindowTotals::shown(BreakerRules::kMostWindowCalls), BreakerRules::kMostWindowCalls);
}

// Tags of 13 and 20 bits: what older generations left is made 0 before it could be taken for the present one's.
TEST(CallWindow, NoGenerationFindsWhatOneWithTheSameTagLeft) {
  for (const int changes : {1 << 13, 1 << 20}) {
    testing::LoneBreaker<std::atomic> breaker({.trip = "totalFailures > 2", .window_calls = 3});
    breaker.fail(2, 10);
    for (int change = 0; change < changes; ++change) {
      const BreakerWord next = breaker.plan.closed_word(breaker.word().generation() + 1, 0);
      breaker.cells.word.store(next.raw());
      freshen_if_due<std::atomic>(next.generation(), breaker.cells.word, std::span(breaker.tallies));
    }
    EXPECT_EQ(breaker.view(10).counts.requests, 0);
    breaker.fail(2, 10);
    EXPECT_EQ(breaker.state(10), BreakerState::Closed);
    EXPECT_EQ(breaker.view(10).counts.requests, 2);
  }
}

}  // namespace
}  // namespace resil

// What bounds a target, under threads: never more in flight than maxConcurrent, never more begun than the rate allows,
// never more retries than the budget; and when everybody is done, everything is given back.
#include <algorithm>
#include <mutex>
#include <vector>

#include "stress/crowd.h"
#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

constexpr RateLimit kRate{.rate = 3, .per = 100, .burst = 4};  // a spacing of 33 1/3 ns

// Whether a plain generic cell rate algorithm admits all of these moments, in thirds of a nanosecond.
bool conforms(std::vector<Nanos> moments) {
  std::sort(moments.begin(), moments.end());
  Nanos due = 0;
  for (const Nanos moment : moments) {
    const Nanos at = moment * kRate.rate;
    if (due - kRate.per * (kRate.burst - 1) > at) return false;
    due = std::max(due, at) + kRate.per;
  }
  return true;
}

class Gates : public ::testing::Test {
 protected:
  TargetView target() {
    const std::vector<TargetView> targets = caller_.engine.view(clock_.now()).targets;
    return targets.empty() ? TargetView{} : targets.front();
  }

  SharedClock clock_;
  Complaint complaint_;
  Caller caller_{one_app({.breaker = breaker({.max_requests = 2, .timeout = 200, .trip = "consecutiveFailures > 3"}),
                          .limits = {.max_concurrent = 3, .rate_limit = kRate, .hold_on_retry_after = true}})};
  EndpointId ids_[2] = {caller_.app("a"), caller_.app("b")};
};

TEST_F(Gates, NeverLetInMoreThanTheyMay) {
  std::mutex lock;
  std::vector<Nanos> begun;
  std::atomic<int> inside{0};
  std::atomic<std::uint64_t> admitted{0};
  std::atomic<std::uint64_t> refused[5]{};  // by reason, from Open on; see below
  run_crowd(kThreads, [&](unsigned, Draw& draw) {
    std::vector<Nanos> mine;
    const auto enough = [&] {
      return admitted.load() > 100 && refused[0].load() > 0 && refused[2].load() > 0 && refused[3].load() > 0 &&
             refused[4].load() > 0;
    };
    go_on(rounds(20'000), enough, [&] {
      Ticket ticket{};
      const Nanos now = clock_.tick(static_cast<Nanos>(draw.below(12)));
      if (caller_.engine.begin(ids_[draw.below(2)], now, ticket) != kAllow) {
        const Reason reason = reason_of(ticket);
        refused[reason == Reason::Open ? 0 : reason == Reason::TooManyRequests ? 1 : ticket.reason - 21].fetch_add(1);
        return;
      }
      complaint_.unless(inside.fetch_add(1) < 3, "more in flight than maxConcurrent");
      admitted.fetch_add(1);
      mine.push_back(now);
      if (draw.one_in(4)) std::this_thread::yield();
      if (draw.one_in(500)) ticket.delay = 50;
      inside.fetch_sub(1);
      caller_.engine.end(ticket, draw.one_in(9) ? kCancelled : draw.one_in(2) ? kFailure : kSuccess, clock_.tick(1));
    });
    const std::lock_guard held(lock);
    begun.insert(begun.end(), mine.begin(), mine.end());
  });
  EXPECT_EQ(complaint_.text(), "");
  EXPECT_TRUE(conforms(begun)) << begun.size();
  EXPECT_GT(begun.size(), 100u);
  EXPECT_EQ(target().concurrency->in_flight, 0u);
  for (const int reason : {0, 2, 3, 4}) EXPECT_GT(refused[reason].load(), 0u) << reason;
  const TargetView seen = target();
  EXPECT_EQ(seen.concurrency->rejected, refused[2].load());
  EXPECT_EQ(seen.rate->rejected, refused[3].load());
  EXPECT_EQ(seen.hold->rejected, refused[4].load());
}

TEST_F(Gates, PlacesComeBackOverReloads) {
  std::atomic<bool> over{false};
  run_crowd(kThreads, [&](unsigned thread, Draw& draw) {
    if (thread == 0) {
      for (std::uint64_t i = rounds(400); i > 0; --i) {
        Target target{.timeout = draw.one_in(2) ? 0 : 600 * kSecond};
        if (!draw.one_in(4)) target.limits.max_concurrent = 1 + static_cast<std::uint32_t>(draw.below(4));
        if (draw.one_in(3)) target.limits.rate_limit = kRate;
        caller_.engine.reload(one_app(target));
      }
      over.store(true);
      return;
    }
    while (!over.load()) {
      Ticket ticket{};
      if (caller_.engine.begin(ids_[draw.below(2)], clock_.tick(20), ticket) != kAllow) continue;
      if (draw.one_in(4)) std::this_thread::yield();
      caller_.engine.end(ticket, draw.one_in(2) ? kFailure : kSuccess, clock_.tick(1));
    }
  });
  for (const Nanos timeout : {Nanos{0}, 600 * kSecond}) {
    caller_.engine.reload(one_app({.timeout = timeout, .limits = {.max_concurrent = 3}}));
    EXPECT_EQ(target().concurrency->in_flight, 0u);
    std::vector<Ticket> tickets(4);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(caller_.engine.begin(ids_[0], clock_.now(), tickets[i]), kAllow);
    EXPECT_EQ(caller_.engine.begin(ids_[1], clock_.now(), tickets[3]), kReject);
    for (int i = 0; i < 3; ++i) caller_.engine.end(tickets[i], kSuccess, clock_.now());
  }
}

TEST_F(Gates, TheBudgetOffersNoRetryTooMany) {
  RetryPolicy retry = constant_retry(1, -1);
  retry.budget = RetryBudget{.ratio = 0.5, .min_per_second = 1, .window = 10 * kSecond};
  caller_.engine.reload(one_app({.retry = shared(retry)}));
  std::atomic<std::uint64_t> operations{0}, retries{0};
  run_crowd(kThreads, [&](unsigned, Draw& draw) {
    for (std::uint64_t i = rounds(3'000); i > 0; --i) {
      Ticket ticket{};
      operations.fetch_add(1);
      const EndpointId id = ids_[draw.below(2)];
      for (bool again = true; again;) {
        complaint_.unless(caller_.engine.begin(id, clock_.now(), ticket) == kAllow, "a begin was refused");
        again = caller_.engine.end(ticket, kFailure, clock_.now()) == kRetry;
        if (again) retries.fetch_add(1);
      }
    }
  });
  // One bucket for all: the clock stands still.
  const std::uint64_t most = 10 + operations / 2;
  EXPECT_EQ(target().budget->retries, retries.load());
  EXPECT_EQ(target().budget->operations, operations.load());
  EXPECT_EQ(target().budget->refused, operations.load()) << "each operation went on until it was refused";
  EXPECT_EQ(retries.load(), most) << "and so all that there were are used";
  EXPECT_EQ(complaint_.text(), "");
}

}  // namespace
}  // namespace resil

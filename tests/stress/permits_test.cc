// Half-open under threads: no permit lost or given twice, never more attempts at once than maxRequests, every change of
// state published exactly once.
#include <map>
#include <memory>
#include <utility>

#include "stress/crowd.h"
#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

// What became of the probes of one generation.
struct Probes {
  std::atomic<std::int32_t> admitted{0}, under_way{0}, succeeded{0}, failed{0}, cancelled{0};
};

constexpr std::uint32_t kGenerations = 1U << 20;

class Permits : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  Permits()
      : caller_(one_app({.breaker =
                             breaker({.max_requests = GetParam(), .timeout = 20, .trip = "consecutiveFailures > 1"})}),
                {.event_capacity = 1U << 20}),
        id_(caller_.app()),
        probes_(new Probes[kGenerations]) {}

  void attempt(Draw& draw) {
    Ticket ticket{};
    // The clock is only ever a little ahead: no probe gets old enough to be taken back.
    if (caller_.engine.begin(id_, clock_.tick(1), ticket) != kAllow) {
      rejected_.fetch_add(1);
      return;
    }
    admitted_.fetch_add(1);
    const Permit permit = ticket.permit();
    Probes* probes = permit.probe ? &probes_[permit.generation] : nullptr;
    const auto most = static_cast<std::int32_t>(GetParam());
    if (probes != nullptr) {
      probes->admitted.fetch_add(1);
      complaint_.unless(probes->under_way.fetch_add(1) < most, "more probes at once than maxRequests");
    }
    if (draw.one_in(8)) std::this_thread::yield();
    const Outcome outcome = draw.one_in(10) ? kCancelled : draw.one_in(3) ? kFailure : kSuccess;
    if (probes != nullptr) {
      probes->under_way.fetch_sub(1);
      (outcome.cancelled() ? probes->cancelled : outcome.succeeded() ? probes->succeeded : probes->failed).fetch_add(1);
    }
    caller_.engine.end(ticket, outcome, clock_.tick(1));
  }

  std::uint32_t generation() const { return BreakerWord(caller_.engine.word(id_)->load()).generation(); }

  Caller caller_;
  EndpointId id_;
  SharedClock clock_;
  Complaint complaint_;
  std::unique_ptr<Probes[]> probes_;
  std::atomic<std::uint64_t> admitted_{0}, rejected_{0};
};

TEST_P(Permits, NoneIsLostOrDoubledAndEveryChangeIsPublishedOnce) {
  run_crowd(kThreads, [this](unsigned, Draw& draw) {
    // While the one that has the permit is held up, the others are only rejected: they go on until enough has happened.
    const auto enough = [this] { return generation() > 100 && admitted_.load() > 0 && rejected_.load() > 0; };
    go_on(rounds(12'000), enough, [&] { attempt(draw); });
  });
  EXPECT_EQ(complaint_.text(), "");
  EXPECT_GT(admitted_.load(), 0u);
  EXPECT_GT(rejected_.load(), 0u);

  // Without windows, reloads and lost permits each change of state is a generation: as many events as generations.
  std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> changes;
  for (const Event& event : caller_.events(EventKind::Breaker)) ++changes[{event.before, event.after}];
  std::int64_t total = 0;
  for (const auto& [change, count] : changes) total += count;
  const BreakerWord word(caller_.engine.word(id_)->load());
  ASSERT_LT(total, kGenerations) << "more generations than the test can tell apart";
  EXPECT_EQ(total, word.generation());
  EXPECT_GT(total, 100);

  // They make one path through the three states: as often into each as out of it, but for where it is now.
  constexpr int kClosed = 0, kOpen = 1, kHalfOpen = 2;
  const auto count = [&](int from, int to) { return changes[{from, to}]; };
  const std::int64_t known =
      count(kClosed, kOpen) + count(kOpen, kHalfOpen) + count(kHalfOpen, kClosed) + count(kHalfOpen, kOpen);
  EXPECT_EQ(known, total) << "a change that the table of states does not have";
  EXPECT_EQ(count(kClosed, kOpen) - count(kHalfOpen, kClosed), word.phase() == Phase::Closed ? 0 : 1);
  EXPECT_EQ(count(kOpen, kHalfOpen) - count(kHalfOpen, kOpen) - count(kHalfOpen, kClosed),
            word.phase() == Phase::HalfOpen ? 1 : 0);

  // Generation by generation. The last one may be under way.
  const auto most = static_cast<std::int32_t>(GetParam());
  std::int64_t closed = 0, opened = 0;
  for (std::uint32_t generation = 0; generation < word.generation(); ++generation) {
    const Probes& probes = probes_[generation];
    if (probes.admitted == 0) continue;
    EXPECT_LE(probes.admitted - probes.cancelled, most) << generation;
    EXPECT_TRUE(probes.succeeded == most || probes.failed > 0) << generation << ": it ended for no reason";
    (probes.failed > 0 ? opened : closed) += 1;
  }
  EXPECT_LE(closed, count(kHalfOpen, kClosed));
  EXPECT_GE(opened + closed, count(kHalfOpen, kClosed) + count(kHalfOpen, kOpen));
}

TEST_P(Permits, AllAreThereAgainOnceEverybodyIsDone) {
  run_crowd(kThreads, [this](unsigned, Draw& draw) {
    for (std::uint64_t i = rounds(2'000); i > 0; --i) attempt(draw);
  });
  caller_.now = clock_.tick(kSecond);
  for (int i = 0; i < 100 && caller_.state(id_) != BreakerState::Closed; ++i) {
    caller_.now += kSecond;
    caller_.attempt(id_, kSuccess);
  }
  ASSERT_EQ(caller_.state(id_), BreakerState::Closed);
  caller_.fail(id_, 2);
  caller_.now += kSecond;
  std::vector<Ticket> tickets(GetParam() + 1);
  for (std::uint32_t i = 0; i < GetParam(); ++i) EXPECT_EQ(caller_.begin(id_, tickets[i]), kAllow);
  EXPECT_EQ(caller_.begin(id_, tickets.back()), kReject);
}

INSTANTIATE_TEST_SUITE_P(MaxRequests, Permits, ::testing::Values(1, 2, 5));

// Lost permits under threads: as soon as one is overdue exactly one caller takes it.
TEST(LostPermits, AreTakenBackByOneCallerEach) {
  Caller caller(one_app({.breaker = breaker({.timeout = 20, .trip = "consecutiveFailures > 0"})}));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  const std::uint64_t turns = rounds(300);
  std::vector<std::atomic<int>> taken(turns);
  std::atomic<unsigned> arrived{0};
  run_crowd(kThreads, [&](unsigned, Draw&) {
    for (std::uint64_t turn = 0; turn < turns; ++turn) {
      Ticket lost{};
      const Nanos now = caller.now + static_cast<Nanos>(turn + 1) * 61 * kSecond;
      if (caller.engine.begin(id, now, lost) == kAllow) taken[turn].fetch_add(1);
      arrived.fetch_add(1);
      while (arrived.load() < kThreads * (turn + 1)) std::this_thread::yield();
    }
  });
  for (std::uint64_t turn = 0; turn < turns; ++turn) EXPECT_EQ(taken[turn].load(), 1) << turn;
}

}  // namespace
}  // namespace resil

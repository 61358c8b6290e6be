// In which order events of different endpoints come, and that no clock of a host's loses one.
#include <atomic>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "support/hooked_atomic.h"
#include "support/log_reading.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

using Log = EventLog<std::atomic>;
using HookedLog = EventLog<HookedAtomic>;
using Values = std::vector<std::int64_t>;

TEST(EventLogOrder, OfDifferentThreadsTheEarlierEventComesFirst) {
  Log log(16, 4);
  KnownOrder one, another;
  log.publish(of(0, 1, 10), one), log.publish(of(0, 4, 40), one);
  log.publish(of(1, 2, 20), another), log.publish(of(2, 3, 30), another);
  std::uint64_t cursor = 0;
  EXPECT_EQ(values(log, cursor), (Values{1, 2, 3, 4}));
}

TEST(EventLogOrder, OfOneThreadTheEventPublishedFirstComesFirstWhateverTheClock) {
  constexpr Nanos kLeast = std::numeric_limits<Nanos>::min(), kMost = std::numeric_limits<Nanos>::max();
  for (const std::vector<Nanos>& clock : std::vector<std::vector<Nanos>>{
           {5}, {90, 80, 70, 60, 50}, {100, 100, 20, 20}, {-1, 1}, {kMost, 0, kLeast}, {kMost}, {kLeast}}) {
    Log log(64, 8);
    KnownOrder known;
    Values expected;
    for (int i = 1; i <= 50; ++i) {
      log.publish(of(i * 7 % 10, i, clock[static_cast<std::size_t>(i) % clock.size()]), known);
      expected.push_back(i);
    }
    std::uint64_t cursor = 0;
    EXPECT_EQ(values(log, cursor), expected) << clock[0];
  }
}

// The second thread's event stands behind one with a later time, and its next one elsewhere after both.
TEST(EventLogOrder, AThreadLearnsFromTheRingThatItPublishesIn) {
  Log log(16, 2);
  KnownOrder one, another;
  log.publish(of(0, 1, 100), one);
  log.publish(of(0, 2, 50), another);
  log.publish(of(1, 3, 60), another);
  std::uint64_t cursor = 0;
  EXPECT_EQ(values(log, cursor), (Values{1, 2, 3}));
}

TEST(EventLogOrder, WhatIsToldApartStandsBetweenBeforeAndAfter) {
  for (const Nanos clock : {Nanos{0}, 1'000 * kSecond, 1'000'000 * kSecond}) {
    Log log(16, 4);
    KnownOrder one, another, third, warner;
    log.publish(of(0, 1, 2'000 * kSecond), one);
    log.publish(of(1, 2, 2'001 * kSecond), another);
    log.publish_apart(of(-1, 3, clock), warner);
    log.publish(of(2, 4, 1'500 * kSecond), third);
    log.publish_apart(of(1, 5, clock), warner);
    log.publish(of(0, 6, 1'501 * kSecond), third);
    log.publish(of(0, 7, 2'010 * kSecond), one);
    log.publish(of(1, 8, 2'010 * kSecond), another);
    std::uint64_t cursor = 0;
    const Values all = values(log, cursor);
    EXPECT_EQ(Values(all.begin(), all.begin() + 5), (Values{1, 2, 3, 4, 5}));
    EXPECT_EQ(all.size(), 8u);
  }
}

// A warning has the machine's time, and hosts may have other clocks: its time orders nothing.
TEST(EventLogOrder, AClockOfItsOwnDoesNotMoveTheOthers) {
  Log log(16, 4);
  KnownOrder one, another, warner;
  log.publish_apart(of(-1, 1, 1'000'000 * kSecond), warner);
  log.publish(of(0, 3, 1'002 * kSecond), one);
  log.publish(of(1, 2, 1'001 * kSecond), another);
  std::uint64_t cursor = 0;
  EXPECT_EQ(values(log, cursor), (Values{1, 2, 3}));
}

// While more is published than is read, what has a late time must come to its turn.
TEST(EventLogOrder, AnEventFarAheadComesToItsTurn) {
  Log log(8, 2);
  KnownOrder ahead, others;
  log.publish(of(0, -1, 1'000'000 * kSecond), ahead);
  std::uint64_t cursor = 0;
  Event event;
  int reads = 0;
  for (int i = 1; i <= 4; ++i) log.publish(of(1, i, i), others);
  do {
    log.publish(of(1, 5 + reads, 5 + reads), others);
    ASSERT_EQ(log.read(cursor, &event, 1), 1u);
    ASSERT_LT(++reads, 40);
  } while (event.endpoint == 1);
  EXPECT_EQ(event.value, -1);
}

class EventLogRace : public ::testing::Test {
 protected:
  void TearDown() override { Hook::on_access = nullptr; }

  // Stops a publisher before its nth store, and does `meanwhile` there. The sixth finishes the event.
  static void publish_slowly(HookedLog& log, const Event& event, int stop_before, std::function<void()> meanwhile) {
    KnownOrder known;
    before(Access::Store, nullptr, stop_before, std::move(meanwhile));
    log.publish(event, known);
    Hook::on_access = nullptr;
  }
};

// Wherever the reader is on its way over the rings: the first event is not there yet when it looks, and the second is.
TEST_F(EventLogRace, OneThreadsEventsInTwoRingsAreReadInOrder) {
  for (int nth = 1; nth <= 60; ++nth) {
    HookedLog log(8, 4);
    KnownOrder earlier;
    log.publish(of(2, 1, 5), earlier);
    before(Access::Load, nullptr, nth, [&] {
      KnownOrder known;
      log.publish(of(0, 2, 5), known), log.publish(of(3, 3, 5), known), log.publish(of(1, 4, 5), known);
    });
    std::uint64_t cursor = 0;
    Values all = values(log, cursor);
    Hook::on_access = nullptr;
    for (const std::int64_t value : values(log, cursor)) all.push_back(value);
    std::erase(all, 1);
    EXPECT_EQ(all, (all.empty() ? Values{} : Values{2, 3, 4})) << nth;
  }
}

// A publisher that stops half-way holds up its own ring; the others' events are read, and its own comes later.
TEST_F(EventLogRace, AnUnfinishedEventHoldsUpNoOtherRing) {
  HookedLog log(8, 2);
  std::uint64_t cursor = 0;
  Values meanwhile;
  publish_slowly(log, of(0, 1), 3, [&] {
    log.publish(of(1, 2));
    meanwhile = values(log, cursor);
  });
  EXPECT_EQ(meanwhile, (Values{2}));
  EXPECT_EQ(values(log, cursor), (Values{1}));
  EXPECT_EQ(cursor, 2u);
}

// What is behind it may be of a thread that published elsewhere since: that waits too.
TEST_F(EventLogRace, AnEventBehindAnUnfinishedOneIsReadBeforeWhatItsThreadDidNext) {
  for (int stop = 1; stop <= 6; ++stop) {
    HookedLog log(16, 2);
    std::uint64_t cursor = 0;
    Values meanwhile;
    publish_slowly(log, of(0, 1), stop, [&] {
      KnownOrder known;
      log.publish(of(0, 2), known);
      log.publish(of(1, 3), known);
      meanwhile = values(log, cursor);
    });
    EXPECT_EQ(meanwhile, (Values{})) << stop;
    EXPECT_EQ(values(log, cursor), (Values{1, 2, 3})) << stop;
  }
}

// The fifth comes to the slot that the first still holds, and nothing follows it.
TEST_F(EventLogRace, WhatIsLostAtTheEndIsNumberedToo) {
  HookedLog log(4, 2);
  std::uint64_t cursor = 0;
  publish_slowly(log, of(0, 1), 3, [&] {
    for (int i = 2; i <= 5; ++i) log.publish(of(0, i));
  });
  EXPECT_EQ(values(log, cursor), (Values{2, 3, 4}));
  EXPECT_EQ(cursor, 5u);
}

// But not until it is lost.
TEST_F(EventLogRace, APublisherThatSleepsForLongCostsNobodyAnEvent) {
  HookedLog log(8, 2);
  std::uint64_t cursor = 0;
  Values meanwhile;
  publish_slowly(log, of(0, 1), 3, [&] {
    log.publish(of(0, 2));
    for (int i = 3; i <= 22; ++i) {
      log.publish(of(1, i));
      for (const std::int64_t value : values(log, cursor)) meanwhile.push_back(value);
    }
  });
  EXPECT_GE(meanwhile.size(), 14u) << "at most six wait at a time";
  for (const std::int64_t value : values(log, cursor)) meanwhile.push_back(value);
  std::ranges::sort(meanwhile);
  ASSERT_EQ(meanwhile.size(), 22u) << "each exactly once";
  EXPECT_EQ(meanwhile.back(), 22);
  EXPECT_EQ(cursor, 22u);
}

}  // namespace
}  // namespace resil

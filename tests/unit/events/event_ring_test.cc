#include "resil/events/event_ring.h"

#include <atomic>
#include <vector>

#include <gtest/gtest.h>

#include "support/hooked_atomic.h"

namespace resil {
namespace {

using testing::Access;
using Ring = EventRing<std::atomic>;
using HookedRing = EventRing<testing::HookedAtomic>;

Event numbered(std::int64_t value) {
  return {.time = value * 10, .endpoint = static_cast<std::int32_t>(value), .kind = EventKind::Retry, .value = value};
}

template <typename AnyRing>
void publish(AnyRing& ring, const Event& event) {
  KnownOrder known;
  ring.publish(event, 0, known);
}

template <typename AnyRing>
std::vector<std::int64_t> read_all(const AnyRing& ring, std::uint64_t& cursor, std::uint32_t at_once = 3) {
  std::vector<std::int64_t> values;
  std::vector<Event> events(at_once);
  while (const std::uint32_t count = ring.read(cursor, events.data(), at_once)) {
    for (std::uint32_t i = 0; i < count; ++i) values.push_back(events[i].value);
  }
  return values;
}

TEST(EventRing, AnEventComesBackWhole) {
  Ring ring(4);
  const Event event{.time = -5,
                    .endpoint = INT32_MAX,
                    .kind = EventKind::GaveUp,
                    .before = -1,
                    .after = INT32_MIN,
                    .value = INT64_MIN};
  publish(ring, event);
  std::uint64_t cursor = 0;
  Event read;
  ASSERT_EQ(ring.read(cursor, &read, 1), 1u);
  EXPECT_EQ(read.seq, 1u);
  EXPECT_EQ(read.time, event.time);
  EXPECT_EQ(read.endpoint, event.endpoint);
  EXPECT_EQ(read.kind, event.kind);
  EXPECT_EQ(read.before, event.before);
  EXPECT_EQ(read.after, event.after);
  EXPECT_EQ(read.value, event.value);
  EXPECT_EQ(cursor, 1u);
}

TEST(EventRing, IsEmptyUntilSomethingHappens) {
  Ring ring(4);
  std::uint64_t cursor = 0;
  Event event;
  EXPECT_EQ(ring.read(cursor, &event, 1), 0u);
  EXPECT_EQ(cursor, 0u);
  EXPECT_EQ(ring.latest(), 0u);
}

TEST(EventRing, NumbersCountFromOneAndEveryReaderHasItsOwnPlace) {
  Ring ring(8);
  for (int i = 1; i <= 5; ++i) publish(ring, numbered(i));
  std::uint64_t a = 0, b = 3, c = 5;
  EXPECT_EQ(read_all(ring, a), (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(read_all(ring, b), (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(read_all(ring, c), (std::vector<std::int64_t>{}));
  EXPECT_EQ(a, 5u);
}

TEST(EventRing, ReadsNoMoreThanThereIsRoomFor) {
  Ring ring(8);
  for (int i = 1; i <= 5; ++i) publish(ring, numbered(i));
  std::uint64_t cursor = 0;
  Event events[2];
  EXPECT_EQ(ring.read(cursor, nullptr, 0), 0u);
  EXPECT_EQ(cursor, 0u);
  EXPECT_EQ(ring.read(cursor, events, 2), 2u);
  EXPECT_EQ(cursor, 2u);
}

TEST(EventRing, CapacityIsRoundedUpToAPowerOfTwo) {
  for (const auto& [asked, held] : {std::pair{0U, 2}, {1U, 2}, {2U, 2}, {3U, 4}, {5U, 8}, {1024U, 1024}}) {
    Ring ring(asked);
    for (int i = 1; i <= 3000; ++i) publish(ring, numbered(i));
    std::uint64_t cursor = 0;
    EXPECT_EQ(read_all(ring, cursor).size(), static_cast<std::size_t>(held)) << asked;
  }
}

// A reader that is too slow sees by the numbers how much it lost, and nothing twice.
TEST(EventRing, AGapInTheNumbersIsExactlyWhatWasLost) {
  Ring ring(4);
  std::uint64_t cursor = 0;
  publish(ring, numbered(1));
  EXPECT_EQ(read_all(ring, cursor), (std::vector<std::int64_t>{1}));
  for (int i = 2; i <= 11; ++i) publish(ring, numbered(i));
  Event event;
  ASSERT_EQ(ring.read(cursor, &event, 1), 1u);
  EXPECT_EQ(event.seq, 8u);  // 2 to 7 were overwritten
  EXPECT_EQ(read_all(ring, cursor), (std::vector<std::int64_t>{9, 10, 11}));
}

TEST(EventRing, ACursorFromElsewhereDoesNoHarm) {
  Ring ring(4);
  for (int i = 1; i <= 9; ++i) publish(ring, numbered(i));
  for (std::uint64_t cursor : {std::uint64_t{10}, std::uint64_t{1'000'000}, ~std::uint64_t{0}}) {
    const std::uint64_t before = cursor;
    Event event;
    EXPECT_EQ(ring.read(cursor, &event, 1), 0u);
    EXPECT_EQ(cursor, before);
  }
}

TEST(EventRing, AnOrderIsAtLeastTheMomentAndWhatTheThreadKnows) {
  Ring ring(8), other(8);
  KnownOrder known;
  std::uint64_t cursor = 0;
  Event event;
  const auto order_of_next = [&] { return ring.read(cursor, &event, 1) == 1 ? event.order : 0; };
  ring.publish(numbered(1), 100, known);
  EXPECT_EQ(order_of_next(), 100u);
  EXPECT_EQ(known.order, 100u);
  ring.publish(numbered(2), 50, known);
  EXPECT_EQ(order_of_next(), 100u) << "in one ring the numbers tell";
  other.publish(numbered(3), 50, known);
  EXPECT_EQ(known.order, 101u);
  EXPECT_EQ(other.order(), 101u);
  ring.publish(numbered(4), 50, known);
  EXPECT_EQ(order_of_next(), 102u);
  KnownOrder stranger;
  ring.publish(numbered(5), 7, stranger);
  EXPECT_EQ(order_of_next(), 102u);
  EXPECT_EQ(stranger.order, 102u) << "what a thread meets in a ring it knows from then on";
}

TEST(EventRing, AnOrderIsRaisedAndNeverLowered) {
  Ring ring(8);
  EXPECT_EQ(ring.order(), 0u);
  EXPECT_EQ(ring.raise(9), 9u);
  EXPECT_EQ(ring.raise(4), 9u);
  EXPECT_EQ(ring.order(), 9u);
}

class EventRingRace : public ::testing::Test {
 protected:
  void TearDown() override { testing::Hook::on_access = nullptr; }

  // Stops a writer of event 1 before its nth store, and does `meanwhile` there. A ring's cells cannot be named from
  // outside, but a writer stores six times: five words and the state.
  static void publish_slowly(HookedRing& ring, int stop_before, const std::function<void()>& meanwhile) {
    testing::before(Access::Store, nullptr, stop_before, meanwhile);
    publish(ring, numbered(1));
    testing::Hook::on_access = nullptr;
  }
};

TEST_F(EventRingRace, AnEventThatIsBeingWrittenIsReadLaterAndNotLost) {
  for (int stop = 1; stop <= 6; ++stop) {
    HookedRing ring(4);
    std::uint64_t cursor = 0;
    std::vector<std::int64_t> meanwhile;
    publish_slowly(ring, stop, [&] {
      publish(ring, numbered(2));
      meanwhile = read_all(ring, cursor);
    });
    EXPECT_TRUE(meanwhile.empty()) << "the one before is not finished";
    EXPECT_EQ(read_all(ring, cursor), (std::vector<std::int64_t>{1, 2}));
  }
}

// A writer asleep for a whole lap keeps its slot; the writers that come round give way, and readers see a gap.
TEST_F(EventRingRace, AWriterAsleepForALapCostsEventsButNeverASilentOne) {
  HookedRing ring(4);
  std::uint64_t early = 0, late = 0;
  std::vector<std::int64_t> seen;
  publish_slowly(ring, 3, [&] {
    for (int i = 2; i <= 6; ++i) publish(ring, numbered(i));  // 5 finds its slot taken
    seen = read_all(ring, early);
  });
  EXPECT_EQ(seen, (std::vector<std::int64_t>{3, 4, 6}));
  EXPECT_EQ(early, 6u);
  EXPECT_EQ(read_all(ring, early), (std::vector<std::int64_t>{}));
  EXPECT_EQ(read_all(ring, late), (std::vector<std::int64_t>{3, 4, 6}));
}

// A writer that slept between its number and its slot finds a later lap's event there, and leaves it.
TEST_F(EventRingRace, AWriterThatComesALapLateTakesNoSlotFromALaterEvent) {
  HookedRing ring(4);
  testing::before(Access::Swap, nullptr, 2, [&] {  // the first raised the order
    for (int i = 2; i <= 5; ++i) publish(ring, numbered(i));
  });
  publish(ring, numbered(1));
  testing::Hook::on_access = nullptr;
  std::uint64_t cursor = 0;
  EXPECT_EQ(read_all(ring, cursor), (std::vector<std::int64_t>{2, 3, 4, 5}));
}

// As in a forked child, where the writer is not.
TEST_F(EventRingRace, WhatNobodyWillFinishIsGivenUpAndWhatIsFinishedIsNot) {
  HookedRing ring(4);
  std::uint64_t cursor = 0;
  std::vector<std::int64_t> meanwhile;
  publish_slowly(ring, 3, [&] {
    publish(ring, numbered(2));
    ring.give_up_unfinished();
    publish(ring, numbered(3));
    meanwhile = read_all(ring, cursor);
  });
  EXPECT_EQ(meanwhile, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(cursor, 3u);
}

// Between the number and the order that it learns, another may raise that: the writer knows the higher one.
TEST_F(EventRingRace, AWriterKnowsTheOrderOfAllNumbersBeforeItsOwn) {
  HookedRing ring(4);
  KnownOrder known;
  testing::before(Access::Add, nullptr, 1, [&] {
    KnownOrder stranger;
    ring.publish(numbered(2), 70, stranger);
  });
  ring.publish(numbered(1), 5, known);
  testing::Hook::on_access = nullptr;
  EXPECT_EQ(known.order, 70u);
}

// 5 and 9 both come to the slot of 1; 9 gives up first.
TEST_F(EventRingRace, WhatWasGivenUpLaterDoesNotHideWhatWasGivenUpFirst) {
  HookedRing ring(4);
  std::uint64_t cursor = 0;
  std::vector<std::int64_t> meanwhile;
  publish_slowly(ring, 3, [&] {
    for (int i = 2; i <= 4; ++i) publish(ring, numbered(i));
    testing::before(Access::Swap, nullptr, 2, [&] {  // the first was for the slot
      for (int i = 6; i <= 9; ++i) publish(ring, numbered(i));
    });
    publish(ring, numbered(5));
    testing::Hook::on_access = nullptr;
    meanwhile = read_all(ring, cursor);
  });
  EXPECT_EQ(meanwhile, (std::vector<std::int64_t>{6, 7, 8}));
  EXPECT_EQ(cursor, 9u);
}

TEST_F(EventRingRace, AReaderNeverSeesHalfOfTwoEvents) {
  HookedRing ring(2);
  publish(ring, numbered(1));
  for (int nth = 1; nth <= 9; ++nth) {
    std::uint64_t cursor = ring.latest() - 1;
    testing::before(Access::Load, nullptr, nth, [&] {
      for (int i = 0; i < 2; ++i) publish(ring, numbered(static_cast<std::int64_t>(ring.latest()) + 1));
    });
    Event event;
    const std::uint32_t count = ring.read(cursor, &event, 1);
    testing::Hook::on_access = nullptr;
    ASSERT_EQ(count, 1u) << nth;
    EXPECT_EQ(static_cast<std::uint64_t>(event.value), event.seq) << nth;
    EXPECT_EQ(event.time, event.value * 10) << nth;
    EXPECT_EQ(event.endpoint, event.value) << nth;
  }
}

}  // namespace
}  // namespace resil

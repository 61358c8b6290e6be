// What the events of one engine promise: numbers without a hole, losses that are told, an endpoint's order.
#include "resil/events/event_log.h"

#include <atomic>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "support/log_reading.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

using Log = EventLog<std::atomic>;
using Values = std::vector<std::int64_t>;

TEST(EventLog, AnEventComesBackWholeWithANumber) {
  Log log(4, 4);
  const Event event{
      .time = -5, .endpoint = -1, .kind = EventKind::GaveUp, .before = -1, .after = INT32_MIN, .value = INT64_MIN};
  log.publish(event);
  std::uint64_t cursor = 0;
  const std::vector<Event> all = read_all(log, cursor);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].seq, 1u);
  EXPECT_EQ(all[0].time, event.time);
  EXPECT_EQ(all[0].endpoint, event.endpoint);
  EXPECT_EQ(all[0].kind, event.kind);
  EXPECT_EQ(all[0].before, event.before);
  EXPECT_EQ(all[0].after, event.after);
  EXPECT_EQ(all[0].value, event.value);
  EXPECT_EQ(cursor, 1u);
  EXPECT_TRUE(read_all(log, cursor).empty());
  EXPECT_EQ(log.latest(), 1u);
}

TEST(EventLog, NumbersAreDenseAcrossEndpointsAndTheSameForEveryReader) {
  Log log(64, 8);
  std::uint64_t early = 0, late = 0;
  std::vector<Event> seen;
  for (int i = 1; i <= 40; ++i) {
    log.publish(of(i % 5, i));
    if (i % 7 != 0) continue;
    for (const Event& event : read_all(log, early)) seen.push_back(event);
  }
  for (const Event& event : read_all(log, early)) seen.push_back(event);
  const std::vector<Event> again = read_all(log, late, 40);
  ASSERT_EQ(seen.size(), 40u);
  ASSERT_EQ(again.size(), 40u);
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(seen[i].seq, i + 1);
    EXPECT_EQ(seen[i].value, static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(seen[i].value, again[i].value);
  }
  EXPECT_EQ(log.latest(), 40u);
}

TEST(EventLog, ReadsNoMoreThanThereIsRoomFor) {
  Log log(8, 2);
  for (int i = 1; i <= 5; ++i) log.publish(of(i, i));
  std::uint64_t cursor = 0;
  Event events[2];
  EXPECT_EQ(log.read(cursor, nullptr, 0), 0u);
  EXPECT_EQ(cursor, 0u);
  EXPECT_EQ(log.read(cursor, events, 2), 2u);
  EXPECT_EQ(cursor, 2u);
  EXPECT_EQ(values(log, cursor), (Values{3, 4, 5}));
}

TEST(EventLog, KeepsTheLatestOfEachRingThoughNobodyReads) {
  Log log(4, 2);
  for (int i = 1; i <= 10; ++i) log.publish(of(0, i));
  log.publish(of(1, 11));
  std::uint64_t cursor = 0;
  const std::vector<Event> all = read_all(log, cursor);
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[0].seq, 7u) << "six were overwritten";
  EXPECT_EQ(all[0].value, 7);
  EXPECT_EQ(all[4].seq, 11u);
  EXPECT_EQ(cursor, 11u);
}

TEST(EventLog, AReaderThatCameTooLateIsToldHowManyItMissed) {
  Log log(4, 2);
  std::uint64_t quick = 0, slow = 0;
  for (int i = 1; i <= 10; ++i) {
    log.publish(of(i % 2, i));
    EXPECT_EQ(values(log, quick), (Values{i}));
  }
  const std::vector<Event> rest = read_all(log, slow);
  ASSERT_EQ(rest.size(), 4u);
  EXPECT_EQ(rest[0].seq, 7u);
  EXPECT_EQ(rest[3].seq, 10u);
}

TEST(EventLog, LossesInTwoRingsAddUp) {
  Log log(4, 2);
  std::uint64_t cursor = 0;
  for (int i = 1; i <= 20; ++i) log.publish(of(i % 2, i));
  std::uint64_t last = 0, lost = 0;
  for (const Event& event : read_all(log, cursor)) {
    lost += event.seq - last - 1;
    last = event.seq;
    EXPECT_GT(event.value, 12);
  }
  EXPECT_EQ(lost, 12u);
  EXPECT_EQ(last, 20u);
}

TEST(EventLog, AReaderMayStartAtWhatASnapshotCounted) {
  Log log(8, 2);
  for (int i = 1; i <= 5; ++i) log.publish(of(i, i));
  std::uint64_t cursor = log.latest();
  log.publish(of(0, 6));
  EXPECT_EQ(values(log, cursor), (Values{6}));
}

TEST(EventLog, ACursorFromElsewhereDoesNoHarm) {
  Log log(4, 2);
  for (int i = 1; i <= 9; ++i) log.publish(of(i % 2, i));
  for (std::uint64_t cursor : {std::uint64_t{9}, std::uint64_t{1'000'000}, ~std::uint64_t{0}}) {
    const std::uint64_t before = cursor;
    EXPECT_TRUE(read_all(log, cursor).empty());
    EXPECT_EQ(cursor, before);
  }
  std::uint64_t cursor = 0;
  const std::vector<Event> all = read_all(log, cursor);
  ASSERT_EQ(all.size(), 8u) << "what is beyond the end moved nothing: each ring still has its four";
  EXPECT_EQ(all[7].seq, 9u);
}

// Many slots are not made many times over.
TEST(EventLog, AVeryLargeCapacityIsOneRing) {
  Log log(1 << 16, 8);
  KnownOrder one, another, third;
  log.publish(of(1, 1, 90), one);
  log.publish(of(2, 2, 80), another);
  log.publish(of(3, 3, 70), third);
  std::uint64_t cursor = 0;
  EXPECT_EQ(values(log, cursor), (Values{1, 2, 3})) << "by their numbers, not by their times";
}

TEST(EventLog, CapacityIsOfEachRing) {
  for (const auto& [asked, held] : {std::pair{0U, 2}, {1U, 2}, {3U, 4}, {1024U, 1024}, {1U << 15, 1 << 15}}) {
    Log log(asked, 4);
    for (int i = 1; i <= 40'000; ++i) log.publish(of(0, i));
    std::uint64_t cursor = 0;
    EXPECT_EQ(read_all(log, cursor, 999).size(), static_cast<std::size_t>(held)) << asked;
    EXPECT_EQ(cursor, 40'000u);
  }
}

}  // namespace
}  // namespace resil

// The event log under threads: every reader can account for every number.
#include "resil/events/event_log.h"

#include "stress/crowd.h"
#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

constexpr unsigned kWriters = 5, kReaders = 3, kRings = 4;  // so that two writers share a ring

// Each event repeats its content in every field, so that half of one and half of another would show.
Event event_of(std::int32_t endpoint, std::int64_t content) {
  const auto small = static_cast<std::int32_t>(content);
  return {.time = content,
          .endpoint = endpoint,
          .kind = EventKind::Retry,
          .before = small,
          .after = ~small,
          .value = ~content};
}

bool whole(const Event& event) {
  const Event same = event_of(event.endpoint, event.time);
  return event.kind == same.kind && event.before == same.before && event.after == same.after &&
         event.value == same.value;
}

class EventsUnderThreads : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(EventsUnderThreads, ReadPlusLostIsAllAndNothingIsTorn) {
  EventLog<std::atomic> log(GetParam(), kRings);
  Complaint complaint;
  std::atomic<unsigned> writing{kWriters};
  const std::uint64_t each = rounds(20'000);
  run_crowd(kWriters + kReaders, [&](unsigned thread, Draw&) {
    if (thread < kWriters) {
      for (std::uint64_t i = 0; i < each; ++i) {
        log.publish(event_of(static_cast<std::int32_t>(thread), static_cast<std::int64_t>(thread * each + i)));
      }
      writing.fetch_sub(1);
      return;
    }
    std::uint64_t cursor = 0, last = 0, read = 0, lost = 0;
    std::int64_t last_of[kWriters];
    std::fill(std::begin(last_of), std::end(last_of), -1);
    std::vector<Event> events(thread * 7 + 1);
    for (bool done = false; !done;) {
      done = writing.load() == 0;  // before the last look
      while (const std::uint32_t count = log.read(cursor, events.data(), static_cast<std::uint32_t>(events.size()))) {
        for (std::uint32_t i = 0; i < count; ++i) {
          complaint.unless(events[i].seq > last, "numbers went back");
          complaint.unless(whole(events[i]), "half of one event and half of another");
          lost += events[i].seq - last - 1;
          last = events[i].seq;
          ++read;
          const auto writer = static_cast<std::size_t>(events[i].time / static_cast<std::int64_t>(each));
          complaint.unless(writer < kWriters && events[i].time > last_of[writer], "a writer's events out of order");
          complaint.unless(events[i].endpoint == static_cast<std::int32_t>(writer),
                           "half of one event and half of another");
          if (writer < kWriters) last_of[writer] = events[i].time;
        }
      }
    }
    lost += cursor - last;
    complaint.unless(read + lost == kWriters * each, "an event neither read nor counted as lost");
    complaint.unless(read > 0, "nothing read");
  });
  EXPECT_EQ(complaint.text(), "");
  EXPECT_EQ(log.latest(), kWriters * each);
}

INSTANTIATE_TEST_SUITE_P(Capacity, EventsUnderThreads, ::testing::Values(2, 64, 1U << 17));

// In any ring, with clocks that differ and go back. The rings are never so full that order is given up for room.
TEST(EventOrderUnderThreads, OneThreadsEventsComeAsItPublishedThem) {
  constexpr std::int64_t kEach = 2'000;
  for (std::uint64_t round = 0; round < std::min<std::uint64_t>(rounds(5), 50); ++round) {
    EventLog<std::atomic> log(1U << 14, kRings);
    Complaint complaint;
    run_crowd(kWriters + kReaders, [&](unsigned thread, Draw& draw) {
      if (thread < kWriters) {
        for (std::int64_t i = 1; i <= kEach; ++i) {
          log.publish({.time = static_cast<Nanos>(draw.below(1'000)),
                       .endpoint = static_cast<std::int32_t>(draw.below(kRings)),
                       .before = static_cast<std::int32_t>(thread),
                       .value = i});
        }
        return;
      }
      std::uint64_t cursor = 0;
      std::int64_t last_of[kWriters] = {};
      for (Event event; cursor < kWriters * kEach;) {
        if (log.read(cursor, &event, 1) == 0) continue;
        complaint.unless(event.seq == cursor, "an event is missing");
        complaint.unless(event.value == ++last_of[event.before], "a writer's events out of order");
      }
    });
    ASSERT_EQ(complaint.text(), "");
  }
}

// One event for each retry, recovery and so on that the hosts saw; the flag tells of each.
TEST(EngineEventsUnderThreads, AreAsManyAsTheHostsSaw) {
  Caller caller(one_app({.retry = shared(constant_retry(0, 3))}), {.event_capacity = 1U << 20});
  const EndpointId id = caller.app();
  std::atomic<std::uint64_t> retries{0}, recovered{0}, gave_up{0}, flagged{0};
  run_crowd(kThreads, [&](unsigned, Draw& draw) {
    for (std::uint64_t i = std::min<std::uint64_t>(rounds(4'000), 20'000); i > 0; --i) {
      Ticket ticket{};
      for (std::int32_t answer = kRetry; answer == kRetry;) {
        caller.engine.begin(id, 1, ticket);
        answer = caller.engine.end(ticket, draw.one_in(2) ? kFailure : kSuccess, 1);
        const bool event = answer != kDone || ticket.attempt > 1;
        flagged.fetch_add((ticket.flags & Ticket::kHasEvents) != 0 ? 1 : 0);
        (answer == kRetry ? retries : answer == kGiveUp ? gave_up : recovered).fetch_add(event ? 1 : 0);
      }
    }
  });
  std::uint64_t seen[8] = {};
  for (const Event& event : caller.events()) ++seen[static_cast<int>(event.kind)];
  EXPECT_EQ(seen[static_cast<int>(EventKind::Retry)], retries.load());
  EXPECT_EQ(seen[static_cast<int>(EventKind::Recovered)], recovered.load());
  EXPECT_EQ(seen[static_cast<int>(EventKind::GaveUp)], gave_up.load());
  EXPECT_EQ(flagged.load(), retries + recovered + gave_up);
}

}  // namespace
}  // namespace resil

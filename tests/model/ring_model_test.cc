// Every schedule of writers and a reader on the shipped event ring: no event torn, no gap untold.
#include <gtest/gtest.h>

#include "model/explorer.h"
#include "model/model_atom.h"
#include "resil/events/event_ring.h"

namespace resil::model {
namespace {

struct Reading {
  std::uint64_t cursor = 0, events = 0, lost = 0;
  std::string wrong;

  void read(const EventRing<ModelAtom>& ring) {
    Event event;
    const std::uint64_t before = cursor;
    if (ring.read(cursor, &event, 1) == 0) {
      lost += cursor - before;
      return;
    }
    ++events;
    lost += event.seq - before - 1;
    const bool whole = event.before == event.after && event.value == event.before && event.time == event.value;
    if (!whole) wrong = "a torn event";
    if (event.seq <= before || cursor != event.seq) wrong = "events out of order";
  }
};

// Two writers of `each` events on a ring of two, so that they lap each other; a reader meanwhile and one afterwards.
Scenario scenario(int writers, int each, int reads) {
  auto ring = std::make_shared<EventRing<ModelAtom>>(2);
  auto meanwhile = std::make_shared<Reading>();
  Scenario scenario;
  for (int writer = 0; writer < writers; ++writer) {
    scenario.threads.push_back([ring, writer, each] {
      KnownOrder known;
      for (int i = 0; i < each; ++i) {
        const int mark = writer * 10 + i + 1;
        ring->publish({.time = mark, .endpoint = mark, .before = mark, .after = mark, .value = mark}, 0, known);
      }
    });
  }
  if (reads > 0) {
    scenario.threads.push_back([ring, meanwhile, reads] {
      for (int i = 0; i < reads; ++i) meanwhile->read(*ring);
    });
  }
  scenario.verdict = [ring, meanwhile, writers, each]() -> std::string {
    if (!meanwhile->wrong.empty()) return meanwhile->wrong;
    // When all is quiet a reader gets everything or is told how much is gone.
    for (int i = 0; i < 2 * writers * each; ++i) meanwhile->read(*ring);
    if (!meanwhile->wrong.empty()) return meanwhile->wrong;
    const auto published = static_cast<std::uint64_t>(writers) * static_cast<std::uint64_t>(each);
    if (meanwhile->events + meanwhile->lost != published) return "a gap that nobody told";
    return meanwhile->events == 0 ? "nothing was readable" : "";
  };
  return scenario;
}

void expect_whole(int writers, int each, int reads, Options options) {
  const Outcome outcome = explore([=] { return scenario(writers, each, reads); }, options);
  EXPECT_EQ(outcome.failure, "");
  std::printf("    %llu schedules, %s\n", static_cast<unsigned long long>(outcome.runs),
              outcome.complete ? "all there are" : "not all");
}

TEST(RingModel, OneWriterLapsAReader) {
  expect_whole(1, 3, 1, {.most_runs = 60'000});
  expect_whole(1, 3, 2, {.stale_reads = true, .most_runs = 40'000});
}

TEST(RingModel, TwoWritersLapEachOther) {
  expect_whole(2, 2, 0, {.most_runs = 60'000});
  expect_whole(2, 2, 1, {.random_runs = 40'000});
  expect_whole(2, 2, 1, {.stale_reads = true, .random_runs = 40'000});
}

// Without release on the slot's words, a reader may copy half of the next lap's event and not notice.
TEST(RingMutants, WordsThatReleaseNothingAreCaught) {
  Options options{.stale_reads = true, .most_runs = 400'000};
  for (int location = 0; location < 12; ++location) options.relaxed_stores.push_back(location);
  EXPECT_NE(explore([] { return scenario(1, 3, 2); }, options).failure, "");
}

}  // namespace
}  // namespace resil::model

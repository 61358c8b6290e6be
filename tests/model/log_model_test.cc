// Every schedule of publishers and a reader on the shipped event log: an endpoint's events in their order, one thread's
// in theirs, each number dealt once, no gap untold.
#include <gtest/gtest.h>

#include "model/explorer.h"
#include "model/model_atom.h"
#include "resil/events/event_log.h"

namespace resil::model {
namespace {

using Log = EventLog<ModelAtom>;

constexpr int kEndpoints = 2, kPublishers = 2;

// `before` of an event is its publisher, `value` counts what that publisher did.
struct Reading {
  std::uint64_t cursor = 0, events = 0, lost = 0;
  std::int64_t last[kPublishers] = {0, 0};
  std::string wrong;

  void read(Log& log) {
    Event event;
    const std::uint64_t from = cursor;
    if (log.read(cursor, &event, 1) == 0) {
      lost += cursor - from;
      return;
    }
    ++events;
    lost += event.seq - from - 1;
    if (event.after != ~event.before || event.time != 10 * event.before) wrong = "a torn event";
    if (event.seq <= from || cursor != event.seq) wrong = "numbers out of order";
    if (event.value <= last[event.before]) wrong = "a thread's events out of order";
    last[event.before] = event.value;
  }
};

// What each publisher publishes: endpoints, one after the other.
using Script = std::vector<std::int32_t>;

struct Mistake {
  bool knows_nothing = false;  // a publisher forgets what it published before
};

// Each publisher has a clock that stands, so that what came earlier into a ring may have a later time.
Scenario scenario(std::uint32_t capacity, const std::array<Script, kPublishers>& scripts, int reads,
                  Mistake mistake = {}) {
  auto log = std::make_shared<Log>(capacity, kEndpoints);
  auto meanwhile = std::make_shared<Reading>();
  Scenario scenario;
  std::uint64_t published = 0;
  for (int publisher = 0; publisher < kPublishers; ++publisher) {
    const Script script = scripts[static_cast<std::size_t>(publisher)];
    published += script.size();
    scenario.threads.push_back([log, publisher, script, mistake] {
      KnownOrder known;
      std::int64_t value = 0;
      for (const std::int32_t endpoint : script) {
        ++value;
        if (mistake.knows_nothing) known = {};
        log->publish(
            {.time = 10 * publisher, .endpoint = endpoint, .before = publisher, .after = ~publisher, .value = value},
            known);
      }
    });
  }
  if (reads > 0) {
    scenario.threads.push_back([log, meanwhile, reads] {
      for (int i = 0; i < reads; ++i) meanwhile->read(*log);
    });
  }
  scenario.verdict = [log, meanwhile, published]() -> std::string {
    Reading afterwards;
    for (std::uint64_t i = 0; i < 4 * published; ++i) meanwhile->read(*log), afterwards.read(*log);
    for (const Reading* reading : {&*meanwhile, &afterwards}) {
      if (!reading->wrong.empty()) return reading->wrong;
      if (reading->events + reading->lost != published) return "a gap that nobody told";
      if (reading->cursor != published || log->latest() != published) return "a number that nobody dealt";
      if (reading->events < 2) return "less was kept than there is room for";
    }
    return "";
  };
  return scenario;
}

void expect_whole(std::uint32_t capacity, const std::array<Script, kPublishers>& scripts, int reads, Options options) {
  const Outcome outcome = explore([=] { return scenario(capacity, scripts, reads); }, options);
  EXPECT_EQ(outcome.failure, "");
  std::printf("    %llu schedules, %s\n", static_cast<unsigned long long>(outcome.runs),
              outcome.complete ? "all there are" : "not all");
}

// Rings of two slots, so that publishers lap the reader.
TEST(LogModel, ReadersAccountForTheEventsOfTwoRings) {
  const std::array<Script, kPublishers> apart = {{{0, 0, 0}, {1, 1, 1}}};
  expect_whole(2, {{{0}, {1}}}, 2, {.most_runs = 40'000});
  expect_whole(2, apart, 2, {.random_runs = 30'000});
  expect_whole(2, apart, 2, {.stale_reads = true, .random_runs = 30'000});
}

// The second's clock is ahead of the first's, and they meet in a ring. At most two come to a ring of four: behind an
// unfinished one the third would be read at once, so that none is lost.
TEST(LogModel, OneThreadsEventsInTwoRingsKeepTheirOrder) {
  for (const std::array<Script, kPublishers>& scripts :
       std::vector<std::array<Script, kPublishers>>{{{{0, 1}, {0}}}, {{{0, 1}, {1}}}, {{{0, 1}, {1, 0}}}}) {
    expect_whole(4, scripts, 2, {.random_runs = 30'000});
    expect_whole(4, scripts, 2, {.stale_reads = true, .random_runs = 30'000});
  }
}

// Without release on the slots' words a reader may number half of an event.
TEST(LogMutants, WordsThatReleaseNothingAreCaught) {
  Options options{.stale_reads = true, .random_runs = 400'000};
  for (int location = 0; location < 24; ++location) options.relaxed_stores.push_back(location);
  EXPECT_NE(explore([] { return scenario(2, {{{0, 0, 0}, {1, 1, 1}}}, 3); }, options).failure, "");
}

TEST(LogMutants, APublisherThatKnowsNothingIsCaught) {
  const auto forgetful = [] { return scenario(4, {{{0, 1}, {0}}}, 0, {.knows_nothing = true}); };
  EXPECT_NE(explore(forgetful, {.most_runs = 100'000}).failure, "");
}

}  // namespace
}  // namespace resil::model

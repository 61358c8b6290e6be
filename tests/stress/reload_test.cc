// Everything at once: calls, elided calls, reloads that change scopes and rules, ten thousand interns past a bound,
// snapshots and readers of events.
#include <nlohmann/json.hpp>

#include "report/snapshot_json.h"
#include "stress/crowd.h"
#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

constexpr EndpointId kSteady = 0, kChanging = 1, kActorA = 2, kActorB = 3;

// "steady" keeps its breaker's settings through every reload; the others change all they can.
PolicySet document(std::uint64_t number) {
  PolicySet set;
  set.apps.emplace("steady", Target{.timeout = static_cast<Nanos>(number % 7) * kMillisecond,
                                    .retry = shared(constant_retry(0, static_cast<std::int64_t>(number % 3))),
                                    .breaker = breaker({.timeout = 30, .trip = "consecutiveFailures > 2"})});
  static constexpr std::string_view kRules[] = {"consecutiveFailures > 1", "requests > 9 && totalFailures > 4",
                                                "totalFailures > 3", "consecutiveSuccesses == 0 && requests > 3"};
  Target changing{.timeout = kMillisecond + static_cast<Nanos>(number % 2),
                  .breaker = breaker({.max_requests = 1 + static_cast<std::uint32_t>(number % 3),
                                      .interval = number % 4 == 0 ? 40 : 0,
                                      .timeout = 25,
                                      .trip = kRules[number % std::size(kRules)]}),
                  .cache_size = 50 + static_cast<std::uint32_t>(number % 100)};
  if (number % 5 == 4) changing.breaker = nullptr;
  set.apps.emplace("changing", changing);
  changing.scope = number % 2 == 0 ? TargetEntry::Scope::Id : TargetEntry::Scope::Type;
  set.actors.emplace("actor", changing);
  return set;
}

class Everything : public ::testing::Test {
 protected:
  Everything() {
    engine_.endpoint(TargetKind::App, "steady", "m");
    engine_.endpoint(TargetKind::App, "changing", "m");
    engine_.endpoint(TargetKind::Actor, "actor", "a");
    engine_.endpoint(TargetKind::Actor, "actor", "b");
  }

  void call(EndpointId id, Draw& draw) {
    Ticket ticket{};
    const Nanos now = clock_.tick(1);
    const std::uint64_t word = engine_.word(id)->load(std::memory_order_acquire);
    const bool elided = (word & 1) != 0 && draw.one_in(2);
    const Outcome outcome = draw.one_in(3) ? kFailure : draw.one_in(12) ? kCancelled : kSuccess;
    if (elided) {
      if (outcome.succeeded() && engine_.word(id)->load(std::memory_order_acquire) == word) {
        engine_.credit(id, 1);
        ++done_[id];
        return;
      }
      complaint_.unless(engine_.adopt(id, word, now, ticket) == kAllow, "a fast word was not adopted");
    } else if (const std::int32_t answer = engine_.begin(id, now, ticket); answer != kAllow) {
      complaint_.unless(answer == kReject, "begin is neither allowed nor rejected");
      complaint_.unless(ticket.delay > 0, "a rejection without a wait");
      return;
    }
    complaint_.unless(ticket.timeout >= 0 && ticket.timeout <= 6 * kMillisecond, "a budget of no policy");
    const std::int32_t answer = engine_.end(ticket, outcome, clock_.now());
    complaint_.unless(answer >= 0 && answer <= kGiveUp, "end has no answer");
    complaint_.unless((answer == kDone) == outcome.succeeded(), "a success is not done, or a failure is");
    if (answer == kDone) ++done_[id];
  }

  void look(std::uint64_t& least) {
    const nlohmann::json snapshot = nlohmann::json::parse(snapshot_json(engine_.view(clock_.now())));
    for (const nlohmann::json& entry : snapshot.at("endpoints")) {
      if (entry.at("breaker").is_null()) continue;
      const nlohmann::json& breaker = entry["breaker"];
      const std::string state = breaker.at("state");
      const auto count = [&](const char* name) {
        const nlohmann::json& value = breaker.at("counts").at(name);
        return value.is_null() ? std::int64_t{0} : value.get<std::int64_t>();
      };
      complaint_.unless(state == "closed" || state == "open" || state == "half-open", "a state of no name");
      complaint_.unless(count("requests") >= 0 && count("totalFailures") >= 0, "a count below zero");
      if (state == "half-open") {
        complaint_.unless(count("requests") <= 3 && count("totalSuccesses") <= 2, "more probes than maxRequests");
        complaint_.unless(count("totalFailures") == 0, "half-open with a failure");
      }
      if (state == "open") complaint_.unless(count("requests") == 0, "open with requests");
      if (entry["name"] == "steady" && state == "closed") {
        complaint_.unless(count("consecutiveFailures") <= 2, "a run that should have tripped");
      }
    }
    const std::uint64_t successes = snapshot["endpoints"][kSteady]["calls"]["successes"];
    complaint_.unless(successes >= least, "a total that went back");
    least = successes;
  }

  Engine engine_{{.event_capacity = 256, .jitter_seed = 1}, document(0)};
  SharedClock clock_;
  Complaint complaint_;
  std::atomic<std::uint64_t> done_[4] = {};
};

TEST_F(Everything, AtOnce) {
  std::atomic<unsigned> calling{5};
  std::atomic<std::uint64_t> reloads{0}, looks{0};
  run_crowd(kThreads, [&](unsigned thread, Draw& draw) {
    if (thread < 5) {
      // As many calls as asked for, and until the others had their turn on however few cores.
      for (std::uint64_t i = 0; i < rounds(12'000) || reloads.load() <= 10 || looks.load() <= 3; ++i) {
        call(static_cast<EndpointId>(draw.below(4)), draw);
      }
      calling.fetch_sub(1);
    } else if (thread == 5) {
      while (calling.load() > 0) engine_.reload(document(reloads.fetch_add(1) + 1));
    } else if (thread == 6) {
      for (int i = 0; i < 10'000; ++i) {
        const EndpointId id = engine_.endpoint(i % 2 == 0 ? TargetKind::App : TargetKind::Actor,
                                               i % 2 == 0 ? "changing" : "actor", std::to_string(i / 2));
        complaint_.unless(id >= 4, "an id that is another's");
        Ticket ticket{};
        if (engine_.begin(id, clock_.now(), ticket) == kAllow) engine_.end(ticket, kFailure, clock_.now());
        complaint_.unless(engine_.endpoint(TargetKind::App, "steady", "m") == kSteady, "an id that changed");
      }
    } else {
      std::uint64_t least = 0, cursor = 0, last = 0;
      Event event;
      while (calling.load() > 0) {
        look(least);
        looks.fetch_add(1);
        while (engine_.read_events(cursor, &event, 1) == 1) {
          complaint_.unless(event.seq > last, "numbers went back");
          last = event.seq;
          if (event.kind == EventKind::Breaker) {
            complaint_.unless(!engine_.event_text(event).empty(), "a change of state without a line");
          }
        }
      }
    }
  });
  EXPECT_EQ(complaint_.text(), "");
  EXPECT_GT(reloads.load(), 10u);
  EXPECT_GT(looks.load(), 3u);

  const EngineView view = engine_.view(clock_.now());
  ASSERT_GE(view.endpoints.size(), 10'004u);
  for (EndpointId id = 0; id < 4; ++id)
    EXPECT_EQ(view.endpoints[static_cast<std::size_t>(id)].totals.successes, done_[id].load());

  // And afterwards it is an engine like any other.
  engine_.reload(document(2));
  const Nanos later = clock_.tick(120 * kSecond);
  for (const EndpointId id : {kSteady, kChanging, kActorA, kActorB}) {
    for (int i = 0; i < 20; ++i) {
      Ticket ticket{};
      const Nanos now = later + i * 61 * kSecond;
      if (engine_.begin(id, now, ticket) == kAllow) engine_.end(ticket, kSuccess, now);
    }
    EXPECT_EQ(engine_.state(id, later + 3600 * kSecond), static_cast<int>(BreakerState::Closed)) << id;
  }
}

// A reload from a rule that counts nothing to one that counts, just as a call begins.
TEST(ReloadUnderThreads, CountersAreThereBeforeTheRuleThatReadsThem) {
  const auto rule = [](std::string_view trip) { return one_app({.breaker = breaker({.trip = trip})}); };
  for (std::uint64_t round = rounds(150); round > 0; --round) {
    Caller caller(rule("consecutiveFailures > 1"));
    const EndpointId id = caller.app();
    std::atomic<bool> stop{false};
    run_crowd(3, [&](unsigned thread, Draw&) {
      if (thread == 0) {
        caller.engine.reload(rule("requests < 0 || consecutiveSuccesses < 0"));
        stop = true;
      }
      while (!stop) {
        caller.attempt(id, kSuccess);
        caller.engine.state(id, caller.now);
      }
    });
    EXPECT_EQ(caller.state(id), BreakerState::Closed);
  }
}

// Scopes change while actors call: nobody may wait for a breaker that is shared now.
TEST(ReloadUnderThreads, ChangingScopesNeverStopsACall) {
  const auto scope = [](TargetEntry::Scope of) {
    return one_actor({.breaker = breaker({.interval = kSecond}), .scope = of});
  };
  Caller caller(scope(TargetEntry::Scope::Id));
  const EndpointId id = caller.actor("1");
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> calls{0};
  run_crowd(4, [&](unsigned thread, Draw&) {
    if (thread != 0) {
      for (; !stop; ++calls) caller.attempt(id, kSuccess);
      return;
    }
    for (std::uint64_t i = 0; i < rounds(2'000); ++i) {
      caller.engine.reload(scope(i % 2 == 0 ? TargetEntry::Scope::Type : TargetEntry::Scope::Id));
      for (const std::uint64_t before = calls; i % 100 == 0 && calls < before + 3;) std::this_thread::yield();
    }
    stop = true;
  });
  EXPECT_GT(calls.load(), 0u);
}

// While a reload replaces one policy by the next, a call may run under the new one with the old one's time, which the
// word still shows; but under a policy with the time of a later one none ever runs.
TEST(ReloadUnderThreads, NoAttemptHasTheTimeOfALaterPolicyThanItsOwn) {
  for (const std::string_view trip : {"totalFailures > 9", "requests > 9 && totalFailures > 9"}) {
    // Policies are numbered as they come: number n has n + 1 milliseconds.
    const auto policy = [trip](std::uint64_t number) {
      return one_app({.timeout = static_cast<Nanos>(number + 1) * kMillisecond, .breaker = breaker({.trip = trip})});
    };
    Caller caller(policy(0));
    const EndpointId id = caller.app();
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> calls{0};
    Complaint complaint;
    run_crowd(3, [&](unsigned thread, Draw&) {
      if (thread != 0) {
        for (; !stop; ++calls) {
          Ticket ticket{};
          complaint.unless(caller.engine.begin(id, caller.now, ticket) == kAllow, "a call was rejected");
          complaint.unless(ticket.timeout <= static_cast<Nanos>(ticket.policy() + 1) * kMillisecond, "a later time");
          caller.engine.end(ticket, kSuccess, caller.now);
        }
        return;
      }
      for (std::uint64_t i = 1; i <= rounds(20'000) || calls < 1'000; ++i) caller.engine.reload(policy(i));
      stop = true;
    });
    EXPECT_EQ(complaint.text(), "") << trip;
  }
}

}  // namespace
}  // namespace resil

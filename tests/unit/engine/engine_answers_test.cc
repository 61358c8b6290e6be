// Each way through begin and end, whatever the plan chooses it by, gives the same answers, counts and events.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

// None of them trips. By the word, by cells, by an interval, by a window of time or of calls, by the general way.
const std::vector<BreakerOptions> kWays = {
    {.trip = "consecutiveFailures > 99"},
    {.trip = "totalFailures > 99"},
    {.trip = "requests > 99"},
    {.trip = "requests > 3 && double(totalFailures) / double(requests) > 2.0"},
    {.trip = "totalSuccesses > 99"},
    {.trip = "consecutiveSuccesses > 99"},
    {.trip = "consecutiveFailures > 99 && totalFailures > 99"},
    {.interval = kSecond, .trip = "consecutiveFailures > 99"},
    {.interval = kSecond, .trip = "totalFailures > 99"},
    {.interval = kSecond, .trip = "requests > 3 && double(totalFailures) / double(requests) > 2.0"},
    {.trip = "totalFailures > 99", .window = kSecond},
    {.trip = "requests > 99", .window = kSecond},
    {.trip = "totalSuccesses > 99", .window = kSecond},
    {.trip = "calls > 99", .window_calls = 5},
    {.trip = "slowCalls > 99", .slow_call = kSecond},
    {.trip = "totalFailures > 99", .shadow = true},
    {.trip = "totalFailures > 99", .http = 500},
};

Target target(const BreakerOptions* way, std::shared_ptr<const RetryPolicy> retry) {
  return {.timeout = 3 * kSecond, .retry = std::move(retry), .breaker = way == nullptr ? nullptr : breaker(*way)};
}

template <typename Then>
void for_each_way(std::shared_ptr<const RetryPolicy> retry, Then then) {
  for (std::size_t i = 0; i <= kWays.size(); ++i) {
    const BreakerOptions* way = i < kWays.size() ? &kWays[i] : nullptr;
    SCOPED_TRACE(way == nullptr ? "no breaker" : std::string(way->trip) + ", number " + std::to_string(i));
    Caller caller(one_app(target(way, retry)));
    const EndpointId id = caller.app();
    then(caller, id);
    // And once more with a run of failures in the word and cells that know the generation.
    caller.attempt(id, kFailure), caller.attempt(id, kSuccess), caller.attempt(id, kFailure);
    caller.events();
    then(caller, id);
  }
}

struct Totals {  // since this was made
  Totals(Caller& of, EndpointId number) : caller(of), id(number), before(of.entry(number)) {}
  std::vector<std::uint64_t> now() const {
    const EndpointEntry after = caller.entry(id);
    const CallTotals &a = after.totals, &b = before.totals;
    return {a.successes - b.successes, a.failures - b.failures, a.retries - b.retries,    a.recovered - b.recovered,
            a.gave_up - b.gave_up,     a.timeouts - b.timeouts, a.cancelled - b.cancelled};
  }
  Caller& caller;
  EndpointId id;
  EndpointEntry before;
};
using Numbers = std::vector<std::uint64_t>;

void expect_over(Caller& caller, EndpointId id, Ticket ticket) {
  EXPECT_EQ(caller.end(ticket, kSuccess), kBadTicket);
  EXPECT_EQ(caller.begin(id, ticket), kBadTicket);
}

TEST(EngineAnswers, ASuccess) {
  for_each_way(shared(constant_retry(kSecond, 1)), [](Caller& caller, EndpointId id) {
    for (const Outcome outcome : {kSuccess, http(204), grpc(0)}) {
      const Totals totals(caller, id);
      Ticket ticket{};
      ASSERT_EQ(caller.begin(id, ticket), kAllow);
      EXPECT_EQ(ticket.timeout, 3 * kSecond);
      EXPECT_EQ(ticket.attempt, 1u);
      EXPECT_EQ(caller.end(ticket, outcome), kDone);
      EXPECT_EQ(ticket.flags, 0u);
      EXPECT_EQ(totals.now(), (Numbers{1, 0, 0, 0, 0, 0, 0}));
      expect_over(caller, id, ticket);
      EXPECT_TRUE(caller.events().empty());
    }
  });
}

TEST(EngineAnswers, AFailureARetryAndGivingUp) {
  for_each_way(shared(constant_retry(kSecond, 1)), [](Caller& caller, EndpointId id) {
    const Totals totals(caller, id);
    Ticket ticket{};
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(caller.end(ticket, http(503)), kRetry);
    EXPECT_EQ(reason_of(ticket), Reason::None);
    EXPECT_EQ(ticket.delay, kSecond);
    EXPECT_EQ(ticket.flags, Ticket::kHasEvents);
    EXPECT_EQ(totals.now(), (Numbers{0, 1, 1, 0, 0, 0, 0}));
    std::vector<Event> events = caller.events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::Retry);
    EXPECT_EQ(events[0].endpoint, id);
    EXPECT_EQ(events[0].before, 1);
    EXPECT_EQ(events[0].after, http(503).code);
    EXPECT_EQ(events[0].value, kSecond);
    EXPECT_EQ(events[0].time, caller.now);
    Ticket copy = ticket;
    EXPECT_EQ(caller.end(copy, kSuccess), kBadTicket) << "between two attempts";

    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(ticket.attempt, 2u);
    EXPECT_EQ(caller.end(ticket, grpc(14)), kGiveUp);
    EXPECT_EQ(reason_of(ticket), Reason::Exhausted);
    EXPECT_EQ(ticket.delay, 0);
    EXPECT_EQ(totals.now(), (Numbers{0, 2, 1, 0, 1, 0, 0}));
    events = caller.events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::GaveUp);
    EXPECT_EQ(events[0].before, 2);
    EXPECT_EQ(events[0].after, static_cast<std::int32_t>(Reason::Exhausted));
    EXPECT_EQ(events[0].value, grpc(14).code);
    expect_over(caller, id, ticket);
  });
}

TEST(EngineAnswers, AFirstFailureThatIsNotRetried) {
  for_each_way(shared(constant_retry(kSecond, 0)), [](Caller& caller, EndpointId id) {
    const Totals totals(caller, id);
    Ticket ticket{};
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(caller.end(ticket, http(503)), kGiveUp);
    EXPECT_EQ(reason_of(ticket), Reason::Exhausted);
    EXPECT_EQ(ticket.delay, 0);
    EXPECT_EQ(totals.now(), (Numbers{0, 1, 0, 0, 1, 0, 0}));
    const std::vector<Event> events = caller.events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::GaveUp);
    EXPECT_EQ(events[0].endpoint, id);
    EXPECT_EQ(events[0].before, 1);
    EXPECT_EQ(events[0].after, static_cast<std::int32_t>(Reason::Exhausted));
    EXPECT_EQ(events[0].value, http(503).code);
    expect_over(caller, id, ticket);
  });
}

TEST(EngineAnswers, ARetryThatSucceeds) {
  for_each_way(shared(constant_retry(kSecond, 1)), [](Caller& caller, EndpointId id) {
    const Totals totals(caller, id);
    Ticket ticket{};
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
    caller.events();
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(caller.end(ticket, kSuccess), kDone);
    EXPECT_EQ(totals.now(), (Numbers{1, 1, 1, 1, 0, 0, 0}));
    const std::vector<Event> events = caller.events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::Recovered);
    EXPECT_EQ(events[0].before, 2);
    EXPECT_EQ(ticket.flags, Ticket::kHasEvents);
    expect_over(caller, id, ticket);
  });
}

TEST(EngineAnswers, WithoutARetryPolicy) {
  for_each_way(nullptr, [](Caller& caller, EndpointId id) {
    for (const Outcome outcome : {kFailure, http(503)}) {
      const Totals totals(caller, id);
      Ticket ticket{};
      ASSERT_EQ(caller.begin(id, ticket), kAllow);
      ticket.delay = 5 * kSecond;  // what the server asked for
      EXPECT_EQ(caller.end(ticket, outcome), kGiveUp);
      EXPECT_EQ(reason_of(ticket), Reason::Exhausted);
      EXPECT_EQ(ticket.delay, 0);
      EXPECT_EQ(ticket.flags, 0u);
      EXPECT_EQ(totals.now(), (Numbers{0, 1, 0, 0, 0, 0, 0})) << "there was nothing to give up";
      EXPECT_TRUE(caller.events().empty());
      expect_over(caller, id, ticket);
    }
  });
}

// A server's hint lengthens the delay, and one below zero is none; a delay of the retry before is no hint.
TEST(EngineAnswers, Hints) {
  for_each_way(shared(constant_retry(kSecond, 9)), [](Caller& caller, EndpointId id) {
    Ticket ticket{};
    for (const auto& [hint, delay] : {std::pair{5 * kSecond, 5 * kSecond},
                                      {Nanos{0}, kSecond},
                                      {-5 * kSecond, kSecond},
                                      {kReadClock, kSecond},
                                      {kSecond / 2, kSecond}}) {
      ASSERT_EQ(caller.begin(id, ticket), kAllow);
      EXPECT_EQ(ticket.delay, 0);
      ticket.delay = hint;
      ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
      EXPECT_EQ(ticket.delay, delay);
    }
    Ticket first{};
    ASSERT_EQ(caller.begin(id, first), kAllow);
    first.delay = -kSecond;
    ASSERT_EQ(caller.end(first, kFailure), kRetry);
    EXPECT_EQ(first.delay, kSecond);
  });
}

TEST(EngineAnswers, ATimeoutAndACancellation) {
  for_each_way(shared(constant_retry(kSecond, 1)), [](Caller& caller, EndpointId id) {
    const Totals totals(caller, id);
    Ticket late{}, given_up{};
    ASSERT_EQ(caller.begin(id, late), kAllow);
    EXPECT_EQ(caller.end(late, kTimeout), kRetry);
    ASSERT_EQ(caller.begin(id, given_up), kAllow);
    EXPECT_EQ(caller.end(given_up, kCancelled), kGiveUp);
    EXPECT_EQ(reason_of(given_up), Reason::Cancelled);
    EXPECT_EQ(totals.now(), (Numbers{0, 1, 1, 0, 0, 1, 1}));
    expect_over(caller, id, given_up);
  });
}

// While it is open, by the general way first and then, told, by the short one.
TEST(EngineAnswers, RejectionsOfAnOpenBreaker) {
  for (const std::string_view trip : {"consecutiveFailures > 0", "totalFailures > 0", "requests > 0", "calls > 0"}) {
    Caller caller(one_app({.timeout = 3 * kSecond, .breaker = breaker({.timeout = 10 * kSecond, .trip = trip})}));
    const EndpointId id = caller.app();
    caller.fail(id, 1);
    caller.events();
    for (int i = 0; i < 3; ++i) {
      Ticket ticket{};
      ticket.timeout = 77;
      ticket.delay = 77;
      ASSERT_EQ(caller.begin(id, ticket), kReject);
      EXPECT_EQ(reason_of(ticket), Reason::Open);
      EXPECT_EQ(ticket.delay, 10 * kSecond + 1 - i * kSecond);
      EXPECT_EQ(ticket.timeout, 0);
      EXPECT_EQ(ticket.flags, Ticket::kMayWait | (i == 0 ? Ticket::kHasEvents : 0));
      EXPECT_EQ(caller.events(EventKind::Rejected).size(), i == 0 ? 1u : 0u);
      EXPECT_EQ(caller.entry(id).totals.rejections, static_cast<std::uint64_t>(i + 1));
      EXPECT_EQ(caller.entry(id).operations.rejected, static_cast<std::uint64_t>(i + 1));
      caller.now += kSecond;
    }
  }
}

}  // namespace
}  // namespace resil

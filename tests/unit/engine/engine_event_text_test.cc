// The lines to log for what an extension adds: limits of a target, the budget of retries, breakers in the shadow.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/caller.h"
#include "support/gated.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

std::vector<std::string> lines(Caller& caller) {
  std::vector<std::string> lines;
  for (const Event& event : caller.events()) {
    if (std::string text = caller.engine.event_text(event); !text.empty()) lines.push_back(std::move(text));
  }
  return lines;
}

TEST(EngineEventText, ALimitSaysWhichItIs) {
  Caller rated(one_app({.limits = rate(1)})), bounded(one_app({.limits = concurrent(1)}));
  for (Caller* caller : {&rated, &bounded}) {
    ASSERT_EQ((Crowd{*caller, caller->app()}.enter(1)), 1);
    rejected(*caller, caller->app());
  }
  EXPECT_EQ(lines(rated),
            std::vector<std::string>{"Rejected operation endpoint[app, app:m]: its target's rate limit is reached"});
  EXPECT_EQ(lines(bounded),
            std::vector<std::string>{
                "Rejected operation endpoint[app, app:m]: its target has as many attempts in flight as it may"});
}

TEST(EngineEventText, AHoldSaysThatItsTargetAskedForIt) {
  Caller caller(one_app({.limits = {.hold_on_retry_after = true}}));
  Ticket ticket{};
  caller.begin(caller.app(), ticket);
  ticket.delay = 60 * kSecond;
  caller.end(ticket, http(503));
  rejected(caller, caller.app());
  EXPECT_EQ(lines(caller), std::vector<std::string>{
                               "Rejected operation endpoint[app, app:m]: its target asked by Retry-After to wait"});
}

TEST(EngineEventText, ASpentBudgetHasALineAndNoOtherEndHas) {
  for (const bool budget : {true, false}) {
    Caller caller(one_app({.retry = shared(budget ? budgeted(0, 0) : constant_retry(kMillisecond, 0))}));
    caller.fail(caller.app(), 1);
    std::vector<std::string> wanted;
    if (budget) wanted = {"Gave up operation endpoint[app, app:m]: its target's budget of retries is spent"};
    EXPECT_EQ(lines(caller), wanted);
  }
}

TEST(EngineEventText, ARejectionInTheShadowSaysThatNobodyWasRejected) {
  for (const bool shadow : {true, false}) {
    Caller caller(
        one_app({.breaker = breaker({.timeout = 60 * kSecond, .trip = "consecutiveFailures > 0", .shadow = shadow})}));
    caller.fail(caller.app(), 1);
    Ticket ticket{};
    EXPECT_EQ(caller.begin(caller.app(), ticket), shadow ? kAllow : kReject);
    std::vector<std::string> wanted{"Circuit breaker \"app:m\" changed state from closed to open"};
    if (shadow)
      wanted.push_back("Circuit breaker \"app:m\" in shadow mode would have rejected operation endpoint[app, app:m]");
    EXPECT_EQ(lines(caller), wanted);
  }
}

}  // namespace
}  // namespace resil

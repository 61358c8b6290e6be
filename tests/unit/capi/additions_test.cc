// The functions of RESIL_1.1 through the C ABI: what they answer, and what they answer to mistakes.
#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>

#include "resil.h"

namespace {

struct Close {
  void operator()(resil_engine* e) const { resil_close(e); }
};
using Engine = std::unique_ptr<resil_engine, Close>;

constexpr std::int64_t kSecond = 1'000'000'000;

Engine open() {
  constexpr const char* kDocument =
      "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec:\n"
      "  policies: {circuitBreakers: {cb: {timeout: 1s, trip: consecutiveFailures > 0}}}\n"
      "  targets: {apps: {orders: {circuitBreaker: cb}}}\n";
  resil_error error{};
  Engine engine(resil_open(nullptr, kDocument, -1, &error));
  EXPECT_NE(engine, nullptr) << error.message;
  return engine;
}

std::int32_t intern(const Engine& engine, std::int32_t kind, const char* name, const char* instance) {
  return resil_endpoint(engine.get(), kind, name, -1, instance, -1);
}

std::string text_of(const Engine& engine, std::int32_t endpoint) {
  char text[256];
  const std::int64_t length = resil_endpoint_text(engine.get(), endpoint, text, sizeof text);
  EXPECT_EQ(length, static_cast<std::int64_t>(std::strlen(text)));
  return text;
}

TEST(CApi, NowIsTheEnginesClock) {
  const Engine engine = open();
  const std::int32_t id = intern(engine, RESIL_APP, "orders", "m");
  resil_ticket ticket{};
  const std::int64_t before = resil_now();
  resil_begin(engine.get(), id, RESIL_NOW, &ticket);
  resil_end(engine.get(), &ticket, RESIL_FAILURE, RESIL_NOW);
  EXPECT_EQ(resil_state(engine.get(), id, before + kSecond), RESIL_OPEN);
  EXPECT_EQ(resil_state(engine.get(), id, resil_now() + kSecond + 1), RESIL_HALF_OPEN);
  EXPECT_GE(resil_now(), before);
}

TEST(CApi, FailedSaysWhatBreakersCount) {
  for (const std::int32_t outcome :
       std::initializer_list<std::int32_t>{RESIL_FAILURE, RESIL_TIMEOUT, RESIL_HTTP(0), RESIL_HTTP(199),
                                           RESIL_HTTP(400), RESIL_HTTP(503), RESIL_GRPC(1), RESIL_GRPC(14)}) {
    EXPECT_EQ(resil_failed(outcome), 1) << outcome;
    EXPECT_EQ(resil_failed(outcome | RESIL_NO_RETRY), 1) << outcome;
  }
  for (const std::int32_t outcome : std::initializer_list<std::int32_t>{RESIL_SUCCESS, RESIL_CANCELLED, RESIL_HTTP(200),
                                                                        RESIL_HTTP(399), RESIL_GRPC(0)}) {
    EXPECT_EQ(resil_failed(outcome), 0) << outcome;
    EXPECT_EQ(resil_failed(outcome | RESIL_NO_RETRY), 0) << outcome;
  }
  for (const std::int32_t other : {-1, 4, 200, 0x30000, INT32_MIN, INT32_MAX}) {
    EXPECT_EQ(resil_failed(other), RESIL_E_ARG) << other;
  }
}

TEST(CApi, RetryAfterIsAWaitOrNone) {
  EXPECT_EQ(resil_retry_after("120", -1, 0), 120 * kSecond);
  EXPECT_EQ(resil_retry_after("1200", 2, 0), 12 * kSecond);
  EXPECT_EQ(resil_retry_after("Thu, 01 Jan 1970 00:02:00 GMT", -1, kSecond), 119 * kSecond);
  EXPECT_EQ(resil_retry_after("99999999999999999999", -1, 0), INT64_MAX);
  for (const char* text : {"", "3600.5", "2099-1", "retry in 3000", "-1", "Thu, 01 Jan 1970 00:00:00 GMT"}) {
    EXPECT_EQ(resil_retry_after(text, -1, kSecond), -1) << text;
  }
  EXPECT_EQ(resil_retry_after(nullptr, 0, 0), -1);
  EXPECT_EQ(resil_retry_after(nullptr, -1, 0), -1);
}

TEST(CApi, EndpointTextNamesAnEndpoint) {
  const Engine engine = open();
  EXPECT_EQ(text_of(engine, intern(engine, RESIL_APP, "orders", "create")),
            R"({"kind":"app","name":"orders","method":"create"})");
  EXPECT_EQ(text_of(engine, intern(engine, RESIL_ACTOR, "Cart", "7")), R"({"kind":"actor","name":"Cart","id":"7"})");
  EXPECT_EQ(text_of(engine, intern(engine, RESIL_COMPONENT_IN, "store", "Statestore")),
            R"({"kind":"component","name":"store","direction":"inbound","type":"Statestore"})");
  EXPECT_EQ(text_of(engine, intern(engine, RESIL_COMPONENT_OUT, "a \"b\"", nullptr)),
            R"({"kind":"component","name":"a \"b\"","direction":"outbound","type":""})");
  EXPECT_EQ(text_of(engine, intern(engine, RESIL_BUILTIN, "DaprBuiltInServiceRetries", nullptr)),
            R"({"kind":"builtin","name":"DaprBuiltInServiceRetries"})");
}

TEST(CApi, EndpointTextIsCutLikeASnapshot) {
  const Engine engine = open();
  const std::int32_t id = intern(engine, RESIL_APP, "\xC3\xA4", "m");
  const std::int64_t whole = resil_endpoint_text(engine.get(), id, nullptr, 0);
  EXPECT_EQ(whole, static_cast<std::int64_t>(std::strlen(R"({"kind":"app","name":"ä","method":"m"})")));
  char few[24];
  EXPECT_EQ(resil_endpoint_text(engine.get(), id, few, sizeof few), whole);
  EXPECT_STREQ(few, R"({"kind":"app","name":")");  // not half of a character
  EXPECT_EQ(resil_endpoint_text(engine.get(), id, nullptr, 1), RESIL_E_ARG);
  EXPECT_EQ(resil_endpoint_text(engine.get(), id, few, -1), RESIL_E_ARG);
  EXPECT_EQ(resil_endpoint_text(engine.get(), id + 1, few, sizeof few), RESIL_E_ARG);
  EXPECT_EQ(resil_endpoint_text(engine.get(), -1, few, sizeof few), RESIL_E_ARG);
  EXPECT_EQ(resil_endpoint_text(nullptr, id, few, sizeof few), RESIL_E_ARG);
}

TEST(CApi, TransitionsIntoAState) {
  const Engine engine = open();
  const std::int32_t id = intern(engine, RESIL_APP, "orders", "m");
  resil_ticket ticket{};
  resil_begin(engine.get(), id, kSecond, &ticket);
  resil_end(engine.get(), &ticket, RESIL_FAILURE, kSecond);
  EXPECT_EQ(resil_transitions(engine.get(), id, RESIL_OPEN), 1);
  EXPECT_EQ(resil_transitions(engine.get(), id, RESIL_CLOSED), 0);
  EXPECT_EQ(resil_transitions(engine.get(), id, RESIL_HALF_OPEN), 0);
  for (const std::int32_t state : {-1, 3, INT32_MAX}) {
    EXPECT_EQ(resil_transitions(engine.get(), id, state), RESIL_E_ARG);
  }
  EXPECT_EQ(resil_transitions(engine.get(), id + 1, RESIL_OPEN), RESIL_E_ARG);
  EXPECT_EQ(resil_transitions(nullptr, id, RESIL_OPEN), RESIL_E_ARG);
}

TEST(CApi, NoRetryIsAPartOfTheOutcome) {
  const Engine engine = open();
  const std::int32_t id = intern(engine, RESIL_APP, "other", "m");
  resil_ticket ticket{};
  resil_begin(engine.get(), id, kSecond, &ticket);
  EXPECT_EQ(resil_end(engine.get(), &ticket, 4 | RESIL_NO_RETRY, kSecond), RESIL_E_ARG);
  EXPECT_EQ(resil_end(engine.get(), &ticket, RESIL_FAILURE | RESIL_NO_RETRY, kSecond), RESIL_GIVE_UP);
  EXPECT_EQ(ticket.reason, RESIL_WHY_NOT_RETRIABLE);
}

TEST(CApi, EveryReasonHasAName) {
  EXPECT_STREQ(resil_name(RESIL_WHY_TOO_MANY_REQUESTS), "breaker-half-open-full");
  EXPECT_STREQ(resil_name(RESIL_WHY_RETRY_BUDGET), "retry-budget");
  EXPECT_STREQ(resil_name(RESIL_WHY_BUSY), "busy");
  EXPECT_STREQ(resil_name(RESIL_WHY_RATE_LIMITED), "rate-limited");
  EXPECT_STREQ(resil_name(RESIL_WHY_HELD), "held");
  EXPECT_STREQ(resil_name(9999), "unknown");
}

}  // namespace

// What the header promises and nothing else of these tests asks: every name, every argument that may be missing, which
// of two sources counts, and what a shadow's events are marked with.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "resil.h"

namespace {

const std::string kHead = "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec: ";

std::string actors(const char* scope) {
  return kHead +
         "{policies: {circuitBreakers: {b: {}}}, targets: {actors: {a: {circuitBreaker: b, circuitBreakerScope: " +
         scope + "}}}}\n";
}

TEST(CapiPromises, EveryNumberHasItsName) {
  const std::vector<std::pair<int32_t, const char*>> names = {{0, "none"},
                                                              {RESIL_WHY_OPEN, "breaker-open"},
                                                              {RESIL_WHY_HALF_OPEN_FULL, "breaker-half-open-full"},
                                                              {RESIL_WHY_EXHAUSTED, "retries-exhausted"},
                                                              {RESIL_WHY_NOT_RETRIABLE, "not-retriable"},
                                                              {RESIL_WHY_CANCELLED, "cancelled"},
                                                              {RESIL_WHY_DEADLINE, "deadline"},
                                                              {RESIL_WHY_RETRY_BUDGET, "retry-budget"},
                                                              {RESIL_WHY_BUSY, "busy"},
                                                              {RESIL_WHY_RATE_LIMITED, "rate-limited"},
                                                              {RESIL_WHY_HELD, "held"},
                                                              {RESIL_E_ARG, "E_ARG"},
                                                              {RESIL_E_CONFIG, "E_CONFIG"},
                                                              {RESIL_E_FULL, "E_FULL"},
                                                              {RESIL_E_TICKET, "E_TICKET"},
                                                              {RESIL_E_INTERNAL, "E_INTERNAL"}};
  for (const auto& [number, name] : names) EXPECT_STREQ(resil_name(number), name);
  for (const int32_t number : {-6, 1, 15, 26, 9999}) EXPECT_STREQ(resil_name(number), "unknown") << number;
}

TEST(CapiPromises, AMissingSourceIsABadArgument) {
  resil_error error{};
  EXPECT_EQ(resil_open(nullptr, nullptr, -1, &error), nullptr);
  EXPECT_EQ(error.code, RESIL_E_ARG);
  EXPECT_EQ(resil_open_path(nullptr, nullptr, &error), nullptr);
  EXPECT_EQ(error.code, RESIL_E_ARG);
  EXPECT_STREQ(error.message, "resil_open_path: path is NULL");
}

TEST(CapiPromises, WithoutATicketNothingHappens) {
  resil_engine* engine = resil_open(nullptr, (kHead + "{}\n").c_str(), -1, nullptr);
  const int32_t id = resil_endpoint(engine, RESIL_APP, "a", -1, nullptr, 0);
  ASSERT_EQ(id, 0);
  EXPECT_EQ(resil_begin(engine, id, 0, nullptr), RESIL_E_ARG);
  EXPECT_EQ(resil_end(engine, nullptr, RESIL_SUCCESS, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_adopt(engine, id, *resil_word(engine, id), 0, nullptr), RESIL_E_ARG);
  resil_close(engine);
}

// Each bit by itself: what a later library knows, this one must not pass over.
TEST(CapiPromises, EachUnknownFlagIsRefused) {
  for (unsigned bit = 0; bit < 32; ++bit) {
    resil_options options{};
    options.size = sizeof options;
    options.flags = 1U << bit;
    resil_error error{};
    resil_engine* engine = resil_open(&options, (kHead + "{}\n").c_str(), -1, &error);
    const bool known = (options.flags & (RESIL_LENIENT | RESIL_EVERY_REJECTION)) != 0;
    EXPECT_EQ(engine != nullptr, known) << bit;
    EXPECT_EQ(error.code, known ? 0 : RESIL_E_ARG) << bit;
    resil_close(engine);
  }
}

TEST(CapiPromises, CheckReadsThePathWhereThereAreBoth) {
  char report[256];
  const std::string good = kHead + "{}\n";
  EXPECT_EQ(resil_check(nullptr, good.c_str(), -1, nullptr, report, sizeof report), 0);
  EXPECT_GT(resil_check(nullptr, good.c_str(), -1, "/nowhere/at/all", report, sizeof report), 0);
  EXPECT_STREQ(report, "error: /nowhere/at/all: there is no such file or folder\n");
}

TEST(CapiPromises, AReloadWithoutRoomForAnActorTypeIsFull) {
  resil_options options{};
  options.size = sizeof options;
  options.max_endpoints = 1;
  resil_engine* engine = resil_open(&options, actors("id").c_str(), -1, nullptr);
  ASSERT_EQ(resil_endpoint(engine, RESIL_ACTOR, "a", -1, "1", -1), 0);
  resil_error error{};
  EXPECT_EQ(resil_reload(engine, actors("type").c_str(), -1, &error), RESIL_E_FULL);
  EXPECT_EQ(error.code, RESIL_E_FULL);
  EXPECT_STREQ(error.message, "max_endpoints leaves none for actor type a");
  EXPECT_EQ(resil_endpoint(engine, RESIL_ACTOR, "a", -1, "2", -1), RESIL_E_FULL);
  resil_close(engine);
}

TEST(CapiPromises, AShadowsRejectionIsMarked) {
  for (const char* mode : {"normal", "shadow"}) {
    const std::string yaml = kHead +
                             "{policies: {circuitBreakers: {b: {trip: consecutiveFailures > 0}}},\n"
                             "  targets: {apps: {a: {circuitBreaker: b}}}}\n"
                             "---\napiVersion: resil.dev/v1\nkind: ResiliencyExtension\n"
                             "spec: {policies: {circuitBreakers: {b: {mode: " +
                             mode + "}}}}\n";
    resil_engine* engine = resil_open(nullptr, yaml.c_str(), -1, nullptr);
    ASSERT_NE(engine, nullptr);
    const int32_t id = resil_endpoint(engine, RESIL_APP, "a", -1, nullptr, 0);
    for (int i = 0; i < 2; ++i) {
      resil_ticket ticket{};
      if (resil_begin(engine, id, 0, &ticket) == RESIL_ALLOW) resil_end(engine, &ticket, RESIL_FAILURE, 0);
    }
    uint64_t cursor = 0;
    int rejected = 0;
    for (resil_event event{}; resil_events(engine, &cursor, &event, 1) == 1;) {
      const bool is_rejection = event.kind == RESIL_EVENT_REJECTED;
      rejected += is_rejection ? 1 : 0;
      EXPECT_EQ((event.reserved[0] & RESIL_SHADOW) != 0, is_rejection && std::strcmp(mode, "shadow") == 0);
    }
    EXPECT_EQ(rejected, 1) << mode;
    resil_close(engine);
  }
}

}  // namespace

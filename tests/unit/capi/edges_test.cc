// The boundary again, each function at its edges: capacities, characters of every length, missing arguments, stale
// errors.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "resil.h"

namespace {

const std::string kHead = "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec: ";
const std::string kTripping =
    kHead +
    "{policies: {circuitBreakers: {cb: {timeout: 1s, trip: consecutiveFailures > 0}}, retries: {r: {maxRetries: 3}}},\n"
    "  targets: {apps: {a: {circuitBreaker: cb, retry: r}}}}\n";

struct CapiEdges : testing::Test {
  CapiEdges() : engine(resil_open(nullptr, kTripping.c_str(), -1, nullptr)) {}
  ~CapiEdges() override { resil_close(engine); }

  int32_t app(const std::string& name) {
    return resil_endpoint(engine, RESIL_APP, name.data(), static_cast<int64_t>(name.size()), nullptr, 0);
  }
  resil_event failed(const std::string& name) {
    resil_ticket ticket{};
    resil_begin(engine, app(name), 0, &ticket);
    resil_end(engine, &ticket, RESIL_FAILURE, 0);
    uint64_t cursor = 0;
    resil_event event{};
    EXPECT_EQ(resil_events(engine, &cursor, &event, 1), 1);
    return event;
  }
  // Each function that gives text: into a buffer of the host's.
  using Text = std::function<int64_t(char*, int64_t)>;
  std::vector<std::pair<const char*, Text>> texts(const resil_event& event) {
    return {
        {"resil_check",
         [](char* buffer, int64_t room) { return resil_check(nullptr, "f\u00fc: \u20ac", -1, nullptr, buffer, room); }},
        {"resil_endpoint_text",
         [this](char* buffer, int64_t room) { return resil_endpoint_text(engine, 0, buffer, room); }},
        {"resil_event_text",
         [this, event](char* buffer, int64_t room) { return resil_event_text(engine, &event, buffer, room); }},
        {"resil_snapshot", [this](char* buffer, int64_t room) { return resil_snapshot(engine, 0, buffer, room); }},
    };
  }

  resil_engine* engine;
};

TEST_F(CapiEdges, EveryTextIsCutBetweenCharactersAtEveryCapacity) {
  const resil_event event = failed("a");
  app("\u00e9\u20ac\U0001f600\u00e9");
  resil_event warning{};
  warning.kind = RESIL_EVENT_RETRY;
  warning.endpoint = app("x\U0001f600\u20ac\u00e9");
  warning.before = 1;
  std::vector<std::pair<const char*, Text>> all = texts(event);
  all.emplace_back("resil_event_text of a retry", [this, warning](char* buffer, int64_t room) {
    return resil_event_text(engine, &warning, buffer, room);
  });
  for (const auto& [name, text] : all) {
    const int64_t size = text(nullptr, 0);
    ASSERT_GT(size, 8) << name;
    std::string whole(static_cast<size_t>(size) + 1, '?');
    ASSERT_EQ(text(whole.data(), size + 1), size) << name;
    ASSERT_EQ(whole.back(), '\0') << name;
    whole.pop_back();
    for (int64_t room = 1; room <= size + 2; ++room) {
      std::vector<char> buffer(static_cast<size_t>(room) + 1, 'X');
      EXPECT_EQ(text(buffer.data(), room), size) << name;
      EXPECT_EQ(buffer.back(), 'X') << name << " wrote beyond " << room;
      size_t due = static_cast<size_t>(std::min(room - 1, size));
      while (due < whole.size() && (static_cast<unsigned char>(whole[due]) & 0xC0) == 0x80) --due;
      EXPECT_EQ(std::string(buffer.data()), whole.substr(0, due)) << name << " at " << room;
    }
  }
}

TEST_F(CapiEdges, NoTextTakesANegativeCapacityOrRoomWithoutABuffer) {
  for (const auto& [name, text] : texts(failed("a"))) {
    char buffer[4] = "abc";
    for (const int64_t room : {int64_t{-1}, int64_t{-4096}, INT64_MIN}) {
      EXPECT_EQ(text(buffer, room), RESIL_E_ARG) << name << ' ' << room;
      EXPECT_EQ(text(nullptr, room), RESIL_E_ARG) << name << ' ' << room;
    }
    EXPECT_EQ(text(nullptr, 1), RESIL_E_ARG) << name;
    EXPECT_EQ(text(nullptr, INT64_MAX), RESIL_E_ARG) << name;
    EXPECT_STREQ(buffer, "abc") << name;
  }
}

TEST_F(CapiEdges, EventsFillExactlyTheRoomThereIs) {
  failed("a");  // a change of state and a retry
  resil_event events[4];
  for (const int32_t room : {1, 2, 3}) {
    std::memset(events, 'x', sizeof events);
    resil_event untouched = events[3];
    uint64_t cursor = 0;
    EXPECT_EQ(resil_events(engine, &cursor, events, room), std::min(room, 2));
    EXPECT_EQ(cursor, static_cast<uint64_t>(std::min(room, 2)));
    for (int32_t i = std::min(room, 2); i < 4; ++i) EXPECT_EQ(std::memcmp(&events[i], &untouched, sizeof untouched), 0);
    for (const uint64_t word : events[0].reserved) EXPECT_EQ(word, 0u);
  }
  uint64_t cursor = 0;
  EXPECT_EQ(resil_events(engine, &cursor, nullptr, 0), 0);
  EXPECT_EQ(resil_events(engine, &cursor, events, INT32_MIN), RESIL_E_ARG);
  EXPECT_EQ(cursor, 0u);
}

TEST_F(CapiEdges, AnInstanceMayHoldNulAndBeCutByItsLength) {
  const auto with = [this](const char* instance, int64_t length) {
    return resil_endpoint(engine, RESIL_ACTOR, "Cart", -1, instance, length);
  };
  const int32_t whole = with("7\0seven", 7);
  EXPECT_NE(whole, with("7", -1));
  EXPECT_NE(whole, with("7\0seven", -1));
  EXPECT_EQ(with("7", -1), with("7\0seven", -1)) << "a negative length ends at the NUL";
  EXPECT_EQ(with("7", 1), with("7\0seven", 1));
  EXPECT_EQ(with("7seven", 1), with("7", INT64_MIN));
  char text[80];
  resil_endpoint_text(engine, whole, text, sizeof text);
  EXPECT_STREQ(text, R"({"kind":"actor","name":"Cart","id":"7\u0000seven"})");
}

TEST_F(CapiEdges, KindsFromFirstToLast) {
  for (const int32_t kind : {RESIL_APP, RESIL_ACTOR, RESIL_COMPONENT_IN, RESIL_COMPONENT_OUT, RESIL_BUILTIN}) {
    EXPECT_GE(resil_endpoint(engine, kind, "n", -1, "i", -1), 0) << kind;
  }
  for (const int32_t kind : {5, 6, 255, -1, INT32_MIN, INT32_MAX}) {
    EXPECT_EQ(resil_endpoint(engine, kind, "n", -1, "i", -1), RESIL_E_ARG) << kind;
  }
}

TEST_F(CapiEdges, WithoutAnEngineThereIsAnErrorAndNoHarm) {
  EXPECT_EQ(resil_tally(nullptr, 0, 0), nullptr);
  EXPECT_EQ(resil_endpoint_text(nullptr, 0, nullptr, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_transitions(nullptr, 0, RESIL_OPEN), RESIL_E_ARG);
  resil_close(nullptr);
  resil_error error{};
  EXPECT_EQ(resil_reload(nullptr, kHead.c_str(), -1, &error), RESIL_E_ARG);
  EXPECT_NE(std::strstr(error.message, "resil_reload: engine or yaml is NULL"), nullptr);
  EXPECT_EQ(resil_reload_path(nullptr, "x", &error), RESIL_E_ARG);
  EXPECT_NE(std::strstr(error.message, "resil_reload_path: engine or path is NULL"), nullptr);
}

TEST_F(CapiEdges, AReloadPutsItsPoliciesInForce) {
  const int32_t id = app("a");
  ASSERT_EQ(resil_state(engine, id, 0), RESIL_CLOSED);
  EXPECT_EQ(resil_reload(engine, (kHead + "{}").c_str(), -1, nullptr), 0);
  EXPECT_EQ(resil_state(engine, id, 0), RESIL_E_ARG) << "no breaker any more";
  resil_error error{};
  EXPECT_EQ(resil_reload(engine, (kHead + "{bogus: 1}").c_str(), -1, &error), RESIL_E_CONFIG);
  EXPECT_EQ(error.code, RESIL_E_CONFIG);
  EXPECT_EQ(resil_state(engine, id, 0), RESIL_E_ARG) << "nothing is half applied";
  EXPECT_EQ(resil_reload(engine, kTripping.c_str(), -1, &error), 0);
  EXPECT_EQ(error.code, 0);
  EXPECT_STREQ(error.message, "");
  EXPECT_EQ(resil_state(engine, id, 0), RESIL_CLOSED);
}

TEST_F(CapiEdges, AnErrorOfEarlierIsNotMixedWithTheNext) {
  resil_error error{};
  resil_reload(engine, (kHead + "{bogus: 1, " + std::string(200, 'x') + ": 2}").c_str(), -1, &error);
  ASSERT_GT(error.line, 0);
  ASSERT_GT(std::strlen(error.message), 100u);
  EXPECT_EQ(resil_open(nullptr, nullptr, 0, &error), nullptr);
  EXPECT_EQ(error.code, RESIL_E_ARG);
  EXPECT_EQ(error.line, 0);
  EXPECT_EQ(error.column, 0);
  const std::string message = "resil_open: yaml is NULL";
  EXPECT_EQ(error.message, message);
  for (size_t i = message.size(); i < sizeof error.message; ++i) EXPECT_EQ(error.message[i], '\0') << i;
}

TEST(CapiCheck, SaysWhichAreErrorsAndWhichAreWarnings) {
  const auto report = [](const resil_options* options, const std::string& yaml) {
    char text[1024];
    resil_check(options, yaml.c_str(), -1, nullptr, text, sizeof text);
    return std::string(text);
  };
  EXPECT_EQ(report(nullptr, kHead + "{bogus: 1}").substr(0, 7), "error: ");
  resil_options options{};
  options.size = sizeof options;
  options.flags = RESIL_LENIENT;
  EXPECT_EQ(report(&options, kHead + "{bogus: 1}").substr(0, 9), "warning: ");
  EXPECT_EQ(report(nullptr, kHead + "{}"), "");
  options.size = 39;
  EXPECT_EQ(report(&options, kHead + "{}").substr(0, 34), "error: resil_options.size is 39: z");
}

TEST(CapiTally, IsThereWhereRequestsAreCounted) {
  resil_engine* engine = resil_open(
      nullptr,
      (kHead + "{policies: {circuitBreakers: {cb: {trip: requests > 5}}}, targets: {apps: {a: {circuitBreaker: cb}}}}")
          .c_str(),
      -1, nullptr);
  ASSERT_NE(engine, nullptr);
  const int32_t counted = resil_endpoint(engine, RESIL_APP, "a", -1, nullptr, 0);
  const int32_t other = resil_endpoint(engine, RESIL_APP, "b", -1, nullptr, 0);
  uint64_t* cell = resil_tally(engine, counted, 0);
  ASSERT_NE(cell, nullptr);
  EXPECT_EQ(resil_tally(engine, counted, -1), nullptr);
  EXPECT_EQ(resil_tally(engine, counted, INT32_MIN), nullptr);
  EXPECT_EQ(resil_tally(engine, other, 0), nullptr);
  EXPECT_EQ(resil_tally(engine, other + 1, 0), nullptr);
  EXPECT_EQ(resil_tally(engine, -1, 0), nullptr);
  *cell += 3;
  char text[4096];
  resil_snapshot(engine, 0, text, sizeof text);
  EXPECT_NE(std::strstr(text, "\"requests\":3"), nullptr) << text;
  resil_close(engine);
}

TEST(CapiRetryAfter, ALengthEndsTheTextAndANulIsNoDigit) {
  EXPECT_EQ(resil_retry_after("12\0003", 4, 0), -1);
  EXPECT_EQ(resil_retry_after("12\0003", -1, 0), 12'000'000'000);
  EXPECT_EQ(resil_retry_after("123", 0, 0), -1);
  EXPECT_EQ(resil_retry_after("123", 1, 0), 1'000'000'000);
  EXPECT_EQ(resil_retry_after("0", -1, 0), 0) << "at once is no missing hint";
}

}  // namespace

// Text over the boundary: lengths, NUL, cuts, errors; and the arguments that are refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "resil.h"

namespace {

const char kHead[] = "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec: ";

struct CapiText : testing::Test {
  CapiText() : engine(resil_open(nullptr, (kHead + std::string("{}")).c_str(), -1, nullptr)) {}
  ~CapiText() override { resil_close(engine); }
  std::string snapshot() {
    std::string text(static_cast<size_t>(resil_snapshot(engine, 0, nullptr, 0)), '?');
    resil_snapshot(engine, 0, text.data(), static_cast<int64_t>(text.size()) + 1);
    return text;
  }
  resil_engine* engine;
};

TEST_F(CapiText, ANegativeLengthMeansNul) {
  const int32_t whole = resil_endpoint(engine, RESIL_APP, "shop", -1, "m", -1);
  EXPECT_EQ(resil_endpoint(engine, RESIL_APP, "shop!", 4, "m!", 1), whole);
  EXPECT_NE(resil_endpoint(engine, RESIL_APP, "shop!", -7, "m!", 1), whole);
  EXPECT_NE(resil_endpoint(engine, RESIL_APP, "shop", -1, "m!", -7), whole);
}

TEST_F(CapiText, ALengthMayHoldNul) {
  const int32_t with = resil_endpoint(engine, RESIL_APP, "a\0b", 3, nullptr, 0);
  EXPECT_NE(with, resil_endpoint(engine, RESIL_APP, "a", -1, nullptr, 0));
  EXPECT_NE(snapshot().find("a\\u0000b"), std::string::npos);
}

TEST_F(CapiText, TheLengthOfYamlIsItsEnd) {
  const std::string text = kHead + std::string("{}\n---\n: nonsense [");
  resil_engine* cut = resil_open(nullptr, text.c_str(), sizeof kHead - 1 + 2, nullptr);
  EXPECT_NE(cut, nullptr);
  EXPECT_EQ(resil_reload(cut, text.c_str(), sizeof kHead - 1 + 2, nullptr), 0);
  EXPECT_EQ(resil_reload(cut, text.c_str(), -1, nullptr), RESIL_E_CONFIG);
  resil_close(cut);
}

TEST_F(CapiText, NoInstance) {
  const int32_t none = resil_endpoint(engine, RESIL_APP, "a", -1, nullptr, 5);
  EXPECT_GE(none, 0);
  EXPECT_EQ(resil_endpoint(engine, RESIL_APP, "a", -1, "", -1), none);
}

TEST_F(CapiText, KindsAndNames) {
  for (const int32_t kind : {RESIL_APP - 1, RESIL_BUILTIN + 1}) {
    EXPECT_EQ(resil_endpoint(engine, kind, "a", -1, nullptr, 0), RESIL_E_ARG);
  }
  EXPECT_GE(resil_endpoint(engine, RESIL_APP, "a", -1, nullptr, 0), 0);
  EXPECT_GE(resil_endpoint(engine, RESIL_BUILTIN, "DaprBuiltInServiceRetries", -1, nullptr, 0), 0);
  EXPECT_EQ(resil_endpoint(engine, RESIL_APP, "", -1, nullptr, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_endpoint(engine, RESIL_APP, "a", 0, nullptr, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_endpoint(engine, RESIL_APP, nullptr, 3, nullptr, 0), RESIL_E_ARG);
}

TEST_F(CapiText, CutAtEveryCapacityBetweenCharacters) {
  resil_endpoint(engine, RESIL_APP, "h\u00e9\u20ac\U0001f600", -1, nullptr, 0);
  const std::string whole = snapshot();
  ASSERT_NE(whole.find("\u20ac"), std::string::npos);
  const auto size = static_cast<int64_t>(whole.size());
  for (int64_t capacity = 1; capacity <= size + 1; ++capacity) {
    std::vector<char> buffer(static_cast<size_t>(capacity) + 1, 'X');
    EXPECT_EQ(resil_snapshot(engine, 0, buffer.data(), capacity), size);
    EXPECT_EQ(buffer.back(), 'X') << "beyond the capacity";
    size_t due = static_cast<size_t>(std::min(capacity - 1, size));
    while (due < whole.size() && (static_cast<unsigned char>(whole[due]) & 0xC0) == 0x80) --due;
    EXPECT_EQ(std::string(buffer.data()), whole.substr(0, due)) << capacity;
  }
}

TEST_F(CapiText, BuffersThatCannotBe) {
  char buffer[8] = "before";
  resil_event event{};
  event.kind = RESIL_EVENT_WARNING;
  EXPECT_EQ(resil_snapshot(engine, 0, buffer, -1), RESIL_E_ARG);
  EXPECT_EQ(resil_snapshot(engine, 0, nullptr, 8), RESIL_E_ARG);
  EXPECT_EQ(resil_event_text(engine, &event, buffer, -1), RESIL_E_ARG);
  EXPECT_EQ(resil_event_text(engine, &event, nullptr, 8), RESIL_E_ARG);
  EXPECT_EQ(resil_check(nullptr, "x", -1, nullptr, buffer, -1), RESIL_E_ARG);
  EXPECT_EQ(resil_check(nullptr, "x", -1, nullptr, nullptr, 8), RESIL_E_ARG);
  EXPECT_EQ(resil_check(nullptr, nullptr, -1, nullptr, buffer, 8), RESIL_E_ARG);
  EXPECT_STREQ(buffer, "before");
  EXPECT_GT(resil_snapshot(engine, 0, buffer, 0), 0);
  EXPECT_STREQ(buffer, "before") << "no room is no room, not even for NUL";
}

TEST_F(CapiText, ArgumentsThatCannotBe) {
  resil_ticket ticket{};
  resil_error error{};
  uint64_t cursor = 0;
  resil_event event{};
  EXPECT_EQ(resil_begin(nullptr, 0, 0, &ticket), RESIL_E_ARG);
  EXPECT_EQ(resil_begin(engine, 0, 0, nullptr), RESIL_E_ARG);
  EXPECT_EQ(resil_end(nullptr, &ticket, 0, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_end(engine, nullptr, 0, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_adopt(nullptr, 0, 0, 0, &ticket), RESIL_E_ARG);
  EXPECT_EQ(resil_adopt(engine, 0, 0, 0, nullptr), RESIL_E_ARG);
  EXPECT_EQ(resil_state(nullptr, 0, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_word(nullptr, 0), nullptr);
  EXPECT_EQ(resil_credit(nullptr, 0, 1), RESIL_E_ARG);
  EXPECT_EQ(resil_snapshot(nullptr, 0, nullptr, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_endpoint(nullptr, RESIL_APP, "a", -1, nullptr, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_event_text(nullptr, &event, nullptr, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_event_text(engine, nullptr, nullptr, 0), RESIL_E_ARG);
  EXPECT_EQ(resil_events(nullptr, &cursor, &event, 1), RESIL_E_ARG);
  EXPECT_EQ(resil_events(engine, nullptr, &event, 1), RESIL_E_ARG);
  EXPECT_EQ(resil_events(engine, &cursor, nullptr, 1), RESIL_E_ARG);
  EXPECT_EQ(resil_events(engine, &cursor, &event, -1), RESIL_E_ARG);
  EXPECT_EQ(resil_events(engine, &cursor, nullptr, 0), 0);
  EXPECT_EQ(resil_open(nullptr, nullptr, 0, &error), nullptr);
  EXPECT_EQ(error.code, RESIL_E_ARG);
  EXPECT_EQ(resil_open_path(nullptr, nullptr, &error), nullptr);
  EXPECT_EQ(resil_reload(engine, nullptr, 0, &error), RESIL_E_ARG);
  EXPECT_EQ(resil_reload(nullptr, "", 0, &error), RESIL_E_ARG);
  EXPECT_EQ(resil_reload_path(engine, nullptr, nullptr), RESIL_E_ARG);
  EXPECT_EQ(resil_reload_path(nullptr, "x", nullptr), RESIL_E_ARG);
}

TEST_F(CapiText, AnErrorOfEarlierIsWipedBySuccess) {
  resil_error error;
  std::memset(&error, 'x', sizeof error);
  EXPECT_EQ(resil_reload(engine, (kHead + std::string("{}")).c_str(), -1, &error), 0);
  resil_error clean{};
  EXPECT_EQ(std::memcmp(&error, &clean, sizeof error), 0);
  std::memset(&error, 'x', sizeof error);
  resil_engine* opened = resil_open(nullptr, (kHead + std::string("{}")).c_str(), -1, &error);
  EXPECT_EQ(std::memcmp(&error, &clean, sizeof error), 0);
  resil_close(opened);
}

TEST_F(CapiText, TheFirstMistakeAndHowManyMore) {
  resil_error error{};
  EXPECT_EQ(resil_reload(engine, (kHead + std::string("{bogus: 1}")).c_str(), -1, &error), RESIL_E_CONFIG);
  EXPECT_EQ(error.line, 3);
  EXPECT_GT(error.column, 1);
  EXPECT_EQ(std::strstr(error.message, "more: resil_check"), nullptr);
  resil_reload(engine, (kHead + std::string("{bogus: 1, wrong: 2, false: 3}")).c_str(), -1, &error);
  EXPECT_NE(std::strstr(error.message, "bogus"), nullptr);
  EXPECT_NE(std::strstr(error.message, " (and 2 more: resil_check tells all)"), nullptr) << error.message;
}

TEST_F(CapiText, TheCountSurvivesALongFirstMistake) {
  const auto path =
      std::filesystem::temp_directory_path() / (std::string(230, 'p') + ".yaml");  // a mistake names its file
  std::ofstream(path) << kHead << "{bogus: 1, wrong: 2}";
  resil_error error{};
  EXPECT_EQ(resil_reload_path(engine, path.c_str(), &error), RESIL_E_CONFIG);
  std::filesystem::remove(path);
  EXPECT_NE(std::strstr(error.message, "... (and 1 more: resil_check tells all)"), nullptr) << error.message;
  EXPECT_EQ(std::strlen(error.message), sizeof error.message - 1);
}

TEST(CapiWarnings, OfALoadAndOfAReload) {
  resil_options options{};
  options.size = sizeof options;
  options.flags = RESIL_LENIENT;
  const std::string bogus = kHead + std::string("{bogus: 1}");
  resil_engine* engine = resil_open(&options, bogus.c_str(), -1, nullptr);
  ASSERT_NE(engine, nullptr);
  uint64_t cursor = 0;
  resil_event events[8];
  for (int load = 1; load <= 2; ++load) {
    ASSERT_EQ(resil_events(engine, &cursor, events, 8), 1) << load;
    EXPECT_EQ(events[0].kind, RESIL_EVENT_WARNING);
    char line[400];
    resil_event_text(engine, &events[0], line, sizeof line);
    EXPECT_NE(std::strstr(line, "bogus"), nullptr) << line;
    EXPECT_EQ(resil_reload(engine, bogus.c_str(), -1, nullptr), 0);
  }
  resil_close(engine);
}

}  // namespace

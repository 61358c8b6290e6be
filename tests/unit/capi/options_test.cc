// resil_options as hosts pass it: every member is taken over, every mistake refused.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "resil.h"

namespace {

const char kOneBreaker[] =
    "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: t}\nscopes: [shop]\n"
    "spec: {policies: {circuitBreakers: {cb: {trip: consecutiveFailures >= 1}},\n"
    "  retries: {r: {policy: exponential, maxInterval: 60s, maxRetries: 9}}},\n"
    "  targets: {apps: {a: {circuitBreaker: cb}, b: {retry: r}}}}\n";

resil_options none() {
  resil_options options{};
  options.size = sizeof options;
  return options;
}

struct Opened {
  explicit Opened(const resil_options* options, const char* yaml = kOneBreaker)
      : engine(resil_open(options, yaml, -1, &error)) {}
  Opened(const Opened&) = delete;
  ~Opened() { resil_close(engine); }

  int32_t app(const char* name, const char* method = nullptr) {
    return resil_endpoint(engine, RESIL_APP, name, -1, method, -1);
  }
  // Fails one attempt on each of `count` endpoints with a breaker, then counts the events that are left of a kind, or
  // all.
  int events(int count, int begins, int kind = 0) {
    for (int i = 0; i < count; ++i) {
      const int32_t id = app("a", std::to_string(i).c_str());
      resil_ticket failing{};
      EXPECT_EQ(resil_begin(engine, id, 1000, &failing), RESIL_ALLOW);
      EXPECT_EQ(resil_end(engine, &failing, RESIL_FAILURE, 1000), RESIL_GIVE_UP);
      for (int n = 0; n < begins; ++n) {
        resil_ticket turned_away{};
        EXPECT_EQ(resil_begin(engine, id, 1000, &turned_away), RESIL_REJECT);
      }
    }
    uint64_t cursor = 0;
    std::vector<resil_event> read(8192);
    const int32_t found = resil_events(engine, &cursor, read.data(), 8192);
    int of_kind = 0;
    for (int i = 0; i < found; ++i) of_kind += kind == 0 || read[static_cast<size_t>(i)].kind == kind;
    return of_kind;
  }
  int64_t first_delay() {
    resil_ticket ticket{};
    resil_begin(engine, app("b"), 1000, &ticket);
    EXPECT_EQ(resil_end(engine, &ticket, RESIL_FAILURE, 1000), RESIL_RETRY);
    return ticket.delay_ns;
  }

  resil_error error{};
  resil_engine* engine;
};

TEST(CapiOptions, SizeFrom40To4096) {
  std::vector<uint64_t> room(1024, 0);
  auto* options = reinterpret_cast<resil_options*>(room.data());
  for (const uint32_t good : {40U, 48U, 4096U}) {
    options->size = good;
    EXPECT_NE(Opened(options).engine, nullptr) << good;
  }
  for (const uint32_t bad : {0U, 39U, 4097U}) {
    options->size = bad;
    Opened opened(options);
    EXPECT_EQ(opened.engine, nullptr) << bad;
    EXPECT_EQ(opened.error.code, RESIL_E_ARG);
    EXPECT_NE(std::strstr(opened.error.message, ("size is " + std::to_string(bad)).c_str()), nullptr);
  }
}

TEST(CapiOptions, WhatTheShortStructLacksIsNotRead) {
  resil_options options = none();
  options.size = offsetof(resil_options, max_bytes);
  options.max_bytes = 1;  // would refuse every document
  EXPECT_NE(Opened(&options).engine, nullptr);
}

TEST(CapiOptions, TheUnknownTailMustBeZero) {
  std::vector<uint64_t> room(512, 0);
  auto* options = reinterpret_cast<resil_options*>(room.data());
  options->size = 4096;
  auto* bytes = reinterpret_cast<unsigned char*>(room.data());
  for (const size_t at : {sizeof(resil_options), size_t{4095}}) {
    bytes[at] = 1;
    Opened opened(options);
    EXPECT_EQ(opened.engine, nullptr) << at;
    EXPECT_EQ(opened.error.code, RESIL_E_ARG);
    bytes[at] = 0;
  }
}

TEST(CapiOptions, UnknownFlagsAndSizesBeyondReasonAreRefused) {
  resil_options options = none();
  options.flags = 0x80000000U;
  EXPECT_EQ(Opened(&options).error.code, RESIL_E_ARG);
  options = none();
  options.max_endpoints = (1U << 28) + 1;
  EXPECT_EQ(Opened(&options).error.code, RESIL_E_ARG);
  options = none();
  options.event_capacity = (1U << 20) + 1;
  EXPECT_EQ(Opened(&options).error.code, RESIL_E_ARG);
  options.event_capacity = 1U << 20;
  EXPECT_NE(Opened(&options).engine, nullptr);
}

TEST(CapiOptions, Lenient) {
  const char* yaml = "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec: {bogus: 1}\n";
  EXPECT_EQ(Opened(nullptr, yaml).error.code, RESIL_E_CONFIG);
  resil_options options = none();
  options.flags = RESIL_LENIENT;
  EXPECT_NE(Opened(&options, yaml).engine, nullptr);
}

TEST(CapiOptions, EveryRejection) {
  resil_options options = none();
  EXPECT_EQ(Opened(&options).events(1, 3, RESIL_EVENT_REJECTED), 1);
  options.flags = RESIL_EVERY_REJECTION;
  EXPECT_EQ(Opened(&options).events(1, 3, RESIL_EVENT_REJECTED), 3);
}

TEST(CapiOptions, AppIdChoosesDocuments) {
  resil_options options = none();
  options.app_id = "shop";
  Opened shop(&options);
  EXPECT_EQ(resil_state(shop.engine, shop.app("a"), 0), RESIL_CLOSED);
  options.app_id = "other";
  Opened other(&options);
  ASSERT_NE(other.engine, nullptr);
  EXPECT_EQ(resil_state(other.engine, other.app("a"), 0), RESIL_E_ARG) << "no breaker";
}

TEST(CapiOptions, ConfigPathSwitchesOff) {
  const auto path = std::filesystem::temp_directory_path() / "resil-capi-options-test.yaml";
  std::ofstream(path) << "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\n"
                         "spec: {features: [{name: Resiliency, enabled: false}]}\n";
  const std::string text = path.string();
  resil_options options = none();
  options.config_path = text.c_str();
  Opened off(&options);
  ASSERT_NE(off.engine, nullptr) << off.error.message;
  EXPECT_EQ(resil_state(off.engine, off.app("a"), 0), RESIL_E_ARG);
  std::filesystem::remove(path);
}

TEST(CapiOptions, MaxEndpoints) {
  resil_options options = none();
  options.max_endpoints = 1;
  Opened opened(&options);
  EXPECT_EQ(opened.app("a"), 0);
  EXPECT_EQ(opened.app("b"), RESIL_E_FULL);
}

TEST(CapiOptions, EventCapacity) {
  resil_options options = none();
  const int usual = Opened(&options).events(400, 1);
  options.event_capacity = 16;
  const int few = Opened(&options).events(400, 1);  // of each ring, and there are 1 to 16
  EXPECT_GE(few, 16);
  EXPECT_LE(few, 16 * 16);
  EXPECT_TRUE(few > 16 || std::thread::hardware_concurrency() <= 1) << "endpoints are in several rings";
  EXPECT_GT(usual, 16 * 16);
}

TEST(CapiOptions, JitterSeedRepeats) {
  resil_options options = none();
  options.jitter_seed = 7;
  const int64_t seven = Opened(&options).first_delay();
  EXPECT_EQ(Opened(&options).first_delay(), seven);
  options.jitter_seed = 8;
  EXPECT_NE(Opened(&options).first_delay(), seven);
}

TEST(CapiOptions, MaxBytes) {
  resil_options options = none();
  options.max_bytes = sizeof kOneBreaker - 1;
  EXPECT_NE(Opened(&options).engine, nullptr);
  options.max_bytes = sizeof kOneBreaker - 2;
  EXPECT_EQ(Opened(&options).error.code, RESIL_E_CONFIG);
}

}  // namespace

// What reloading costs in memory: nothing for documents already seen, a bounded number of bytes for each new policy.
#include <gtest/gtest.h>
#include <malloc.h>

#include <string>

#include "support/caller.h"
#include "support/loading.h"
#include "support/policies.h"
#include "support/sanitized.h"

namespace resil {
namespace {

using testing::Caller;

std::string document_of(int seconds, const std::string& trip) {
  const std::string number = std::to_string(seconds);
  return document(
      "  policies:\n"
      "    timeouts: {general: " +
      number +
      "s}\n"
      "    retries:\n"
      "      r: {policy: exponential, maxInterval: " +
      number +
      "s, maxRetries: 3,\n"
      "          matching: {httpStatusCodes: \"429,500-599\", gRPCStatusCodes: \"4,8,14\"}}\n"
      "    circuitBreakers:\n"
      "      cb: {maxRequests: 1, interval: 8s, timeout: " +
      number + "s, trip: \"" + trip +
      "\"}\n"
      "  targets:\n"
      "    apps:\n"
      "      app: {timeout: general, retry: r, circuitBreaker: cb}\n");
}

std::size_t bytes_in_use() { return mallinfo2().uordblks; }

class EngineMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    if (testing::kSanitized) GTEST_SKIP() << "a sanitizer's allocator does not tell";
    const std::size_t before = bytes_in_use();
    const auto kept = std::make_unique<char[]>(100'000);
    ASSERT_GE(bytes_in_use(), before + 100'000) << "the allocator does not tell";
    for (const char* method : {"a", "b", "c"}) caller_.app(method);
  }

  void reload_with(testing::BreakerOptions window) {
    window.trip = "totalFailures > 1";  // else no cells are needed
    caller_.engine.reload(testing::one_app({.breaker = testing::breaker(window)}));
  }

  Caller caller_{loaded(document_of(1, "requests > 1"))};
};

TEST_F(EngineMemory, ReloadingWhatWasSeenBeforeAddsNothing) {
  const std::string documents[] = {document_of(1, "requests > 1"), document_of(2, "totalFailures > 1")};
  const auto reload = [&](int times) {
    for (int i = 0; i < times; ++i) caller_.engine.reload(loaded(documents[i % 2]));
  };
  reload(1000);  // enough for the allocator to have settled
  const std::size_t before = bytes_in_use();
  const std::uint64_t policies = caller_.engine.view(1).policies;
  reload(1000);
  EXPECT_LT(bytes_in_use(), before + 4096);
  EXPECT_EQ(caller_.engine.view(1).policies, policies);
}

TEST_F(EngineMemory, ANewPolicyAddsABoundedNumberOfBytes) {
  constexpr int kDocuments = 1000;
  caller_.engine.reload(loaded(document_of(2, "requests > 2")));
  const std::size_t before = bytes_in_use();
  for (int i = 0; i < kDocuments; ++i) {
    caller_.engine.reload(loaded(document_of(3 + i, "requests > 9 && totalFailures > " + std::to_string(i))));
  }
  const double each = static_cast<double>(bytes_in_use() - before) / kDocuments;
  RecordProperty("bytes_each", static_cast<int>(each));
  std::printf("%.0f bytes for each new policy\n", each);
  EXPECT_EQ(caller_.engine.view(1).policies, kDocuments + 2u);
  EXPECT_GT(each, 100);
  EXPECT_LT(each, 4096);
}

// Cells that grow hold what the ones before them held, so two policies that take turns agree on the second ones made.
TEST_F(EngineMemory, TwoWindowsThatTakeTurnsShareTheirCells) {
  const testing::BreakerOptions of_time{.window = kSecond, .buckets = 64}, of_calls{.window_calls = 8'000};
  for (const auto& [first, second] : {std::pair{of_time, of_calls}, {of_calls, of_time}}) {
    Caller caller(testing::one_app({.breaker = testing::breaker()}));
    const auto reload_with = [&](testing::BreakerOptions window) {
      window.trip = "totalFailures > 1";  // else no cells are needed
      caller.engine.reload(testing::one_app({.breaker = testing::breaker(window)}));
    };
    caller.app();
    const std::size_t none = bytes_in_use();
    reload_with(first);
    reload_with(second);
    const std::size_t before = bytes_in_use();
    EXPECT_GT(before, none + 64'000);
    for (int i = 0; i < 3; ++i) reload_with(first), reload_with(second);
    // The allocator takes a little; cells made once more would take 64 KB.
    EXPECT_LT(bytes_in_use(), before + 16'000);
  }
}

// Each a call longer than the one before: cells of the exact size would be made anew at every step, 16 MB in all.
TEST_F(EngineMemory, WindowsThatGrowStepByStepKeepFewCells) {
  reload_with({.window_calls = 1'000});
  const std::size_t before = bytes_in_use();
  for (std::uint32_t calls = 1'001; calls <= 1'500; ++calls) reload_with({.window_calls = calls});
  EXPECT_LT(bytes_in_use(), before + 2'000'000);
}

}  // namespace
}  // namespace resil

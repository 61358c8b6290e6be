#include "resil/engine/breaker_lru.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace resil {
namespace {

struct Record {
  std::atomic<std::uint64_t> last_used{0};
  std::atomic<std::int32_t> next_returned{BreakerLru::kNotOnStack};
  struct {
    bool resident = false;
  } name;
};

class TargetUseTest : public ::testing::Test {
 protected:
  auto record_of() {
    return [this](EndpointId id) -> Record& {
      if (++steps_ > 1000) throw std::runtime_error("goes round in circles");
      return records_.at(static_cast<std::size_t>(id));
    };
  }
  Record& record(EndpointId id) { return records_.at(static_cast<std::size_t>(id)); }
  void use(EndpointId id) { use_.note(record(id), id); }
  void add(EndpointId id) { use_.add(record(id), id); }
  std::vector<EndpointId> take_all() {
    std::vector<EndpointId> ids;
    for (EndpointId id; (id = use_.take_oldest(record_of())) >= 0;) ids.push_back(id);
    return ids;
  }

  BreakerLru use_;
  std::array<Record, 5> records_;
  int steps_ = 0;
};

TEST_F(TargetUseTest, TakesTheOneThatWasUsedLongestAgo) {
  for (const EndpointId id : {0, 1, 2, 3}) use(id), add(id);
  use(0), use(2);
  EXPECT_EQ(take_all(), (std::vector<EndpointId>{1, 3, 0, 2}));
}

TEST_F(TargetUseTest, UseAfterJoiningCounts) {
  for (const EndpointId id : {0, 1, 2}) use(id), add(id);
  for (const EndpointId id : {2, 0, 1}) use(id);
  EXPECT_EQ(take_all(), (std::vector<EndpointId>{2, 0, 1}));
}

TEST_F(TargetUseTest, NobodyIsAResidentTwice) {
  use(0), add(0), add(0);
  EXPECT_EQ(use_.residents(), 1u);
}

TEST_F(TargetUseTest, OneThatComesBackIsCollectedOnce) {
  use(0), use(1);
  EXPECT_EQ(use_.residents(), 0u);
  use_.collect_returned(record_of());
  EXPECT_EQ(use_.residents(), 2u);
  use_.collect_returned(record_of());
  EXPECT_EQ(use_.residents(), 2u);
}

// Evicted, used, evicted, used, before anybody collects: the list must not bite its own tail.
TEST_F(TargetUseTest, ComingBackTwiceBeforeBeingCollectedIsComingBackOnce) {
  use(1);
  for (int i = 0; i < 3; ++i) {
    record(0).last_used.store(0);
    use(0);
  }
  use(2);
  ASSERT_NO_THROW(use_.collect_returned(record_of()));
  EXPECT_EQ(use_.residents(), 3u);
  record(0).last_used.store(0);
  use(0);
  ASSERT_NO_THROW(use_.collect_returned(record_of()));
  EXPECT_EQ(use_.residents(), 3u);
}

TEST_F(TargetUseTest, OneThatIsForgottenAgainComesBackAgain) {
  for (int round = 1; round <= 3; ++round) {
    record(0).last_used.store(0);
    record(0).name.resident = false;
    use_.clear();
    use(0);
    use_.collect_returned(record_of());
    EXPECT_EQ(use_.residents(), 1u) << round;
  }
}

TEST_F(TargetUseTest, KeepingTheBoundForgetsThoseUsedLongestAgo) {
  std::vector<EndpointId> forgotten;
  const auto forget = [&](EndpointId id) { return forgotten.push_back(id), id != 1; };
  for (const EndpointId id : {4, 1, 0, 3, 2}) use(id), add(id);
  use_.bound = 5;
  use_.keep_bound(2, record_of(), forget);
  EXPECT_EQ(forgotten, (std::vector<EndpointId>{}));
  use_.bound = 3;
  use_.keep_bound(2, record_of(), forget);
  EXPECT_EQ(forgotten, (std::vector<EndpointId>{4, 1, 0}));
  EXPECT_EQ(use_.residents(), 3u) << "1 was refused, and is set aside";
  EXPECT_EQ(use_.next_set_aside(), 1);
}

// Its stamp is the latest when it comes, but calls on other threads may write later ones before the bound is kept.
TEST_F(TargetUseTest, TheNewestIsNotForgottenThoughAllOthersWereUsedSince) {
  std::vector<EndpointId> forgotten;
  const auto forget = [&](EndpointId id) { return forgotten.push_back(id), true; };
  for (const EndpointId id : {3, 0, 1, 2}) use(id), add(id);
  use_.bound = 2;
  use_.keep_bound(3, record_of(), forget);
  EXPECT_EQ(forgotten, (std::vector<EndpointId>{0, 1}));
  EXPECT_EQ(use_.residents(), 2u) << "it counts";
  EXPECT_EQ(take_all(), (std::vector<EndpointId>{3, 2})) << "with the use that it had";
}

TEST_F(TargetUseTest, ThoseSetAsideTakeTurns) {
  for (const EndpointId id : {0, 1, 2}) use(id), add(id);
  EXPECT_EQ(use_.take_oldest(record_of()), 0);
  use_.set_aside(0);
  EXPECT_EQ(use_.take_oldest(record_of()), 1);
  use_.set_aside(1);
  EXPECT_EQ(use_.residents(), 3u);
  EXPECT_EQ(use_.next_set_aside(), 0);
  use_.set_aside(0);
  EXPECT_EQ(use_.next_set_aside(), 1);
  use_.put_back(record(1).last_used.load(), 1);
  EXPECT_EQ(take_all(), (std::vector<EndpointId>{1, 2}));
  EXPECT_EQ(use_.next_set_aside(), 0);
  EXPECT_EQ(use_.next_set_aside(), -1);
}

TEST_F(TargetUseTest, ForEachSeesAllAndClearForgetsAll) {
  for (const EndpointId id : {0, 1, 2}) use(id), add(id);
  use_.set_aside(use_.take_oldest(record_of()));
  int seen = 0;
  use_.for_each([&](EndpointId) { ++seen; });
  EXPECT_EQ(seen, 3);
  use_.clear();
  EXPECT_EQ(use_.residents(), 0u);
}

}  // namespace
}  // namespace resil

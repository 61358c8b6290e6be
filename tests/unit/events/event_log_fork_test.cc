// Events in a child whose parent's threads were in the middle of something: with real forks.
#include <vector>

#include <gtest/gtest.h>

#include "support/forked.h"
#include "support/hooked_atomic.h"
#include "support/log_reading.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

using HookedLog = EventLog<HookedAtomic>;
using Values = std::vector<std::int64_t>;

class EventLogForks : public ::testing::Test {
 protected:
  void TearDown() override { Hook::on_access = nullptr; }
};

TEST_F(EventLogForks, AChildReadsOnWhereItsParentWas) {
  HookedLog log(8, 2);
  std::uint64_t cursor = 0;
  for (int i = 1; i <= 5; ++i) log.publish(of(i, i));
  Event event;
  log.read(cursor, &event, 1);
  const auto in_child = [&] {
    log.publish(of(0, 6));
    return values(log, cursor);
  };
  EXPECT_EQ(in_children(1, in_child).front(), (Values{2, 3, 4, 5, 6}));
  EXPECT_EQ(values(log, cursor), (Values{2, 3, 4, 5}));
}

// Nothing that the parent had looked at is dealt a second number: whoever reads in the child sees each event once.
TEST_F(EventLogForks, ANewReaderOfAChildSeesEachEventOnce) {
  HookedLog log(8, 2);
  std::uint64_t cursor = 0, fresh = 0;
  for (int i = 1; i <= 5; ++i) log.publish(of(i, i));
  Event event;
  ASSERT_EQ(log.read(cursor, &event, 1), 1u);  // which looks at the next one of the other ring, too
  const auto in_child = [&] {
    EXPECT_EQ(values(log, cursor), (Values{2, 3, 4, 5}));
    Values all;
    for (const Event& read : read_all(log, fresh)) all.insert(all.end(), {std::int64_t(read.seq), read.value});
    return all;
  };
  EXPECT_EQ(in_children(1, in_child).front(), (Values{2, 2, 3, 3, 4, 4, 5, 5})) << "numbers and values";
}

// What readers have merged may be half written: another of the parent's threads was at it. A slow reader is told.
TEST_F(EventLogForks, WhatTheParentHadMergedIsLostToTheChild) {
  HookedLog log(8, 2);
  std::uint64_t quick = 0, slow = 0;
  for (int i = 1; i <= 5; ++i) log.publish(of(i, i));
  EXPECT_EQ(values(log, quick).size(), 5u);
  const auto in_child = [&] {
    log.publish(of(0, 6));
    return values(log, slow);
  };
  EXPECT_EQ(in_children(1, in_child).front(), (Values{6}));
  EXPECT_EQ(values(log, slow), (Values{1, 2, 3, 4, 5}));
}

// The reader is somewhere in its turn, with the lock. In the child nobody is.
TEST_F(EventLogForks, AChildOfAReadingParentReadsWhatWasNotDealt) {
  int forks = 0;
  for (int nth = 1; nth <= 80; nth += 3) {
    HookedLog log(8, 2);
    for (int i = 1; i <= 5; ++i) log.publish(of(i, i));
    std::uint64_t cursor = 0;
    Values child;
    before(Access::Load, nullptr, nth, [&] {
      const auto in_child = [&] {
        log.publish(of(0, 6));
        Values all;
        for (const Event& event : read_all(log, cursor)) all.insert(all.end(), {std::int64_t(event.seq), event.value});
        return all;
      };
      child = in_children(1, in_child).front();
      ++forks;
    });
    const Values parent = values(log, cursor);
    Hook::on_access = nullptr;
    EXPECT_EQ(parent, (Values{1, 2, 3, 4, 5}));
    if (forks == 0 || child.empty()) break;
    for (std::size_t i = 0; i < child.size(); i += 2) EXPECT_EQ(child[i], child[i + 1]) << "each has its number";
    EXPECT_EQ(child.back(), 6);
    for (std::size_t i = 2; i < child.size(); i += 2) EXPECT_EQ(child[i], child[i - 2] + 1);
  }
  EXPECT_GT(forks, 10);
}

// The publisher exists in the parent alone: in the child its event is lost, and told.
TEST_F(EventLogForks, WhatWasHalfPublishedIsLostToTheChildAndHoldsUpNothing) {
  HookedLog log(16, 2);
  std::uint64_t cursor = 0;
  Values child;
  before(Access::Store, nullptr, 3, [&] {
    const auto in_child = [&] {
      log.publish(of(0, 2)), log.publish(of(1, 3)), log.publish(of(0, 4));
      const Values all = values(log, cursor);
      return cursor == 4 ? all : Values{};
    };
    child = in_children(1, in_child).front();
  });
  log.publish(of(0, 1));
  Hook::on_access = nullptr;
  EXPECT_EQ(child, (Values{2, 3, 4}));
  EXPECT_EQ(values(log, cursor), (Values{1}));
}

}  // namespace
}  // namespace resil

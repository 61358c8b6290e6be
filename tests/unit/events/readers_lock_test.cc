#include "resil/events/readers_lock.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/forked.h"
#include "support/sanitized.h"

namespace resil {
namespace {

using testing::in_children;
using Answers = std::vector<std::int64_t>;

class ReadersLockTest : public ::testing::Test {
 protected:
  ReadersLockTest() { watch_forks(); }

  // What each of two turns is told.
  static Answers two_turns(ReadersLock& lock) {
    Answers told;
    for (int turn = 0; turn < 2; ++turn) {
      told.push_back(lock.enter() ? 1 : 0);
      lock.leave();
    }
    return told;
  }
};

TEST_F(ReadersLockTest, OneIsInsideAtATime) {
  ReadersLock lock;
  std::atomic<int> inside{0}, met{0}, told{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2'000; ++i) {
        told += lock.enter() ? 1 : 0;
        met += inside.fetch_add(1);
        std::this_thread::yield();
        inside.fetch_sub(1);
        lock.leave();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(met, 0);
  EXPECT_EQ(told, 0) << "nobody was forked";
}

TEST_F(ReadersLockTest, AChildEntersThoughItsParentIsInside) {
  ReadersLock lock;
  EXPECT_FALSE(lock.enter());
  for (const Answers& told : in_children(2, [&] { return two_turns(lock); })) EXPECT_EQ(told, (Answers{1, 0}));
  lock.leave();
  EXPECT_EQ(two_turns(lock), (Answers{0, 0}));
}

TEST_F(ReadersLockTest, AChildOfAChildEntersToo) {
  ReadersLock lock;
  const auto grandchild_told = [&] {
    lock.enter();
    return in_children(1, [&] { return two_turns(lock); }).front();
  };
  EXPECT_EQ(in_children(1, grandchild_told).front(), (Answers{1, 0}));
}

TEST_F(ReadersLockTest, AChildsThreadsEnterInTurn) {
  if (testing::kSanitized) GTEST_SKIP() << "the thread sanitizer stops a forked child that starts threads";
  ReadersLock lock;
  EXPECT_FALSE(lock.enter());
  const auto told = [&] {
    std::int64_t turns = 0, anew = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 3; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1'000; ++i) {
          anew += lock.enter() ? 1 : 0;
          ++turns;
          lock.leave();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return Answers{turns, anew};
  };
  EXPECT_EQ(in_children(1, told).front(), (Answers{3'000, 1}));
  lock.leave();
}

}  // namespace
}  // namespace resil

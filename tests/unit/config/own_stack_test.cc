#include "config/text/own_stack.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <stdexcept>
#include <thread>

namespace resil {
namespace {

TEST(OwnStack, RunsElsewhereAndWaits) {
  std::thread::id there;
  ASSERT_TRUE(run_on_own_stack([&] { there = std::this_thread::get_id(); }));
  EXPECT_NE(there, std::thread::id());
  EXPECT_NE(there, std::this_thread::get_id());
}

TEST(OwnStack, HandsOnWhatIsThrown) {
  EXPECT_THROW(run_on_own_stack([] { throw std::out_of_range("x"); }), std::out_of_range);
}

TEST(OwnStack, LeavesSignalsToTheHost) {
  sigset_t before, inside, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  ASSERT_TRUE(run_on_own_stack([&] { pthread_sigmask(SIG_SETMASK, nullptr, &inside); }));
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int number : {SIGINT, SIGTERM, SIGCHLD, SIGUSR1, SIGPROF}) {
    EXPECT_EQ(sigismember(&inside, number), 1) << number;
    EXPECT_EQ(sigismember(&after, number), sigismember(&before, number)) << number;
  }
}

}  // namespace
}  // namespace resil

#include "config/text/own_stack.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <functional>
#include <stdexcept>
#include <thread>

#include "support/sanitized.h"

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

// The host's signals are blocked only while the thread is made, so that it takes none of them.
TEST(OwnStack, LeavesTheCallersSignalsAsTheyWere) {
  sigset_t before, during, after;
  sigemptyset(&before);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_TRUE(run_on_own_stack([&during] { pthread_sigmask(SIG_SETMASK, nullptr, &during); }));
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGCHLD, SIGALRM}) {
    EXPECT_EQ(sigismember(&after, signal), sigismember(&before, signal)) << signal;
    EXPECT_EQ(sigismember(&during, signal), 1) << signal;
  }
}

// Where no thread can be had there is no result, and nothing was run.
TEST(OwnStack, SaysWhereNoThreadCouldBeStarted) {
  if (testing::kSanitized) GTEST_SKIP() << "a sanitizer needs more memory than that";
  // Each in the one before, since the C library keeps some stacks of threads that are gone.
  const std::function<bool(int)> nested = [&nested](int left) {
    bool ran = false, inner = false;
    const bool started = run_on_own_stack([&] {
      ran = true;
      inner = left == 0 || nested(left - 1);
    });
    if (started != ran) std::_Exit(2);
    return inner;
  };
  const auto without_room = [&nested] {
    const rlimit none{1, 1};
    setrlimit(RLIMIT_AS, &none);
    std::_Exit(nested(100) ? 1 : 0);
  };
  EXPECT_EXIT(without_room(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace resil

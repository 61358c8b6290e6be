#include "resil/base/forks.h"

#include <new>

#include <pthread.h>
#include <unistd.h>

#include "resil/base/clock.h"
#include "resil/base/rng.h"

namespace resil {

std::atomic<std::uint64_t> fork_salt{0};

namespace {

// In the child, before fork() returns there. No two children of one parent that live at a time have one process id, and
// none that had it after another was forked at the same nanosecond.
void make_salt_new() {
  const std::uint64_t old = fork_salt.load(std::memory_order_relaxed);
  const auto now = static_cast<std::uint64_t>(read_clock(CLOCK_MONOTONIC));
  fork_salt.store(random_at(random_at(old, static_cast<std::uint64_t>(getpid())), now), std::memory_order_relaxed);
}

}  // namespace

// Once, however many engines there are. glibc forgets the handler when this library is unloaded (pthread_atfork is
// linked into it and names it); musl never unloads a library.
void watch_forks() {
  [[maybe_unused]] static const bool watching = [] {
    if (pthread_atfork(nullptr, nullptr, make_salt_new) != 0) throw std::bad_alloc();
    return true;
  }();
}

}  // namespace resil

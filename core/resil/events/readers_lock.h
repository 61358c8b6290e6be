// ReadersLock: a mutex that a forked child has anew. The thread that held it may be one that fork() did not copy, and
// then nobody would ever leave it; so whoever finds that the lock is another process's makes it free, and is told that
// what it guards may be half changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "resil/base/forks.h"

namespace resil {

class ReadersLock {
 public:
  // Waits for its turn. True: the first in a process that was forked since.
  bool enter() {
    const std::uint64_t mine = this_process(), making = mine - 1;
    std::uint64_t seen = owner_.load(std::memory_order_acquire);
    while (seen != mine) {
      if (seen == making) {  // another thread is at it
        std::this_thread::yield();
        seen = owner_.load(std::memory_order_acquire);
      } else if (owner_.compare_exchange_weak(seen, making, std::memory_order_acq_rel, std::memory_order_acquire)) {
        new (&mutex_) std::mutex;
        inherited_ = true;
        owner_.store(mine, std::memory_order_release);
        break;
      }
    }
    mutex_.lock();
    return std::exchange(inherited_, false);
  }
  void leave() { mutex_.unlock(); }

 private:
  static std::uint64_t this_process() { return fork_salt.load(std::memory_order_relaxed) | 1; }

  std::atomic<std::uint64_t> owner_{this_process()};  // the process; even while the mutex is made for it
  bool inherited_ = false;
  std::mutex mutex_;
};

}  // namespace resil

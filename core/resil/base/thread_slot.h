// Which shard of a sharded counter a thread writes: threads get them in turn, as they come.
#pragma once

#include <atomic>

namespace resil {

// initial-exec: a plain load from the thread's own block, no call into the dynamic linker.
extern constinit thread_local unsigned thread_number __attribute__((tls_model("initial-exec")));
extern std::atomic<unsigned> threads_seen;

// 1, 2, 3, ...: the calling thread's, and nobody else's.
inline unsigned this_thread() {
  if (thread_number == 0) [[unlikely]] {
    thread_number = threads_seen.fetch_add(1, std::memory_order_relaxed) + 1;
  }
  return thread_number;
}

// By reference: loaded when the number is there, the mask needs no register and no instruction.
inline unsigned thread_slot(const unsigned& shard_mask) {
  const unsigned number = this_thread();
  return number & shard_mask;
}

}  // namespace resil

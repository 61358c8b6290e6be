// Jitter: the random numbers of one engine, drawn without lock, system call or a line that threads share.
//
// With a seed of the user's the numbers are one sequence, the same in every run and after every fork: whoever asks for
// repeatable delays gets them. Without one, each thread draws a sequence of its own, and a process that was forked
// draws others than its parent and siblings do: workers that a server forks from one loaded parent must not retry in
// step. Drawing reads `fork_salt`, which is new in each child.
#pragma once

#include <atomic>
#include <cstdint>

#include "resil/base/forks.h"
#include "resil/base/rng.h"
#include "resil/base/thread_slot.h"

namespace resil {

// How often this thread drew, from any engine.
extern constinit thread_local std::uint64_t thread_draws __attribute__((tls_model("initial-exec")));

class Jitter {
 public:
  // 0: no seed. Throws std::bad_alloc where the C library cannot note the handler.
  explicit Jitter(std::uint64_t seed);

  std::uint64_t draw() noexcept {
    if (repeatable_) return random_at(seed_, position_.fetch_add(1, std::memory_order_relaxed));
    // No two threads come to the same position before one of them has drawn 2^40 times.
    const std::uint64_t position = (std::uint64_t{this_thread()} << 40) + thread_draws++;
    return random_at(seed_ ^ fork_salt.load(std::memory_order_relaxed), position);
  }

 private:
  const bool repeatable_;
  const std::uint64_t seed_;
  alignas(64) std::atomic<std::uint64_t> position_{0};
};

}  // namespace resil

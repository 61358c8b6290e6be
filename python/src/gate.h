// Gate: the native engine, freed exactly once, when it has been closed and nobody is inside any more. Inside means: in
// a call that uses the engine, or between an attempt's begin and its end.
#pragma once

#include <Python.h>

#include <atomic>
#include <cstdint>

#include "resil.h"

class Gate {
 public:
  explicit Gate(resil_engine* engine) : engine_(engine) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { close(); }

  // True: the engine stays until leave(). False: it is closed.
  bool enter() {
    return enter_unless([](std::int64_t seen) { return (seen & kClosed) != 0; });
  }

  // The same, but also while a closed engine waits for its last attempts: their events are still to be read.
  bool enter_late() {
    return enter_unless([](std::int64_t seen) { return seen == kClosed; });
  }

  void leave() {
#ifdef Py_GIL_DISABLED
    const std::int64_t left = word_.fetch_sub(kOne, std::memory_order_acq_rel) - kOne;
#else
    const std::int64_t left = word_.load(std::memory_order_relaxed) - kOne;
    word_.store(left, std::memory_order_relaxed);
#endif
    if (left == kClosed) resil_close(engine_);
  }

  // Nobody enters from now on. Whoever is last out, perhaps this call, frees the engine. Idempotent.
  void close() {
    if (!(word_.fetch_or(kClosed, std::memory_order_acq_rel) & kClosed)) leave();
  }

  bool closed() const { return word_.load(std::memory_order_relaxed) & kClosed; }
  resil_engine* engine() const { return engine_; }

 private:
  static constexpr std::int64_t kClosed = 1, kOne = 2;

  template <typename Barred>
  bool enter_unless(Barred barred) {
    std::int64_t seen = word_.load(std::memory_order_relaxed);
#ifdef Py_GIL_DISABLED
    do {
      if (barred(seen)) return false;
    } while (!word_.compare_exchange_weak(seen, seen + kOne, std::memory_order_acquire, std::memory_order_relaxed));
#else
    // The GIL orders all users, so that a plain increment will do: it saves two locked instructions per attempt.
    if (barred(seen)) return false;
    word_.store(seen + kOne, std::memory_order_relaxed);
#endif
    return true;
  }

  resil_engine* const engine_;
  std::atomic<std::int64_t> word_{kOne};  // users, the owner among them, and the closed bit
};

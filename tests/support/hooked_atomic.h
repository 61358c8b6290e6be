// HookedAtomic: an atomic for the core's templates that calls back before every access, so that a test can put another
// thread's step exactly there, on one thread and the same way every time.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

namespace resil::testing {

enum class Access { Load, Store, Swap, Add };

// At most one hook at a time; it may be entered again from within itself only after it was taken off.
struct Hook {
  static inline std::function<void(Access, const void*)> on_access;

  static void call(Access access, const void* cell) {
    if (!on_access) return;
    auto hook = std::exchange(on_access, nullptr);  // what the hook does is not hooked
    hook(access, cell);
    if (!on_access) on_access = std::move(hook);
  }
};

// Runs `step` once, before the `nth` access of this kind to `cell`; null: to any cell.
inline void before(Access access, const void* cell, int nth, std::function<void()> step) {
  Hook::on_access = [=, seen = 0](Access now, const void* where) mutable {
    if (now == access && (cell == nullptr || where == cell) && ++seen == nth) step();
  };
}

// Runs `call`, and `step` before its `nth` access of any kind to any cell; after the call, where it makes fewer. False:
// it does.
template <typename Step, typename Call>
bool overtaken(int nth, const Step& step, const Call& call) {
  bool reached = false;
  Hook::on_access = [&, seen = 0](Access, const void*) mutable {
    if (++seen != nth) return;
    reached = true;
    step();
  };
  call();
  Hook::on_access = nullptr;
  if (!reached) step();
  return reached;
}

template <typename T>
class HookedAtomic {
 public:
  HookedAtomic(T value = {}) : value_(value) {}  // NOLINT: implicit, like std::atomic's

  T load(std::memory_order = std::memory_order_seq_cst) const {
    Hook::call(Access::Load, this);
    return value_;
  }
  void store(T value, std::memory_order = std::memory_order_seq_cst) {
    Hook::call(Access::Store, this);
    value_ = value;
  }
  bool compare_exchange_strong(T& expected, T next, std::memory_order = std::memory_order_seq_cst,
                               std::memory_order = std::memory_order_seq_cst) {
    Hook::call(Access::Swap, this);
    if (value_ == expected) {
      value_ = next;
      return true;
    }
    expected = value_;
    return false;
  }
  bool compare_exchange_weak(T& expected, T next, std::memory_order a = std::memory_order_seq_cst,
                             std::memory_order b = std::memory_order_seq_cst) {
    return compare_exchange_strong(expected, next, a, b);
  }
  T fetch_add(T more, std::memory_order = std::memory_order_seq_cst) {
    Hook::call(Access::Add, this);
    return std::exchange(value_, value_ + more);
  }

 private:
  T value_;
};

}  // namespace resil::testing

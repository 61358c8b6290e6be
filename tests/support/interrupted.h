// Another thread's step between two machine instructions of a call, on one thread and the same way every time: what
// HookedAtomic is for templates, for compiled code as it is shipped. The processor traps after each instruction, and
// the handler of the trap does the step.
#pragma once

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "support/sanitized.h"

#if defined(__x86_64__) && defined(__linux__)
#include <ucontext.h>

namespace resil::testing {

class Interrupted {
 public:
  static constexpr bool kPossible = !kSanitized;  // a sanitizer keeps signals back

  // Runs `call`, and `step` before its instruction number `at`, counted from 1. False: it has not so many.
  template <typename Call>
  static bool run(long at, std::function<void()> step, const Call& call) {
    const Interrupted one(at, std::move(step));
    trap(true);
    call();
    left_ = kNone;
    trap(false);
    return step_ == nullptr;
  }

  // Calls `then(at)` for each instruction of a call that may touch what threads share, and once with a number beyond
  // the end. `then` runs the call, as above. Where the whole would be more than some 5'000 traps, only for some of
  // them, evenly chosen: that is how long code is that nobody optimized.
  template <typename Then>
  static void at_each(const Then& then) {
    constexpr std::size_t kTraps = 5'000;
    then(kFarBeyond);
    const std::vector<long> all = std::move(touching_);
    const std::size_t most = all.empty() ? 1 : 2 * kTraps / static_cast<std::size_t>(all.back()) + 1;
    const std::size_t stride = 1 + all.size() / most;
    for (std::size_t i = 0; i < all.size(); i += stride) then(all[i]);
  }

 private:
  static constexpr long kNone = -1, kFarBeyond = 1'000'000'000, kTrapFlag = 0x100;

  Interrupted(long at, std::function<void()> step) {
    executed_ = 0;
    step_ = std::move(step);
    if (at == kFarBeyond) {
      touching_.clear();
      touching_.reserve(1 << 16);
    }
    struct sigaction action {};
    action.sa_sigaction = on_trap;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGTRAP, &action, &before_);
    left_ = at;
  }
  ~Interrupted() { sigaction(SIGTRAP, &before_, nullptr); }

  // Beside the red zone, which belongs to whoever this is inlined into.
  [[gnu::noinline]] static void trap(bool on) {
    if (on) {
      asm volatile("lea -128(%%rsp), %%rsp\n pushfq\n orq $0x100, (%%rsp)\n popfq\n lea 128(%%rsp), %%rsp" ::
                       : "memory", "cc");
    } else {
      asm volatile("lea -128(%%rsp), %%rsp\n pushfq\n andq $~0x100, (%%rsp)\n popfq\n lea 128(%%rsp), %%rsp" ::
                       : "memory", "cc");
    }
  }

  static void on_trap(int, siginfo_t*, void* context) {
    if (left_ == kNone) return;
    auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    executed_ = executed_ + 1;
    if (touching_.size() < touching_.capacity() &&
        touches_memory(reinterpret_cast<const std::uint8_t*>(registers[REG_RIP])))
      touching_.push_back(long{executed_});
    left_ = left_ - 1;
    if (left_ > 0) return;
    registers[REG_EFL] &= ~kTrapFlag;
    left_ = kNone;
    std::exchange(step_, nullptr)();
  }

  // Whether an instruction may read or write memory that is not on the stack; true where this does not know it.
  static bool touches_memory(const std::uint8_t* code) {
    const auto among = [](std::uint8_t byte, std::initializer_list<std::uint8_t> some) {
      return std::find(some.begin(), some.end(), byte) != some.end();
    };
    while (among(*code, {0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x64, 0x65}) || *code >> 4 == 4) ++code;  // prefixes
    std::uint8_t op = *code++;
    const bool pushes_or_jumps = op >> 4 == 5 || op >> 4 == 7;
    const bool loads_constant = op >> 4 == 0xB;
    if (pushes_or_jumps || loads_constant) return false;
    if (among(op, {0x68, 0x6A, 0x8D, 0x90, 0x98, 0x99, 0xA8, 0xA9, 0xC2, 0xC3, 0xC9, 0xE8, 0xE9, 0xEB})) return false;
    if (op == 0x0F) {
      op = *code++;
      if (op >> 4 == 8) return false;  // a jump
    }
    const bool between_registers = *code >> 6 == 3, on_stack = (*code & 7) == 4 && (code[1] & 7) == 4;
    return !between_registers && !on_stack;
  }

  static inline volatile long left_ = kNone, executed_ = 0;
  static inline std::function<void()> step_;
  static inline std::vector<long> touching_;
  struct sigaction before_ {};
};

}  // namespace resil::testing
#endif

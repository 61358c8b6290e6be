// ModelAtom: std::atomic's face on the explorer's memory; what the core's templates take as Atom.
#pragma once

#include <atomic>
#include <cstdint>

#include "model/explorer.h"

namespace resil::model {

constexpr bool acquires(std::memory_order o) {
  return o == std::memory_order_acquire || o == std::memory_order_acq_rel || o == std::memory_order_seq_cst;
}
constexpr bool releases(std::memory_order o) {
  return o == std::memory_order_release || o == std::memory_order_acq_rel || o == std::memory_order_seq_cst;
}

template <typename T>
class ModelAtom {
 public:
  ModelAtom() : ModelAtom(T{}) {}
  ModelAtom(T value) : location_(new_location(static_cast<std::uint64_t>(value))) {}  // NOLINT: as std::atomic
  ModelAtom(const ModelAtom&) = delete;
  ModelAtom& operator=(const ModelAtom&) = delete;

  T load(std::memory_order o = std::memory_order_seq_cst) const {
    return static_cast<T>(model::load(location_, acquires(o), o == std::memory_order_seq_cst));
  }
  void store(T value, std::memory_order o = std::memory_order_seq_cst) {
    model::store(location_, static_cast<std::uint64_t>(value), releases(o), o == std::memory_order_seq_cst);
  }
  bool compare_exchange_strong(T& expected, T desired, std::memory_order o,
                               std::memory_order = std::memory_order_acquire) {
    bool swapped = false;
    const auto wanted = static_cast<std::uint64_t>(expected);
    const std::uint64_t seen = update(location_, acquires(o), releases(o), o == std::memory_order_seq_cst,
                                      [&](std::uint64_t now, std::uint64_t& next) {
                                        swapped = now == wanted;
                                        next = static_cast<std::uint64_t>(desired);
                                        return swapped;
                                      });
    expected = static_cast<T>(seen);
    return swapped;
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order o,
                             std::memory_order fail = std::memory_order_acquire) {
    return compare_exchange_strong(expected, desired, o, fail);
  }
  T fetch_add(T addend, std::memory_order o = std::memory_order_seq_cst) {
    return static_cast<T>(update(location_, acquires(o), releases(o), o == std::memory_order_seq_cst,
                                 [&](std::uint64_t now, std::uint64_t& next) {
                                   next = now + static_cast<std::uint64_t>(addend);
                                   return true;
                                 }));
  }
  int location() const { return location_; }

 private:
  int location_;
};

}  // namespace resil::model

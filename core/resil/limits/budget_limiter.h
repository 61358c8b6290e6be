// BudgetLimiter: a retry is offered only while the retries of the last `window` are fewer than `least` + ratio times
// the operations that began in it.
//
// Whoever offers one swaps the cell of the present bucket from the value that was read before all cells were added up:
// as long as the bucket lasts, no two threads can both take the last retry. On the edge of two buckets they can.
#pragma once

#include <atomic>
#include <cstdint>

#include "resil/base/types.h"
#include "resil/limits/time_buckets.h"

namespace resil {

template <template <typename> class Atom>
class BudgetLimiter {
 public:
  // `least`: retries in a window that need no operations.
  BudgetLimiter(double ratio, double least, Nanos window)
      : ratio_(ratio), least_(least), operations_(window), retries_(window) {}

  void begin_operation(Nanos now) { operations_.add(operations_.bucket_of(now)); }

  // Takes a retry, if there is one left.
  bool offer(Nanos now) {
    const std::uint64_t bucket = retries_.bucket_of(now);
    std::uint64_t seen = retries_.load(bucket);
    do {
      if (retries_.sum(bucket) >= most(operations_.sum(bucket))) return false;
    } while (!retries_.count(bucket, seen));
    return true;
  }

  std::uint64_t operations(Nanos now) const { return operations_.sum(operations_.bucket_of(now)); }
  std::uint64_t retries(Nanos now) const { return retries_.sum(retries_.bucket_of(now)); }

  void restart() {
    operations_.restart();
    retries_.restart();
  }

 private:
  // The least whole number that is not below the bound. A product of decimals that would be whole, like 0.1 times 30,
  // is a hair more or less in binary: so near to a whole number it is taken for that.
  std::uint64_t most(std::uint64_t operations) const {
    const double bound = least_ + ratio_ * static_cast<double>(operations);
    // What the loader takes makes a thousand retries an operation, and a billion a second for 292 years: less than
    // 2^64.
    const auto whole = static_cast<std::uint64_t>(bound);
    const double hair = 1e-9 * (bound > 1 ? bound : 1);
    return bound - static_cast<double>(whole) > hair ? whole + 1 : whole;
  }

  const double ratio_, least_;
  TimeBuckets<Atom> operations_, retries_;
};

}  // namespace resil

// How the words of WindowCells are laid out. Each carries low bits of the generation, and a bucket's also of its
// number, so that nobody zeroes anything when a generation or a bucket begins, and none is taken for another: a word
// whose tag could come again is made 0 before (WindowCells::freshen, TimeWindow::freshen). 0 counts for nothing,
// whatever is asked.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "resil/trip/counts.h"

namespace resil {

// One count of one bucket: 0..31 the number, which holds at its end | 32..51 the bucket | 52..63 the generation.
struct BucketWord {
  static constexpr std::uint64_t kMost = 0xFFFFFFFF;
  static constexpr unsigned kBucketShift = 32, kBucketBits = 20, kGenerationShift = 52;
  static constexpr std::int64_t kRound = std::int64_t{1} << kBucketBits;  // numbers come again after so many buckets

  static constexpr std::uint64_t zero(std::uint32_t generation, std::int64_t bucket) {
    return std::uint64_t{generation} << kGenerationShift | (static_cast<std::uint64_t>(bucket) & (kRound - 1))
                                                               << kBucketShift;
  }
  static constexpr bool same_tag(std::uint64_t a, std::uint64_t b) { return (a ^ b) >> kBucketShift == 0; }
  static constexpr bool same_generation(std::uint64_t word, std::uint32_t generation) {
    return (word ^ std::uint64_t{generation} << kGenerationShift) >> kGenerationShift == 0;
  }
  static constexpr std::uint64_t number(std::uint64_t word) { return word & kMost; }
  // How many buckets a word is older than `bucket`: 0 to kRound - 1.
  static constexpr std::int64_t age(std::uint64_t word, std::int64_t bucket) {
    return (bucket - static_cast<std::int64_t>(word >> kBucketShift)) & (kRound - 1);
  }
};

// What all buckets before the present one add up to, kept until that bucket is over: a BucketWord of the present
// bucket, whose number is one more than the sum. 0: nobody has summed. kMost: nobody keeps it in this bucket, so it is
// summed each time.
struct PastSum {
  static constexpr std::uint64_t unkept(std::uint32_t generation, std::int64_t bucket) {
    return BucketWord::zero(generation, bucket) | BucketWord::kMost;
  }
  static constexpr std::uint64_t pack(std::uint32_t generation, std::int64_t bucket, std::uint64_t sum) {
    return BucketWord::zero(generation, bucket) | (std::min(sum, BucketWord::kMost - 1) + 1);
  }
  static constexpr bool tells(std::uint64_t word, std::uint32_t generation, std::int64_t bucket, std::uint64_t& sum) {
    sum = word - BucketWord::zero(generation, bucket) - 1;
    return sum < BucketWord::kMost - 1;
  }
  // Is `word` of a bucket after this one, of the same generation?
  static constexpr bool later(std::uint64_t word, std::int64_t than) {
    return BucketWord::age(word, than) > BucketWord::kRound / 2;
  }
};

// The tags of buckets that follow each other: the upper half of a BucketWord, turned round so that the bucket's number
// wraps where it stands.
class BucketTag {
 public:
  constexpr BucketTag(std::uint32_t generation, std::int64_t bucket)
      : tag_(turned(BucketWord::zero(generation, bucket))) {}

  constexpr bool is_of(std::uint64_t word) const { return turned(word) == tag_; }
  constexpr void move_on() { tag_ += kNext; }

 private:
  static constexpr int kGenerationBits = 64 - BucketWord::kGenerationShift;
  static constexpr std::uint32_t kNext = 1U << kGenerationBits;
  static constexpr std::uint32_t turned(std::uint64_t word) {
    return std::rotl(static_cast<std::uint32_t>(word >> BucketWord::kBucketShift), kGenerationBits);
  }

  std::uint32_t tag_;
};

// One call of a window of calls: 0 slow | 1 failed | 2..43 which call of its generation, from 1 | 44..63 the
// generation.
struct CallWord {
  static constexpr unsigned kGenerationShift = 44;
  static constexpr std::uint64_t kNumberMask = (std::uint64_t{1} << 42) - 1;

  static constexpr std::uint64_t pack(std::uint32_t generation, std::uint64_t number, bool failed, bool slow) {
    return std::uint64_t{generation} << kGenerationShift | (number & kNumberMask) << 2 | std::uint64_t{failed} << 1 |
           std::uint64_t{slow};
  }
  static constexpr bool of_generation(std::uint64_t word, std::uint32_t generation) {
    return word >> kGenerationShift == generation;
  }
  static constexpr std::uint64_t number(std::uint64_t word) { return word >> 2 & kNumberMask; }
  static constexpr bool failed(std::uint64_t word) { return (word & 2) != 0; }
  static constexpr bool slow(std::uint64_t word) { return (word & 1) != 0; }
  // Did the call of `word` end after call `number`?
  static constexpr bool later(std::uint64_t word, std::uint64_t than) {
    const std::uint64_t ahead = (number(word) - than) & kNumberMask;
    return ahead != 0 && ahead <= kNumberMask / 2;
  }
};

// A window of calls, summed: 0..16 slow | 17..33 failures | 34..50 calls | 51..63 the generation. A sum may be below 0
// for a moment, where a call is taken out whose own thread has not yet put it in: a field is a number modulo 2^17, and
// far more than a window holds means less than 0.
struct WindowTotals {
  static constexpr unsigned kBits = 17, kGenerationShift = 3 * kBits;
  static constexpr std::uint64_t kMask = (std::uint64_t{1} << kBits) - 1;

  std::uint64_t calls = 0, failures = 0, slow = 0;

  static constexpr bool of_generation(std::uint64_t word, std::uint32_t generation) {
    return (word ^ std::uint64_t{generation} << kGenerationShift) >> kGenerationShift == 0;
  }
  static constexpr WindowTotals of(std::uint64_t word) {
    return {word >> 2 * kBits & kMask, word >> kBits & kMask, word & kMask};
  }
  constexpr std::uint64_t word(std::uint32_t generation) const {
    return std::uint64_t{generation} << kGenerationShift | (calls & kMask) << 2 * kBits | (failures & kMask) << kBits |
           (slow & kMask);
  }
  // As a rule sees them.
  constexpr void show(Counts& counts) const {
    counts.requests = shown(calls);
    counts.total_failures = shown(failures);
    counts.slow_calls = shown(slow);
    counts.total_successes = std::max<std::int64_t>(0, counts.requests - counts.total_failures);
  }
  static constexpr std::int64_t shown(std::uint64_t field) {
    return field > kMask - kMask / 4 ? 0 : static_cast<std::int64_t>(field);
  }
};

// Which opening it is since the breaker was last closed, where open times vary: 0..19 its number, from 1, which holds
// at its end | 20..43 what was drawn for it | 44..63 the generation that it begins.
struct Opening {
  static constexpr unsigned kDrawShift = 20, kDrawBits = 24, kGenerationShift = 44;
  static constexpr std::uint64_t kMost = (std::uint64_t{1} << kDrawShift) - 1;

  static constexpr std::uint64_t pack(std::uint32_t generation, std::uint64_t number, std::uint64_t random) {
    return std::uint64_t{generation} << kGenerationShift | random >> (64 - kDrawBits) << kDrawShift | number;
  }
  static constexpr bool is(std::uint64_t word, std::uint32_t generation, std::uint64_t number) {
    return word >> kGenerationShift == generation && (word & kMost) == number;
  }
  static constexpr std::uint64_t number(std::uint64_t word) { return word & kMost; }
  static constexpr std::uint64_t next(std::uint64_t number) { return number < kMost ? number + 1 : kMost; }
  // In [0, 1).
  static constexpr double drawn(std::uint64_t word) {
    return static_cast<double>(word >> kDrawShift & ((1U << kDrawBits) - 1)) / (1U << kDrawBits);
  }
  // Which one a half-open breaker's word speaks of, that has the number's low 7 bits: what stands beside it is that
  // one, or the next one of somebody who is about to open the breaker again.
  static constexpr std::uint64_t restore(std::uint64_t bits, std::uint64_t near) {
    const std::uint64_t ahead = (number(near) - bits) & 0x7F;
    return number(near) > ahead ? number(near) - ahead : bits;
  }
};

}  // namespace resil

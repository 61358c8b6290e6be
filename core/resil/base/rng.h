// SplitMix64 (Steele, Lea, Flood 2014): every number is a pure function of a seed and a position, so
// that a seeded engine repeats its delays and no generator state has to be shared between threads.
#pragma once

#include <cstdint>

namespace resil {

constexpr std::uint64_t random_at(std::uint64_t seed, std::uint64_t position) {
  std::uint64_t z = seed + (position + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

// Uniform in [0, bound), by the high half of a 128-bit product (Lemire 2019, without the rejection:
// the bias is below 2^-30 for every delay a policy can ask for).
constexpr std::uint64_t scale_random(std::uint64_t random, std::uint64_t bound) {
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(random) * bound) >> 64);
}

}  // namespace resil

// StatusSet: which statuses of one kind a retry policy matches, as a bitset. Where no list was given, all match.
#pragma once

#include <array>
#include <cstdint>

namespace resil {

class StatusSet {
 public:
  static constexpr int kMax = 599;

  // True once a list was given, however empty: from then on only what was added matches.
  constexpr bool given() const { return given_; }
  constexpr void give() { given_ = true; }

  constexpr void add(int first, int last) {
    given_ = true;
    for (int s = first; s <= last; ++s) bits_[static_cast<unsigned>(s) / 64] |= std::uint64_t{1} << (s % 64);
  }

  // Without a list everything matches; a status no list can name never does.
  constexpr bool matches(int status) const {
    if (!given_) return true;
    return status >= 0 && status <= kMax && (bits_[static_cast<unsigned>(status) / 64] >> (status % 64) & 1) != 0;
  }

  friend constexpr bool operator==(const StatusSet&, const StatusSet&) = default;

 private:
  std::array<std::uint64_t, kMax / 64 + 1> bits_{};
  bool given_ = false;
};

}  // namespace resil

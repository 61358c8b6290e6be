// Many random scenarios against the sequential reference. The same bytes every run; RESIL_SEQUENCES asks for more of
// them.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "resil/base/rng.h"
#include "support/comparison.h"

namespace resil {
namespace {

std::vector<std::uint8_t> random_bytes(std::uint64_t seed, std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(random_at(seed, i) >> 56);
  return bytes;
}

TEST(EngineRandom, NoDifferenceFromTheReference) {
  const char* asked = std::getenv("RESIL_SEQUENCES");
  const std::uint64_t sequences = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 5000;
  for (std::uint64_t seed = 1; seed <= sequences; ++seed) {
    const std::string difference = testing::Comparison::run(random_bytes(seed, 40 + seed % 1000));
    ASSERT_EQ(difference, "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace resil

#include "resil/base/jitter.h"

#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace resil {
namespace {

std::vector<std::uint64_t> draws(Jitter& jitter, int times) {
  std::vector<std::uint64_t> numbers;
  for (int i = 0; i < times; ++i) numbers.push_back(jitter.draw());
  return numbers;
}

TEST(Jitter, ASeedGivesOneSequence) {
  Jitter a(5), b(5), other(6);
  const std::vector<std::uint64_t> numbers = draws(a, 20);
  EXPECT_EQ(numbers, draws(b, 20));
  EXPECT_NE(numbers, draws(other, 20));
  for (std::uint64_t i = 0; i < 20; ++i) EXPECT_EQ(numbers[i], random_at(5, i));
}

// Whichever threads draw, and whatever they drew before.
TEST(Jitter, ASeedsSequenceIsSharedByAllThreads) {
  Jitter jitter(5), same(5);
  std::vector<std::uint64_t> numbers = draws(jitter, 3);
  std::thread([&] {
    for (const std::uint64_t number : draws(jitter, 3)) numbers.push_back(number);
  }).join();
  EXPECT_EQ(numbers, draws(same, 6));
}

TEST(Jitter, WithoutASeedNothingRepeats) {
  Jitter a(0), b(0);
  std::set<std::uint64_t> numbers;
  for (Jitter* jitter : {&a, &b}) {
    for (int thread = 0; thread < 3; ++thread) {
      std::thread([&] {
        for (const std::uint64_t number : draws(*jitter, 100)) numbers.insert(number);
      }).join();
    }
  }
  EXPECT_EQ(numbers.size(), 600u);
}

TEST(Jitter, AnotherSaltIsAnotherSequence) {
  Jitter free(0), seeded(5);
  const std::uint64_t salt = fork_salt.load(), here = thread_draws;
  const std::vector<std::uint64_t> before = draws(free, 3);
  fork_salt.store(salt + 1);
  thread_draws = here;
  const std::vector<std::uint64_t> after = draws(free, 3);
  const std::uint64_t repeatable = seeded.draw();
  fork_salt.store(salt);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NE(before[i], after[i]);
  EXPECT_EQ(repeatable, random_at(5, 0)) << "a seed knows no salt";
}

}  // namespace
}  // namespace resil

// Workers forked from one loaded parent: with real forks.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/forked.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

using Delays = std::vector<std::int64_t>;

constexpr std::size_t kWorkers = 4;

Caller loaded(std::uint64_t seed) {
  return Caller(one_app({.retry = shared(exponential_retry(60 * kSecond, -1))}), {.jitter_seed = seed});
}

// Of one operation after another, each at its first retry: uniform among half a billion.
Delays first_delays(Caller& caller, int times = 16) {
  Delays delays;
  const EndpointId id = caller.app();
  for (int i = 0; i < times; ++i) {
    Ticket ticket{};
    caller.begin(id, ticket);
    if (caller.end(ticket, kFailure) == kRetry) delays.push_back(ticket.delay);
  }
  return delays;
}

TEST(EngineForks, WorkersOfOneParentDrawDifferentDelays) {
  Caller caller = loaded(0);
  first_delays(caller);  // the parent is warm
  std::vector<Delays> all = in_children(kWorkers, [&] { return first_delays(caller); });
  all.push_back(first_delays(caller));
  for (std::size_t i = 0; i < 16; ++i) {
    std::set<std::int64_t> different;
    for (const Delays& delays : all) {
      ASSERT_EQ(delays.size(), 16u);
      different.insert(delays[i]);
    }
    // One meeting in 80 draws would be a chance of one in ten million.
    EXPECT_EQ(different.size(), all.size()) << "retry " << i;
  }
}

TEST(EngineForks, AChildOfAChildDrawsDifferentlyToo) {
  Caller caller = loaded(0);
  const Delays grandchildren = in_children(1, [&] {
                                 Delays firsts = first_delays(caller, 1);
                                 for (const Delays& delays : in_children(2, [&] { return first_delays(caller, 1); })) {
                                   firsts.insert(firsts.end(), delays.begin(), delays.end());
                                 }
                                 return firsts;
                               }).front();
  EXPECT_EQ(grandchildren.size(), 3u);
  EXPECT_EQ(std::set<std::int64_t>(grandchildren.begin(), grandchildren.end()).size(), 3u);
}

TEST(EngineForks, ASeedIsASeedInEveryWorker) {
  Caller caller = loaded(7), same = loaded(7);
  const Delays here = first_delays(same);
  for (const Delays& delays : in_children(kWorkers, [&] { return first_delays(caller); })) EXPECT_EQ(delays, here);
}

}  // namespace
}  // namespace resil

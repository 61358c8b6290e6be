// Explorer: runs a few threads of shipped code under every schedule, one atomic step at a time.
//
// Threads are fibers; each atomic operation of a ModelAtom is a point where any other thread may go first. Schedules
// are enumerated depth first; sleep sets leave out those that only swap steps that do not touch the same
// location. With `stale_reads`, a load may also return any older value that C++ allows it to (release/acquire
// views, as in the "promising" line of papers without the promises), so a missing acquire or release shows.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace resil::model {

inline constexpr int kMostLocations = 64;

// The newest message of each location that a thread, or a message, knows of.
struct View {
  std::array<std::uint8_t, kMostLocations> seen{};
  void join(const View& other);
};

enum class Access : std::uint8_t { Load, Store, Update };

struct Step {
  int location = -1;
  Access access = Access::Load;
};

// One run: fresh state, the threads that use it, and what must hold when they are done.
struct Scenario {
  std::vector<std::function<void()>> threads;
  std::function<std::string()> verdict;  // empty: all is well
};

struct Options {
  bool stale_reads = false;
  std::uint64_t random_runs = 0;  // 0: all schedules
  std::uint64_t seed = 1;
  std::uint64_t most_runs = 20'000'000;
  std::vector<int> relaxed_loads;   // mutation: loads of these locations acquire nothing
  std::vector<int> relaxed_stores;  // mutation: writes to these locations release nothing
};

struct Outcome {
  std::uint64_t runs = 0, pruned = 0;
  bool complete = false;  // every schedule was tried
  std::string failure;    // of the first run that failed, with its schedule
};

Outcome explore(const std::function<Scenario()>& make, const Options& options);

// Called by ModelAtom, on a fiber or (while setting up and judging) off one.
int new_location(std::uint64_t initial);
std::uint64_t load(int location, bool acquire, bool seq_cst);
void store(int location, std::uint64_t value, bool release, bool seq_cst);
// `update` gets the newest value and says whether and what to write; returns the value read.
std::uint64_t update(int location, bool acquire, bool release, bool seq_cst,
                     const std::function<bool(std::uint64_t, std::uint64_t&)>& update);

// A clock that ticks with every step: when an operation began and ended, for the order of real time.
void operation_begins();
std::uint64_t operation_began();
std::uint64_t ticks();

}  // namespace resil::model

#include "model/explorer.h"

#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <cstdlib>
#include <random>

namespace resil::model {
namespace {

constexpr std::size_t kStack = 128 * 1024;
constexpr std::uint64_t kMostSteps = 20'000;  // of one run: more is a livelock

struct Message {
  std::uint64_t value = 0;
  View view;
};

// ucontext only makes the first entry; from then on _setjmp switches, which spares two system calls a step.
struct Fiber {
  ucontext_t context{};
  jmp_buf jump{};
  bool entered = false;
  std::unique_ptr<char[]> stack{new char[kStack]};
  std::function<void()> body;
  View view;
  Step pending;
  bool done = false, announced = false;
  std::uint64_t began = 0;
};

struct Sleeper {
  int thread;
  Step step;
};

// A point where something was chosen; the trail of a run is replayed up to the last one that has an alternative.
struct Choice {
  std::vector<Sleeper> candidates;  // threads, in the order they are tried; empty: a choice between values
  std::uint32_t options = 0, picked = 0;
};

bool independent(const Step& a, const Step& b) {
  return a.location != b.location || (a.access == Access::Load && b.access == Access::Load);
}

class Run {
 public:
  explicit Run(const Options& options) : options_(options), random_(options.seed) {}

  Outcome explore(const std::function<Scenario()>& make);

  int new_location(std::uint64_t initial) {
    if (memory_.size() == kMostLocations) std::abort();
    memory_.push_back({Message{initial, {}}});
    return static_cast<int>(memory_.size()) - 1;
  }

  std::uint64_t load(int location, bool acquire, bool seq_cst) {
    View& view = arrive({location, Access::Load});
    std::vector<Message>& messages = memory_[location];
    if (seq_cst) in_order(view, location);
    const auto newest = static_cast<std::uint32_t>(messages.size()) - 1;
    std::uint32_t index = newest;
    if (options_.stale_reads && current_ >= 0) index -= choose(newest - view.seen[location] + 1);
    view.seen[location] = static_cast<std::uint8_t>(index);
    if (acquire && !contains(options_.relaxed_loads, location)) view.join(messages[index].view);
    if (seq_cst) seq_cst_view_.seen[location] = view.seen[location];
    return messages[index].value;
  }

  void store(int location, std::uint64_t value, bool release, bool seq_cst) {
    write(arrive({location, Access::Store}), location, value, release, seq_cst, View{});
  }

  std::uint64_t update(int location, bool acquire, bool release, bool seq_cst,
                       const std::function<bool(std::uint64_t, std::uint64_t&)>& update) {
    View& view = arrive({location, Access::Update});
    const Message read = memory_[location].back();
    view.seen[location] = static_cast<std::uint8_t>(memory_[location].size() - 1);
    if (acquire && !contains(options_.relaxed_loads, location)) view.join(read.view);
    std::uint64_t next = 0;
    if (update(read.value, next)) write(view, location, next, release, seq_cst, read.view);
    return read.value;
  }

  std::uint64_t ticks() const { return ticks_; }
  void operation_begins() {
    if (current_ >= 0) fibers_[current_]->announced = true;
  }
  std::uint64_t operation_began() const { return current_ >= 0 ? fibers_[current_]->began : ticks_; }
  void run_body() { fibers_[current_]->body(); }
  void finish() {
    fibers_[current_]->done = true;
    _longjmp(main_jump_, 1);
  }

 private:
  static bool contains(const std::vector<int>& list, int item) {
    return std::find(list.begin(), list.end(), item) != list.end();
  }

  // The one order of all seq_cst accesses is the order in which they are made here. It binds them alone, and each at
  // its own location: what else a thread wrote before it is not told by it, as it would be by a fence.
  void in_order(View& view, int location) const {
    view.seen[location] = std::max(view.seen[location], seq_cst_view_.seen[location]);
  }

  void write(View& view, int location, std::uint64_t value, bool release, bool seq_cst, const View& carried) {
    if (seq_cst) in_order(view, location);
    std::vector<Message>& messages = memory_[location];
    if (messages.size() == 255) std::abort();
    view.seen[location] = static_cast<std::uint8_t>(messages.size());
    Message message{value, carried};  // an update continues the release sequence of what it read
    if (release && !contains(options_.relaxed_stores, location)) message.view.join(view);
    message.view.seen[location] = view.seen[location];
    messages.push_back(message);
    if (seq_cst) seq_cst_view_.seen[location] = view.seen[location];
  }

  // Waits for this thread's turn to make `step`, and returns its view.
  View& arrive(Step step) {
    ++ticks_;
    if (current_ < 0) return main_view_;
    Fiber& fiber = *fibers_[current_];
    fiber.pending = step;
    if (_setjmp(fiber.jump) == 0) _longjmp(main_jump_, 1);
    ++ticks_;
    if (fiber.announced) {
      fiber.announced = false;
      fiber.began = ticks_;
    }
    return fiber.view;
  }

  void resume(int thread) {
    current_ = thread;
    Fiber& fiber = *fibers_[thread];
    if (_setjmp(main_jump_) == 0) {
      if (fiber.entered) _longjmp(fiber.jump, 1);
      fiber.entered = true;
      setcontext(&fiber.context);
    }
    current_ = -1;
  }

  // A choice without threads: which of several values.
  std::uint32_t choose(std::uint32_t options) {
    if (options <= 1) return 0;
    if (options_.random_runs != 0) return static_cast<std::uint32_t>(random_() % options);
    if (depth_ == trail_.size()) trail_.push_back({{}, options, 0});
    return trail_[depth_++].picked;
  }

  int choose_thread();
  bool run_once(const std::function<Scenario()>& make, std::string& failure);
  bool next_trail();
  void start(std::vector<std::function<void()>>& bodies);

  const Options& options_;
  std::mt19937_64 random_;
  std::vector<std::vector<Message>> memory_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  jmp_buf main_jump_{};
  View main_view_, seq_cst_view_;
  std::vector<Choice> trail_;
  std::size_t depth_ = 0;
  std::vector<Sleeper> asleep_;
  std::vector<int> schedule_;
  int current_ = -1, last_ = 0;
  std::uint64_t ticks_ = 0;
};

Run* active = nullptr;

void enter_fiber() {
  active->run_body();
  active->finish();
}

void Run::start(std::vector<std::function<void()>>& bodies) {
  while (fibers_.size() < bodies.size()) fibers_.push_back(std::make_unique<Fiber>());
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    Fiber& fiber = *fibers_[i];
    fiber.body = std::move(bodies[i]);
    fiber.done = fiber.announced = fiber.entered = false;
    fiber.view = main_view_;  // thread creation synchronizes
    getcontext(&fiber.context);
    fiber.context.uc_stack = {fiber.stack.get(), 0, kStack};
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, enter_fiber, 0);
    resume(static_cast<int>(i));  // up to its first atomic step
  }
}

// -1: nothing to run, or nothing that was not covered by another schedule (`pruned`).
int Run::choose_thread() {
  std::vector<Sleeper> enabled;
  const int threads = static_cast<int>(fibers_.size());
  for (int i = 0; i < threads; ++i) {
    const int thread = (last_ + i) % threads;  // carry on with the same thread first
    if (!fibers_[thread]->done) enabled.push_back({thread, fibers_[thread]->pending});
  }
  if (enabled.empty()) return -1;
  if (options_.random_runs != 0) return enabled[random_() % enabled.size()].thread;

  if (depth_ == trail_.size()) {
    std::vector<Sleeper> candidates;
    for (const Sleeper& one : enabled) {
      const bool sleeps =
          std::any_of(asleep_.begin(), asleep_.end(), [&](const Sleeper& s) { return s.thread == one.thread; });
      if (!sleeps) candidates.push_back(one);
    }
    if (candidates.empty()) return -2;
    trail_.push_back({std::move(candidates), 0, 0});
    trail_.back().options = static_cast<std::uint32_t>(trail_.back().candidates.size());
  }
  const Choice& choice = trail_[depth_++];
  const Sleeper picked = choice.candidates[choice.picked];
  std::vector<Sleeper> asleep;
  for (const Sleeper& s : asleep_) {
    if (independent(s.step, picked.step)) asleep.push_back(s);
  }
  for (std::uint32_t i = 0; i < choice.picked; ++i) {
    if (independent(choice.candidates[i].step, picked.step)) asleep.push_back(choice.candidates[i]);
  }
  asleep_ = std::move(asleep);
  return picked.thread;
}

bool Run::run_once(const std::function<Scenario()>& make, std::string& failure) {
  memory_.clear();
  main_view_ = seq_cst_view_ = View{};
  depth_ = 0;
  asleep_.clear();
  schedule_.clear();
  last_ = 0;
  ticks_ = 0;
  Scenario scenario = make();
  start(scenario.threads);
  int thread = 0;
  while ((thread = choose_thread()) >= 0) {
    schedule_.push_back(thread);
    last_ = thread;
    resume(thread);
    if (schedule_.size() > kMostSteps) {
      failure = "no end in sight: livelock";
      return true;
    }
  }
  if (thread == -2) return false;
  for (const auto& fiber : fibers_) main_view_.join(fiber->view);  // joining a thread synchronizes
  failure = scenario.verdict();
  return true;
}

bool Run::next_trail() {
  while (!trail_.empty() && trail_.back().picked + 1 == trail_.back().options) trail_.pop_back();
  if (trail_.empty()) return false;
  ++trail_.back().picked;
  return true;
}

Outcome Run::explore(const std::function<Scenario()>& make) {
  Outcome outcome;
  Run* const before = active;
  active = this;
  for (;;) {
    std::string failure;
    ++outcome.runs;
    if (!run_once(make, failure)) ++outcome.pruned;
    if (!failure.empty()) {
      outcome.failure = failure + "\nschedule:";
      for (const int thread : schedule_) outcome.failure += ' ' + std::to_string(thread);
      break;
    }
    if (outcome.runs >= (options_.random_runs != 0 ? options_.random_runs : options_.most_runs)) break;
    if (options_.random_runs == 0 && !next_trail()) {
      outcome.complete = true;
      break;
    }
  }
  active = before;
  return outcome;
}

}  // namespace

void View::join(const View& other) {
  for (std::size_t i = 0; i < seen.size(); ++i) seen[i] = std::max(seen[i], other.seen[i]);
}

Outcome explore(const std::function<Scenario()>& make, const Options& options) { return Run(options).explore(make); }

int new_location(std::uint64_t initial) { return active->new_location(initial); }
std::uint64_t load(int location, bool acquire, bool seq_cst) { return active->load(location, acquire, seq_cst); }
void store(int location, std::uint64_t value, bool release, bool seq_cst) {
  active->store(location, value, release, seq_cst);
}
std::uint64_t update(int location, bool acquire, bool release, bool seq_cst,
                     const std::function<bool(std::uint64_t, std::uint64_t&)>& update) {
  return active->update(location, acquire, release, seq_cst, update);
}
void operation_begins() { active->operation_begins(); }
std::uint64_t operation_began() { return active->operation_began(); }
std::uint64_t ticks() { return active->ticks(); }

}  // namespace resil::model

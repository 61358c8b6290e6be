#include "config/text/own_stack.h"

#include <pthread.h>
#include <signal.h>

#include <cstddef>
#include <exception>

namespace resil {
namespace {

// Reading needs a quarter of this; sanitizers need the rest. Untouched pages cost nothing.
constexpr std::size_t kStackBytes = std::size_t{2} << 20;

struct Job {
  const std::function<void()>& work;
  std::exception_ptr thrown;
};

void* run(void* argument) {
  Job& job = *static_cast<Job*>(argument);
  try {
    job.work();
  } catch (...) {
    job.thrown = std::current_exception();
  }
  return nullptr;
}

}  // namespace

bool run_on_own_stack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  sigset_t all, before;
  sigfillset(&all);
  Job job{work, nullptr};
  pthread_t thread{};
  bool started =
      pthread_attr_setstacksize(&attributes, kStackBytes) == 0 && pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
  if (started) {
    started = pthread_create(&thread, &attributes, run, &job) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  pthread_attr_destroy(&attributes);
  if (!started) return false;
  pthread_join(thread, nullptr);
  if (job.thrown) std::rethrow_exception(job.thrown);
  return true;
}

}  // namespace resil

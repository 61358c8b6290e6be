#include "resil/base/jitter.h"

#include <random>

namespace resil {

constinit thread_local unsigned thread_number __attribute__((tls_model("initial-exec"))) = 0;
std::atomic<unsigned> threads_seen{0};

constinit thread_local std::uint64_t thread_draws __attribute__((tls_model("initial-exec"))) = 0;

namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

Jitter::Jitter(std::uint64_t seed) : repeatable_(seed != 0), seed_(repeatable_ ? seed : random_seed()) {
  if (!repeatable_) watch_forks();
}

}  // namespace resil

// Cost by number of endpoints, bytes for each, and time and memory of loading large documents.
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>

#include "measure.h"
#include "resil.h"

namespace {

// This process's resident bytes.
std::int64_t resident() {
  std::ifstream file("/proc/self/statm");
  std::int64_t total = 0, pages = 0;
  file >> total >> pages;
  return pages * 4096;
}

void number(const std::string& what, std::int64_t n, const char* unit, double value) {
  std::printf("{\"table\": \"C: size\", \"row\": \"%s\", \"threads\": 1, \"subject\": \"%lld\", \"%s\": %.3f}\n",
              what.c_str(), static_cast<long long>(n), unit, value);
}

void endpoints(int count, int rounds) {
  resil_options options{};
  options.size = sizeof options;
  options.max_endpoints = static_cast<std::uint32_t>(count);
  resil_error error{};
  resil_engine* engine =
      resil_open(&options,
                 "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec:\n  policies: {circuitBreakers: {cb: {}}}\n"
                 "  targets: {apps: {a: {circuitBreaker: cb, circuitBreakerCacheSize: 10000000}}}\n",
                 -1, &error);
  if (engine == nullptr) std::fprintf(stderr, "%s\n", error.message), std::exit(1);
  const std::int64_t before = resident();
  for (int i = 0; i < count; ++i) {
    const std::string method = "method-" + std::to_string(i);
    if (resil_endpoint(engine, RESIL_APP, "a", 1, method.data(), static_cast<std::int64_t>(method.size())) != i)
      std::abort();
  }
  if (count >= 1000) number("bytes an idle endpoint", count, "bytes", static_cast<double>(resident() - before) / count);
  std::vector<std::int32_t> order(1 << 20);
  std::mt19937 random(7);
  for (std::int32_t& id : order) id = static_cast<std::int32_t>(random() % static_cast<unsigned>(count));
  bench::row("C: healthy pair by number of endpoints", std::to_string(count) + " endpoints, at random",
             {{"resil",
               [&](int, std::int64_t times) {
                 for (std::int64_t i = 0; i < times; ++i) {
                   resil_ticket ticket;
                   std::memset(&ticket, 0, sizeof ticket);
                   resil_begin(engine, order[static_cast<std::size_t>(i) % order.size()], RESIL_NOW, &ticket);
                   resil_end(engine, &ticket, RESIL_SUCCESS, RESIL_NOW);
                 }
               }}},
             1, 1'000'000, rounds);
  resil_close(engine);
}

void load(int targets) {
  std::string yaml = "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec:\n  policies:\n    timeouts:\n";
  for (int i = 0; i < targets; ++i) yaml += "      t" + std::to_string(i) + ": " + std::to_string(i + 1) + "ms\n";
  yaml += "  targets:\n    apps:\n";
  for (int i = 0; i < targets; ++i) yaml += "      a" + std::to_string(i) + ": {timeout: t" + std::to_string(i) + "}\n";
  resil_options options{};
  options.size = sizeof options;
  options.max_bytes = 64 << 20;
  resil_error error{};
  const std::int64_t before = resident();
  const auto start = std::chrono::steady_clock::now();
  resil_engine* engine = resil_open(&options, yaml.data(), static_cast<std::int64_t>(yaml.size()), &error);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  if (engine == nullptr) std::fprintf(stderr, "%s\n", error.message), std::exit(1);
  number("load: policies and targets, ms", targets, "ms", took.count());
  number("load: policies and targets, MiB", targets, "mib", static_cast<double>(resident() - before) / (1 << 20));
  resil_close(engine);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
  for (const int count : {1, 1'000, 100'000, 1'000'000}) endpoints(count, rounds);
  for (const int targets : {100, 1'000, 10'000}) load(targets);
}

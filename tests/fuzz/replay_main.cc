// Runs a fuzz target over a stored corpus: what libFuzzer does with files given on its command line, for every
// compiler. An input that takes over a second fails too; refusing hostile text quickly is part of the contract.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::chrono::seconds kMostTime{60};  // an input takes milliseconds: a hang meets it, a slow machine does not

bool replay(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto start = std::chrono::steady_clock::now();
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (took > kMostTime) std::fprintf(stderr, "%s: took %.2f s\n", path.c_str(), took.count());
  return took <= kMostTime;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> inputs;
  for (int i = 1; i < argc; ++i) {
    if (std::filesystem::is_directory(argv[i])) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
        if (entry.is_regular_file()) inputs.push_back(entry.path());
      }
    } else {
      inputs.emplace_back(argv[i]);
    }
  }
  if (inputs.empty()) {
    std::fprintf(stderr, "nothing to replay: give files or folders\n");
    return 1;
  }
  std::sort(inputs.begin(), inputs.end());
  const auto slow = std::count_if(inputs.begin(), inputs.end(), [](const auto& path) { return !replay(path); });
  std::printf("replayed %zu inputs, %ld too slow\n", inputs.size(), static_cast<long>(slow));
  return slow == 0 ? 0 : 1;
}

// What the machine does not give: no more files, no room for a thread. Policies are then refused, with the reason.
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <fstream>

#include "support/loading.h"
#include "support/sanitized.h"

namespace resil {
namespace {

TEST(LoaderFailures, AFileThatCannotBeOpenedSaysWhy) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", document("  {}\n"));
  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit none{0, usual.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const LoadResult one = load_path({}, file), all = load_path({}, folder.path());
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &usual), 0);
  const std::vector<std::string> said = errors(one), of_folder = errors(all);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0], file + ": cannot be opened: Too many open files");
  ASSERT_EQ(of_folder.size(), 1u);
  EXPECT_EQ(of_folder[0], folder.path() + ": the folder cannot be read: Too many open files");
}

std::size_t pages_in_use() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages;
}

TEST(LoaderFailures, WithoutRoomForAThreadNothingIsRead) {
  if (testing::kSanitized) GTEST_SKIP() << "a sanitizer needs more memory than that";
  const auto load_without_room = [] {
    const rlim_t most = pages_in_use() * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + (1U << 20);
    const rlimit limit{most, most};
    setrlimit(RLIMIT_AS, &limit);
    // Others take the stacks that the C library keeps of threads that are gone, until there is no room for a thread.
    pthread_t other{};
    const auto sleep = [](void*) -> void* {
      for (;;) pause();
    };
    while (pthread_create(&other, nullptr, sleep, nullptr) == 0) {}
    pthread_attr_t as_ours;
    pthread_attr_init(&as_ours);
    pthread_attr_setstacksize(&as_ours, std::size_t{2} << 20);
    while (pthread_create(&other, &as_ours, sleep, nullptr) == 0) {}
    const LoadResult result = load_text({}, document("  {}\n"));
    std::fprintf(stderr, "%d: %s", result.policies ? 1 : 0,
                 result.diagnostics.empty() ? "none" : result.diagnostics[0].text().c_str());
    std::_Exit(0);
  };
  EXPECT_EXIT(load_without_room(), ::testing::ExitedWithCode(0),
              "^0: no thread could be started to read the policies on; free some$");
}

}  // namespace
}  // namespace resil

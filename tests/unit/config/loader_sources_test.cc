// Files and folders.
#include <sys/resource.h>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <functional>

#include "config/text/own_stack.h"
#include "support/loading.h"
#include "support/sanitized.h"

namespace resil {
namespace {

using Texts = std::vector<std::string>;

std::string timeouts(const std::string& entries) { return document("  policies:\n    timeouts: {" + entries + "}\n"); }

TEST(LoaderSources, AFile) {
  TemporaryFolder folder;
  const LoadResult result = load_path({}, folder.write("any.name", timeouts("t: 5s")));
  EXPECT_EQ(errors(result), Texts{});
  EXPECT_EQ(result.policies->timeouts.at("t"), 5 * kSecond);
}

TEST(LoaderSources, ErrorsNameTheFile) {
  TemporaryFolder folder;
  const std::string file = folder.write("bad.yaml", timeouts("t: 5x"));
  EXPECT_EQ(
      errors(load_path({}, file)),
      Texts{file + ":5:19: t: '5x' is not a duration: there is no unit 'x', the units are ns, us, ms, s, m and h"});
}

TEST(LoaderSources, AFolderInTheOrderOfItsNames) {
  TemporaryFolder folder;
  folder.write("b.yml", timeouts("t: 2s, b: 2s"));
  folder.write("a.yaml", timeouts("t: 1s"));
  folder.write("c.yaml", timeouts("t: 3s"));
  folder.write("d.txt", "not: [yaml");
  folder.write("e.yaml", "kind: Component\nspec: &x\n");
  folder.write("sub/f.yaml", timeouts("t: 9s"));
  folder.write("g.yaml.d/h", "");
  const LoadResult result = load_path({}, folder.path());
  EXPECT_EQ(errors(result), Texts{});
  EXPECT_EQ(
      warnings(result),
      (Texts{folder.path("b.yml") + ":5:16: timeout 't' overrides the one of " + folder.path("a.yaml") + ", line 5",
             folder.path("c.yaml") + ":5:16: timeout 't' overrides the one of " + folder.path("b.yml") + ", line 5"}));
  ASSERT_TRUE(result.policies);
  EXPECT_EQ(result.policies->timeouts.at("t"), 3 * kSecond);
  EXPECT_EQ(result.policies->timeouts.at("b"), 2 * kSecond);
}

TEST(LoaderSources, AFolderMayHoldOtherThings) {
  TemporaryFolder folder;
  folder.write("a.yaml", timeouts("t: 1s"));
  folder.write("b.yaml", "services: {web: {image: x}}\n");
  folder.write("c.yaml", "- a list\n");
  const LoadResult result = load_path({}, folder.path());
  EXPECT_EQ(errors(result), Texts{});
  EXPECT_EQ(warnings(result),
            (Texts{folder.path("b.yaml") + ":1:1: this document has no kind; it is skipped",
                   folder.path("c.yaml") + ":1:1: this document is no mapping with a kind; it is skipped"}));
  folder.write("d.yaml", "spec: {policies: {}}\n");
  EXPECT_EQ(errors(load_path({}, folder.path())),
            Texts{folder.path("d.yaml") + ":1:1: the document has no kind; write kind: Resiliency"});
}

TEST(LoaderSources, OneBadFileRefusesTheFolder) {
  TemporaryFolder folder;
  folder.write("a.yaml", timeouts("t: 1s"));
  folder.write("b.yaml", timeouts("t: x"));
  EXPECT_EQ(errors(load_path({}, folder.path())).size(), 1u);
}

TEST(LoaderSources, WhatCannotBeRead) {
  TemporaryFolder folder;
  EXPECT_EQ(errors(load_path({}, folder.path("nosuch"))),
            Texts{folder.path("nosuch") + ": there is no such file or folder"});
  EXPECT_EQ(errors(load_path({}, "")), Texts{"the path is empty; name a file or a folder"});
  EXPECT_EQ(errors(load_path({}, "/dev/zero")), Texts{"/dev/zero: this is neither a file nor a folder"});
  EXPECT_EQ(errors(load_path({}, folder.path())).size(), 1u) << "an empty folder";
  EXPECT_NE(errors(load_path({}, folder.path()))[0].find("there is no kind: Resiliency document in here"),
            std::string::npos);
}

TEST(LoaderSources, APipeInAFolderIsNotWaitedFor) {
  TemporaryFolder folder;
  folder.write("a.yaml", timeouts("t: 1s"));
  ASSERT_EQ(::mkfifo(folder.path("b.yaml").c_str(), 0600), 0);
  EXPECT_EQ(errors(load_path({}, folder.path())), Texts{});
}

TEST(LoaderSources, TheSizeOfAllFilesTogetherIsBounded) {
  TemporaryFolder folder;
  folder.write("a.yaml", timeouts("t: 1s") + "#" + std::string(150'000, 'x') + "\n");
  EXPECT_EQ(errors(load_path({}, folder.path())), Texts{});
  folder.write("b.yaml", timeouts("u: 1s") + "#" + std::string(150'000, 'x') + "\n");
  EXPECT_EQ(errors(load_path({}, folder.path())),
            Texts{folder.path("b.yaml") +
                  ": the policy text is too large: at most 262144 bytes in all; raise max_bytes if it is right"});
  LoadOptions more;
  more.max_bytes = 400'000;
  EXPECT_EQ(errors(load_path(more, folder.path())), Texts{});
}

TEST(LoaderSources, EveryUsualEndingOfANameIsYaml) {
  const TemporaryFolder folder;
  for (const char* end : {"yaml", "yml", "YAML", "YML", "json", "txt"}) {
    folder.write(std::string("t.") + end, document("  policies: {timeouts: {" + std::string(end) +
                                                   ": 1s}}\n  targets: {apps: {a: {timeout: " + end + "}}}\n"));
  }
  const LoadResult result = load_path({}, folder.path());
  ASSERT_TRUE(result.policies);
  for (const char* end : {"yaml", "yml", "YAML", "YML"}) EXPECT_TRUE(result.policies->timeouts.contains(end)) << end;
  EXPECT_EQ(result.policies->timeouts.size(), 4u);
}

// A regular file by its looks that cannot be read at its beginning.
TEST(LoaderSources, AFileThatCannotBeReadSaysWhy) {
  const std::vector<std::string> said = errors(load_path({}, "/proc/self/mem"));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].rfind("/proc/self/mem: cannot be read: ", 0), 0u) << said[0];
}

// It is read no further than it may be long: else there would not be the memory.
TEST(LoaderSources, AFileFarTooLongIsNotReadToItsEnd) {
  if (testing::kSanitized) GTEST_SKIP() << "a sanitizer needs more memory than that";
  const TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", "");
  std::filesystem::resize_file(file, std::uintmax_t{4} << 30);  // takes no room on the disk
  const auto read_in_a_gigabyte = [&file] {
    const rlimit most{std::uint64_t{1} << 30, std::uint64_t{1} << 30};
    setrlimit(RLIMIT_AS, &most);
    const LoadResult result = load_path({}, file);
    std::fprintf(stderr, "%s", result.diagnostics.empty() ? "none" : result.diagnostics[0].text().c_str());
    std::_Exit(0);
  };
  EXPECT_EXIT(read_in_a_gigabyte(), ::testing::ExitedWithCode(0), "the policy text is too large");
}

// What a process may run out of is an error like any other.
TEST(LoaderSources, WithoutRoomForAnotherFile) {
  TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", timeouts("t: 5s"));
  const auto without_files = [&file] {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_NOFILE, &none);
    const LoadResult result = load_path({}, file);
    std::fprintf(stderr, "%s", result.diagnostics.empty() ? "none" : result.diagnostics[0].text().c_str());
    std::_Exit(result.policies ? 1 : 0);
  };
  EXPECT_EXIT(without_files(), ::testing::ExitedWithCode(0), "a.yaml: cannot be opened: Too many open files");
}

TEST(LoaderSources, WithoutRoomForAThread) {
  if (testing::kSanitized) GTEST_SKIP() << "sanitizers need room of their own";
  // Threads that have ended leave their stacks to the next ones; one within another uses these up.
  const std::function<void()> load_where_no_thread_starts = [&] {
    if (run_on_own_stack(load_where_no_thread_starts)) return;
    const LoadResult result = load_text({}, timeouts("t: 5s"));
    std::fprintf(stderr, "%s", result.diagnostics.empty() ? "none" : result.diagnostics[0].text().c_str());
    std::_Exit(result.policies ? 1 : 0);
  };
  const auto without_room = [&] {
    const rlimit none{1, 1};
    setrlimit(RLIMIT_AS, &none);
    load_where_no_thread_starts();
  };
  EXPECT_EXIT(without_room(), ::testing::ExitedWithCode(0),
              "no thread could be started to read the policies on; free some");
}

// Which kind a source has instead is told by its line, with the file's name only in a folder.
TEST(LoaderSources, WhatASourceHasInstead) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", "# not ours\nkind: Component\n---\nkind: Deployment\n");
  std::vector<std::string> said = errors(load_path({}, file));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_NE(said[0].find("(line 2 says kind: Component)"), std::string::npos) << said[0];
  folder.write("b.yaml", "\n\nkind: Job\n");
  said = errors(load_path({}, folder.path()));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_NE(said[0].find("(" + file + ", line 2 says kind: Component)"), std::string::npos) << said[0];
}

}  // namespace
}  // namespace resil

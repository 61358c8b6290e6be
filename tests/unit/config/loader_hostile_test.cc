// Input that means harm: refused, quickly, within little memory, on any stack.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "support/loading.h"
#include "support/sanitized.h"

namespace resil {
namespace {

using testing::kSanitized;

// Sanitizers are slow, and find in a tenth of the text what there is to find.
std::string repeated(const std::string& part, std::size_t times) {
  if (kSanitized && times > 1000) times /= 10;
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

std::string alias_bomb() {
  std::string text = "kind: Resiliency\na0: &a0 x\n";
  for (int i = 1; i <= 30; ++i) {
    const std::string name = std::string("a").append(std::to_string(i));
    const std::string alias = std::string("*a").append(std::to_string(i - 1)).append(",");
    text.append(name).append(": &").append(name).append(" [").append(repeated(alias, 9)).append("]\n");
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> hostile_texts() {
  return {
      {"100k flow sequences", repeated("[", 100'000)},
      {"100k flow sequences, closed", repeated("[", 100'000) + repeated("]", 100'000)},
      {"100k flow mappings", repeated("{a: ", 65'000)},
      {"100k block sequences", repeated("- ", 100'000)},
      {"100k complex keys", repeated("? ", 100'000)},
      {"100k anchored", repeated("&a [", 60'000)},
      {"256 KiB of commas", std::string("[").append(repeated("1,", 131'000))},
      {"256 KiB of question marks", repeated("?\n", 131'000)},
      {"256 KiB of pairs", std::string("{").append(repeated("a: 1,", 52'000))},
      {"256 KiB of one key", repeated("a: 1\n", 52'000)},
      {"256 KiB of keys",
       [] {
         std::string t;
         for (int i = 0; i < 30'000; ++i) t.append("k").append(std::to_string(i)).append(":\n");
         return t;
       }()},
      {"256 KiB of dashes", repeated("---\n", 65'000)},
      {"256 KiB of quotes", repeated("\"", 262'000)},
      {"256 KiB of open braces", repeated("}", 262'000)},
      {"alias bomb", alias_bomb()},
      {"cyclic anchor", "kind: Resiliency\nspec: &a [*a, 1]\n"},
      {"50 MB scalar", "kind: Resiliency\na: " + std::string(50'000'000, 'x')},
      {"50 MB quoted", "kind: Resiliency\na: \"" + std::string(50'000'000, 'x') + "\""},
      {"200 KB scalar", "kind: Resiliency\na: " + std::string(200'000, 'x')},
      {"NUL", std::string("kind: Resiliency\nspec: \0{}", 25)},
      {"only NULs", std::string(1000, '\0')},
      {"invalid UTF-8", "kind: Resiliency\nspec: {\xC3\x28}\n"},
      {"UTF-16", std::string("\xFF\xFEk\0i\0n\0d\0", 10)},
      {"UTF-32", std::string("\0\0\xFE\xFF\0\0\0k", 8)},
      {"duplicate keys", "kind: Resiliency\nspec: {}\nspec: {}\n"},
      {"trailing garbage", "kind: Resiliency\nspec: {}\n...\ngarbage: [\n"},
      {"trailing comma", "{kind: Resiliency},"},
      {"comma", ","},
      {"truncated", "kind: Resiliency\nspec: {policies: {retries: {r: {maxRetries: \"3"},
      {"truncated after a quote", "kind: Resiliency\nspec: {}\nmetadata: {name: x}\nscopes:\n- \"open\n"},
      {"tags", "kind: Resiliency\nspec: !!python/object:os.system {}\n"},
      {"names to suggest from",
       [] {
         std::string t = "kind: Resiliency\nspec:\n  policies:\n    timeouts:\n";
         const std::string name(44, 'x');
         for (int i = 1000; i < 1299; ++i) t.append("      ").append(name).append(std::to_string(i)).append(": 1s\n");
         t.append("  targets:\n    apps:\n");
         for (int i = 1000; i < 2500; ++i) {
           t.append("      a")
               .append(std::to_string(i))
               .append(": {timeout: ")
               .append(std::string(20, 'x') + std::string(28, 'y'))
               .append("}\n");
         }
         return t;
       }()},
      {"merge keys", "kind: Resiliency\nspec: {<<: {policies: {}}}\n"},
  };
}

TEST(LoaderHostile, IsRefusedWithAnError) {
  for (const auto& [name, text] : hostile_texts()) {
    const LoadResult result = load_text({}, text);
    EXPECT_FALSE(result.policies) << name;
    ASSERT_FALSE(result.diagnostics.empty()) << name;
    EXPECT_FALSE(result.diagnostics[0].message.empty()) << name;
    EXPECT_LT(result.diagnostics[0].message.size(), 400u) << name;
  }
}

// Generous against slow machines, instrumented builds and a busy test host; what a real machine needs is far less.
TEST(LoaderHostile, TakesLittleTimeAndMemory) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need more of both";
  for (const auto& [name, text] : hostile_texts()) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      rusage before{}, after{};
      ::getrusage(RUSAGE_SELF, &before);
      const rlimit cpu{10, 10};
      ::setrlimit(RLIMIT_CPU, &cpu);
      const bool refused = !load_text({}, text).policies;
      ::getrusage(RUSAGE_SELF, &after);
      const bool small = after.ru_maxrss - before.ru_maxrss < 100 * 1024;
      ::_exit(refused && small ? 0 : refused ? 2 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status)) << name << ": killed by signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 0) << name << (WEXITSTATUS(status) == 2 ? ": too much memory" : ": loaded");
  }
}

TEST(LoaderHostile, AMessageIsOneLineWhateverItQuotes) {
  const std::string error = only_error("kind: Resiliency\nspec:\n  \"a\\nb\\e[31m\\tc\": 1\n");
  EXPECT_EQ(error.substr(0, 31), "3:3: unknown field 'a b?[31m c'");
}

struct SmallStackRun {
  std::vector<std::pair<std::string, std::string>> texts = hostile_texts();
  std::size_t refused = 0;
  bool loaded = false;
};

void* load_all(void* argument) {
  auto& run = *static_cast<SmallStackRun*>(argument);
  for (const auto& [name, text] : run.texts) run.refused += load_text({}, text).policies ? 0 : 1;
  run.loaded = load_text({}, document("  policies:\n    timeouts: {t: 5s}\n")).policies.has_value();
  return nullptr;
}

TEST(LoaderHostile, ASmallStackIsEnough) {
  SmallStackRun run;
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 64 * 1024), 0);
  pthread_t thread;
  ASSERT_EQ(pthread_create(&thread, &attributes, load_all, &run), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_EQ(run.refused, run.texts.size());
  EXPECT_TRUE(run.loaded);
}

TEST(LoaderHostile, ManyMistakesAreCountedNotListed) {
  std::string lines = "  policies:\n    timeouts:\n";
  for (int i = 0; i < 1000; ++i) lines.append("      t").append(std::to_string(i)).append(": x\n");
  const LoadResult result = load_text({}, document(lines));
  ASSERT_EQ(result.diagnostics.size(), 101u);
  EXPECT_EQ(result.diagnostics.back().message, "and 900 more errors and 0 more warnings");
}

TEST(LoaderHostile, TenThousandPoliciesLoadWhereTheLimitIsRaised) {
  std::string retries = "  policies:\n    retries:\n", targets = "  targets:\n    apps:\n";
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = std::to_string(i);
    retries.append("      r").append(name).append(": {policy: constant, duration: 1s, maxRetries: 3}\n");
    targets.append("      app").append(name).append(": {retry: r").append(name).append("}\n");
  }
  const std::string text = document(retries + targets);
  EXPECT_FALSE(load_text({}, text).policies);
  LoadOptions options;
  options.max_bytes = text.size();
  const LoadResult result = load_text(options, text);
  ASSERT_TRUE(result.policies) << result.diagnostics[0].text();
  EXPECT_EQ(result.policies->apps.size(), 10'000u);
  EXPECT_EQ(result.policies->apps.at("app777").retry->name, "r777");
}

TEST(LoaderHostile, EveryTruncationIsRefusedOrWhole) {
  const std::string whole = document(
      "  policies:\n    retries: {r: {maxRetries: 3, matching: {httpStatusCodes: \"500-599\"}}}\n    "
      "circuitBreakers:\n      "
      "cb:\n        trip: 'requests > 3 && totalFailures > 1'\n  targets:\n    apps: {a: {retry: r, circuitBreaker: "
      "cb}}\n");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const LoadResult result = load_text({}, whole.substr(0, length));
    EXPECT_EQ(result.policies.has_value(), errors(result).empty()) << length;
  }
}

}  // namespace
}  // namespace resil

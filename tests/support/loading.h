// Short ways to load policies in tests, and to see what was said about them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/document/loader.h"

namespace resil {

// A document around the given lines of `spec`, which begin at line 4 and are indented by two.
inline std::string document(const std::string& spec) {
  return "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec:\n" + spec;
}

inline std::vector<std::string> errors(const LoadResult& result) {
  std::vector<std::string> texts;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    if (diagnostic.error) texts.push_back(diagnostic.text());
  }
  EXPECT_EQ(texts.empty(), result.policies.has_value()) << "policies are there if and only if there is no error";
  return texts;
}

inline std::vector<std::string> all_warnings(const LoadResult& result) {
  std::vector<std::string> texts;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    if (!diagnostic.error) texts.push_back(diagnostic.text());
  }
  return texts;
}

// Without those of policies that no target names: a test of policies seldom has targets.
inline std::vector<std::string> warnings(const LoadResult& result) {
  std::vector<std::string> texts = all_warnings(result);
  std::erase_if(texts, [](const std::string& text) { return text.find(" is not used: ") != std::string::npos; });
  return texts;
}

// Loads what must load without a word.
inline PolicySet loaded(const std::string& yaml, const LoadOptions& options = {}) {
  const LoadResult result = load_text(options, yaml);
  EXPECT_EQ(errors(result), std::vector<std::string>{});
  EXPECT_EQ(warnings(result), std::vector<std::string>{});
  return result.policies.value_or(PolicySet{});
}

// The one error of a text that must not load.
inline std::string only_error(const std::string& yaml, const LoadOptions& options = {}) {
  const std::vector<std::string> texts = errors(load_text(options, yaml));
  EXPECT_EQ(texts.size(), 1u) << (texts.empty() ? "no error" : texts.back());
  return texts.empty() ? "" : texts.front();
}

// A folder that is gone after the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "resil-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }
  std::string path() const { return path_.string(); }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace resil

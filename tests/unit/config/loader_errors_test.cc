// Every file of tests/conformance/bad gives exactly the errors of the .txt beside it; those of good load without a
// word, or with the warnings of the .txt.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "support/loading.h"

namespace resil {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> files(const std::string& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(fs::path(RESIL_SOURCE_DIR) / "tests/conformance" / folder)) {
    if (entry.path().extension() == ".yaml") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

TEST(LoaderErrors, BadFilesSayWhereAndWhatToDo) {
  const std::vector<fs::path> bad = files("bad");
  EXPECT_GE(bad.size(), 25u);
  for (const fs::path& file : bad) {
    std::string all;
    for (const std::string& error : errors(load_text({}, contents(file)))) all += error + "\n";
    EXPECT_EQ(all, contents(fs::path(file).replace_extension(".txt"))) << file;
  }
}

TEST(LoaderErrors, ErrorsFitTheCallersBuffer) {
  for (const fs::path& file : files("bad")) {
    for (const std::string& error : errors(load_text({}, contents(file)))) EXPECT_LT(error.size(), 240u) << error;
  }
}

TEST(LoaderErrors, GoodFilesLoadWithTheWarningsBesideThem) {
  const std::vector<fs::path> good = files("good");
  EXPECT_GE(good.size(), 5u);
  LoadOptions options;
  options.app_id = "checkout";
  for (const fs::path& file : good) {
    const LoadResult result = load_text(options, contents(file));
    EXPECT_EQ(errors(result), std::vector<std::string>{}) << file;
    std::string all;
    for (const std::string& warning : all_warnings(result)) all += warning + "\n";
    EXPECT_EQ(all, contents(fs::path(file).replace_extension(".txt"))) << file;
  }
}

}  // namespace
}  // namespace resil

#include "config/document/source.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

namespace resil {
namespace {

namespace fs = std::filesystem;

std::string last_error() { return std::error_code(errno, std::generic_category()).message(); }

bool is_yaml(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".YAML" || extension == ".YML";
}

// Reads one byte more than it may hold at most, so a file that grows, or has no end, is noticed and not followed.
std::optional<std::string> read_file(const std::string& path, std::size_t most, Diagnostics& diagnostics) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) {
    diagnostics.error(0, 0, "cannot be opened: " + last_error());
    return std::nullopt;
  }
  std::string text;
  char block[16'384];
  while (text.size() <= most) {
    const std::size_t got = std::fread(block, 1, sizeof block, file.get());
    text.append(block, got);
    if (got < sizeof block) break;
  }
  if (std::ferror(file.get()) != 0) {
    diagnostics.error(0, 0, "cannot be read: " + last_error());
    return std::nullopt;
  }
  return text;
}

std::vector<std::string> yaml_files(const std::string& folder, Diagnostics& diagnostics) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;  // what is no regular file could have no end, or never answer
    if (is_yaml(entry->path()) && fs::is_regular_file(entry->path(), ignored)) files.push_back(entry->path().string());
  }
  if (error) diagnostics.error(0, 0, "the folder cannot be read: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string too_large(std::size_t max_bytes) {
  return "the policy text is too large: at most " + std::to_string(max_bytes) +
         " bytes in all; raise max_bytes if it is right";
}

Sources read_sources(const std::string& path, std::size_t max_bytes, Diagnostics& diagnostics) {
  Sources sources;
  diagnostics.begin_source(path);
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    diagnostics.error(0, 0,
                      path.empty() ? "the path is empty; name a file or a folder" : "there is no such file or folder");
    return sources;
  }
  sources.folder = fs::is_directory(status);
  if (!sources.folder && !fs::is_regular_file(status)) {
    diagnostics.error(0, 0, "this is neither a file nor a folder");
    return sources;
  }
  std::size_t left = max_bytes;
  for (const std::string& file : sources.folder ? yaml_files(path, diagnostics) : std::vector<std::string>{path}) {
    diagnostics.begin_source(file);
    std::optional<std::string> text = read_file(file, left, diagnostics);
    if (!text) continue;
    if (text->size() > left) {
      diagnostics.error(0, 0, too_large(max_bytes));
      return sources;
    }
    left -= text->size();
    sources.texts.push_back({file, std::move(*text)});
  }
  return sources;
}

}  // namespace resil

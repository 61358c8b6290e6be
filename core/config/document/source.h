// Where policy text comes from: a file, or every YAML file of a folder.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/document/diagnostics.h"

namespace resil {

inline constexpr std::size_t kDefaultMaxBytes = 262'144;

struct SourceText {
  std::string name;  // of the file, as a user would find it
  std::string text;
};

struct Sources {
  bool folder = false;
  std::vector<SourceText> texts;
};

// The file, or the folder's *.yaml and *.yml sorted by name. At most `max_bytes` in all are read; more, or a file that
// cannot be read, is an error in the diagnostics.
Sources read_sources(const std::string& path, std::size_t max_bytes, Diagnostics& diagnostics);

std::string too_large(std::size_t max_bytes);

}  // namespace resil

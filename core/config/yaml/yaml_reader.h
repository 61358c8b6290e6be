// One YAML document's text -> a tree, or the reason why not. The only door to yaml-cpp, and the guard at it: whatever
// the text, reading it takes time and memory in proportion to its size, and a stack of 512 KiB is enough.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml/yaml_node.h"

namespace resil {

struct YamlLimits {
  std::size_t nodes = 20'000;
  std::size_t scalar = 4'096;  // bytes
  int depth = 32;
};

struct YamlMistake {
  int line = 0, column = 0;  // from 1; 0: unknown
  std::string message;
};

struct YamlResult {
  std::optional<YamlNode> root;  // absent for a mistake, and for a document of nothing but comments
  std::optional<YamlMistake> mistake;
};

// A document of a stream of several: its text begins at `first_line` (from 1) of the whole.
struct YamlDocument {
  std::string_view text;
  int first_line = 1;
};

// Splits at lines that begin with `---`. A byte order mark at the start is dropped.
std::vector<YamlDocument> split_yaml(std::string_view text);

// The first byte that cannot be in a YAML text: it is not UTF-8, or a control character.
std::optional<YamlMistake> find_bad_byte(const YamlDocument& document);

// Mistakes count lines as the whole text does.
YamlResult read_yaml(const YamlDocument& document, const YamlLimits& limits);

}  // namespace resil

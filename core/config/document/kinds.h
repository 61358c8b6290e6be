// Which kind a document is of, as far as possible without parsing it: a folder holds all sorts of files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/document/diagnostics.h"
#include "config/yaml/yaml_node.h"

namespace resil {

// How a source treats what it does not know.
enum class Setting { Text, Folder };

// A line `kind: X` that is not indented.
struct KindLine {
  std::string kind;
  int line = 0, column = 0;  // of the kind's name
};
std::vector<KindLine> kind_lines(std::string_view text, int first_line);

// True if a text that may be no YAML has the fields of a policy all the same.
bool mentions_policies(std::string_view text);

// True if a document has `spec.policies` or `spec.targets`, or these with their sections at the top.
bool holds_policies(const YamlNode& root);

// Which of the `wanted` kinds the document is of, by number; -1 if of none. Tells of one that was probably meant to be.
int find_kind(const YamlNode& root, const std::vector<std::string_view>& wanted, Setting setting,
              Diagnostics& diagnostics);

// Tells of a document of another kind that nobody would expect to be skipped in silence: a list of policies, and what
// holds policies under another name.
void tell_other_kind(const KindLine& found, const YamlNode* root, std::string_view text, std::string_view wanted,
                     Diagnostics& diagnostics);

}  // namespace resil

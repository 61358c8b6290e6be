// What to do about a field that is unknown where it stands, in the words of what its writer wanted.
#pragma once

#include <string>
#include <string_view>

#include "config/document/schema.h"
#include "config/yaml/yaml_node.h"

namespace resil {

// Where an unknown field stands: in a mapping of this shape, which has the fields that it has.
struct UnknownField {
  const YamlNode& key;
  const YamlNode& value;
  const YamlNode& mapping;
  Shape shape;
  bool extension;  // of a ResiliencyExtension
  bool in_full;    // false: a suggestion would not be read, so none is worked out
};
// "; did you mean 'x'?" and the like.
std::string remedy_for(const UnknownField& unknown);

}  // namespace resil

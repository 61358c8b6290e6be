// What to do about a field or a value that does not fit, in the words of what its writer wanted.
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

// What is wrong with a list or a mapping where `field` has a single value.
std::string not_a_value(std::string_view field, const YamlNode& value, Shape parent);

// What is wrong with the value of a named entry, which is no mapping of fields. (A timeout's is no single value.)
std::string not_an_entry(Shape entries, const std::string& name, const YamlNode& value);

// "; write NAME: {...}" for a list where names with entries should stand.
std::string instead_of_list(Shape entries, const YamlNode& list);

// "a mapping", "a list", "a single value"
std::string_view shape_of(const YamlNode& node);

}  // namespace resil

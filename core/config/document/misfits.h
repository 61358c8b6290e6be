// What is wrong with a value of another shape than its field has, and how to write it.
#pragma once

#include <string>
#include <string_view>

#include "config/document/schema.h"
#include "config/yaml/yaml_node.h"

namespace resil {

// Whatever it is: `what` must be a single value, or a mapping of fields.
std::string not_one_value(std::string_view what, const YamlNode& value);
std::string no_fields(std::string_view what, const YamlNode& value);

// What is wrong with a list or a mapping where `field` has a single value.
std::string not_a_value(std::string_view field, const YamlNode& value, Shape parent);

// What is wrong with a list or a single value where a field has fields of its own.
std::string not_a_mapping(const Field& field, const YamlNode& value);

// What is wrong with the value of a named entry, which is no mapping of fields. (A timeout's is no single value.)
std::string not_an_entry(Shape entries, const std::string& name, const YamlNode& value);

// "a mapping", "a list", "a single value"
std::string_view shape_of(const YamlNode& node);

}  // namespace resil

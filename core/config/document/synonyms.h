// What other libraries call a field, and what it is called here: whoever comes from there writes their words first.
#pragma once

#include <string>
#include <string_view>

#include "config/document/schema.h"
#include "config/yaml/yaml_node.h"

namespace resil {

// "; how often to retry is maxRetries" for an unknown field of `mapping`; nothing where the word says nothing, or where
// the field that it stands for is there already.
std::string synonym_of(std::string_view word, const YamlNode& mapping, Shape shape, bool extension);

// Where a field of ours is told to somebody whose document cannot have it.
std::string in_an_extension(bool extension);

}  // namespace resil

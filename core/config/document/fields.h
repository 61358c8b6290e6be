// Reads values out of a mapping, telling what is wrong with them. Every getter leaves `out` alone if the field is
// absent, null or wrong.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "config/document/diagnostics.h"
#include "config/yaml/yaml_node.h"
#include "resil/base/types.h"

namespace resil {

// What a mapping is called in messages, e.g. "retry policy 'r'".
struct Named {
  std::string what;
  std::string name;
  std::string text() const;
};

// True for a mapping; also for null, as if it were empty. Anything else is an error.
bool is_mapping(const YamlNode& node, const std::string& what, Diagnostics& diagnostics);

// Fields other than these are told, with the one that was probably meant.
void check_fields(const YamlNode& mapping, const std::string& what, std::initializer_list<std::string_view> known,
                  Diagnostics& diagnostics);

// A text, or a number or the like that may be taken as one. False (and told) for a list or a mapping.
bool is_scalar(const YamlNode& node, std::string_view field, Diagnostics& diagnostics);

void read_text(const YamlNode& mapping, std::string_view field, std::string& out, Diagnostics& diagnostics);

// Not negative.
void read_duration(const YamlNode& mapping, std::string_view field, Nanos& out, Diagnostics& diagnostics);

// A whole decimal number, quoted or not, from `least` to `most`.
void read_integer(const YamlNode& mapping, std::string_view field, std::int64_t least, std::int64_t most,
                  std::int64_t& out, Diagnostics& diagnostics);

}  // namespace resil

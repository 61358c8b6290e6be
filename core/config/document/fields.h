// Reads values out of a mapping that check_document has looked over. Every reader leaves `out` alone and answers false
// if the field is absent or its value is wrong, which it tells.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/document/diagnostics.h"
#include "config/yaml/yaml_node.h"
#include "resil/base/types.h"

namespace resil {

// True for a mapping; also for null, as if it were empty. Anything else is an error, which says to write it like
// `like`.
bool is_mapping(const YamlNode& node, std::string_view what, std::string_view like, Diagnostics& diagnostics);

// A text, or a number or the like that may be taken as one. False (and told) for a list or a mapping.
bool is_scalar(const YamlNode& node, std::string_view field, Diagnostics& diagnostics);

bool read_text(const YamlNode& mapping, std::string_view field, std::string& out);

// One of several words, in any case; `out` becomes its number.
bool read_word(const YamlNode& mapping, std::string_view field, const std::vector<std::string_view>& words,
               std::size_t& out, Diagnostics& diagnostics);

// Not negative.
bool read_duration(const YamlNode& mapping, std::string_view field, Nanos& out, Diagnostics& diagnostics);

// The same of a node that is no field of a mapping.
bool parse_duration_at(const YamlNode& node, std::string_view field, Nanos& out, Diagnostics& diagnostics);

// A whole number, quoted or not, from `least` to `most`.
bool read_integer(const YamlNode& mapping, std::string_view field, std::int64_t least, std::int64_t most,
                  std::int64_t& out, Diagnostics& diagnostics);

// A number from `least` to `most`; never NaN.
bool read_number(const YamlNode& mapping, std::string_view field, double least, double most, double& out,
                 Diagnostics& diagnostics);

bool read_bool(const YamlNode& mapping, std::string_view field, bool& out, Diagnostics& diagnostics);

}  // namespace resil

// Says of YAML that cannot be read what its writer most likely did.
#pragma once

#include <string>
#include <string_view>

#include "config/yaml/yaml_reader.h"

namespace resil {

// What the parser said, with what to do about it. `line` begins where the mistake's line does.
std::string explained(const std::string& message, std::string_view line);

// The same mistake, or the cause that the parser could not know: a template, a line of ----, a no-break space.
YamlMistake with_cause(const YamlDocument& document, YamlMistake mistake);

}  // namespace resil

// Looks a document over against the schema: unknown and misspelt fields, fields given twice, wrong shapes, values that
// are left out. What is told here is taken out of the tree, so that whoever reads it need not tell it again.
#pragma once

#include "config/document/diagnostics.h"
#include "config/yaml/yaml_node.h"

namespace resil {

// Afterwards each known field has its own spelling and a value of its shape, or YAML's null.
void check_document(YamlNode& root, bool extension, Diagnostics& diagnostics);

// Lenient: gives a field that is there in another case its own spelling, as the original reads it. For the few fields
// that are looked at before it is known whether the document applies.
const YamlNode* find_head(const YamlNode& mapping, std::string_view field, const Diagnostics& diagnostics);

}  // namespace resil

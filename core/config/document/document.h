// The documents of a source: which of them are Resiliency policies, and which of those apply to this app.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/document/diagnostics.h"
#include "config/document/kinds.h"
#include "config/document/source.h"
#include "config/yaml/yaml_reader.h"

namespace resil {

inline constexpr std::string_view kResiliency = "Resiliency", kExtension = "ResiliencyExtension",
                                  kConfiguration = "Configuration";

struct Document {
  std::string source;
  YamlNode root;           // a mapping
  bool extension = false;  // a ResiliencyExtension
};

struct Documents {
  std::vector<Document> list;
  bool complete = true;          // false: a document could not be read, so that names it defines may seem undefined
  std::vector<KindLine> others;  // of documents that were skipped
};

// All documents of the wanted kinds, the first of which is meant where none is given. Others are skipped, unread where
// their kind shows at a glance; a document that looks like a misspelt one is told.
Documents read_documents(const SourceText& source, const std::vector<std::string_view>& wanted, Setting setting,
                         const YamlLimits& limits, Diagnostics& diagnostics);

// False if `scopes` does not list the app; then a warning says so. Without an app id every document applies, and a
// warning says whose it is.
bool in_scope(const Document& document, const std::optional<std::string>& app_id, Diagnostics& diagnostics);

// "resiliency 'name'", for messages.
std::string document_name(const Document& document);

}  // namespace resil

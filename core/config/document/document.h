// The documents of a source: which of them are Resiliency policies, and which of those apply to this app.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/document/diagnostics.h"
#include "config/document/source.h"
#include "config/yaml/yaml_reader.h"

namespace resil {

struct Document {
  std::string source;
  YamlNode root;  // a mapping
};

struct Documents {
  std::vector<Document> list;
  bool complete = true;  // false: a document could not be read, so that names it defines may seem undefined
};

// How a source treats what it does not know: a folder holds all sorts of files.
enum class Setting { Text, Folder };

// All documents of one kind. Others are skipped, unread where their kind shows at a glance; a document that looks like
// a misspelt one is told.
Documents read_documents(const SourceText& source, std::string_view kind, Setting setting, const YamlLimits& limits,
                         Diagnostics& diagnostics);

// False if `scopes` does not list the app; then a warning says so.
bool in_scope(const Document& document, const std::optional<std::string>& app_id, Diagnostics& diagnostics);

// "resiliency 'name'", for messages.
std::string document_name(const Document& document);

}  // namespace resil

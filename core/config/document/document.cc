#include "config/document/document.h"

#include <algorithm>
#include <utility>

#include "config/document/fields.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

constexpr std::string_view kApiVersion = "dapr.io/v1alpha1";

// The value of a line `kind: X` that is not indented, if there is exactly one. Lets a folder's other documents be
// whatever they like, down to YAML that this reader refuses.
std::string kind_at_a_glance(std::string_view text) {
  std::string kind;
  std::size_t found = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t newline = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, newline - at);
    at = newline + 1;
    if (line.substr(0, 5) != "kind:") continue;
    line.remove_prefix(5);
    const std::size_t first = line.find_first_not_of(" \t\"'");
    if (first == std::string_view::npos) continue;
    line.remove_prefix(first);
    kind = line.substr(0, line.find_first_of(" \t\r\"'#"));
    ++found;
  }
  return found == 1 ? kind : "";
}

bool looks_like_policy(const YamlNode& root) {
  const YamlNode* spec = root.find("spec");
  return spec != nullptr && (spec->find("policies") != nullptr || spec->find("targets") != nullptr);
}

// Whether the document is of the wanted kind; tells of one that was probably meant to be.
bool is_kind(const YamlNode& root, std::string_view kind, Setting setting, Diagnostics& diagnostics) {
  const std::string wanted(kind);
  if (root.kind != YamlNode::Kind::Mapping) {
    if (setting == Setting::Folder)
      diagnostics.warning(root, "this document is no mapping with a kind; it is skipped");
    else
      diagnostics.error(root, "a document must be a mapping of fields that begins with kind: " + wanted);
    return false;
  }
  const YamlNode* given = root.find("kind");
  if (given == nullptr) {
    if (setting == Setting::Folder && !looks_like_policy(root))
      diagnostics.warning(root, "this document has no kind; it is skipped");
    else
      diagnostics.strict(root, "the document has no kind; write kind: " + wanted);
    return false;
  }
  if (!is_scalar(*given, "kind", diagnostics)) return false;
  if (given->text == wanted) return true;
  if (!nearest(given->text, {kind}).empty()) {
    diagnostics.strict(*given, "unknown kind " + quoted(given->text) + did_you_mean(given->text, {kind}));
  }
  return false;
}

void check_header(const YamlNode& root, Diagnostics& diagnostics) {
  const YamlNode* version = root.find("apiVersion");
  if (version != nullptr && is_scalar(*version, "apiVersion", diagnostics) && version->text != kApiVersion) {
    diagnostics.strict(*version, "unknown apiVersion " + quoted(version->text) + "; write " + std::string(kApiVersion));
  }
  if (const YamlNode* metadata = root.find("metadata")) is_mapping(*metadata, "metadata", diagnostics);
}

}  // namespace

Documents read_documents(const SourceText& source, std::string_view kind, Setting setting, const YamlLimits& limits,
                         Diagnostics& diagnostics) {
  Documents documents;
  diagnostics.begin_source(source.name);
  for (const YamlDocument& part : split_yaml(source.text)) {
    const std::string glance = kind_at_a_glance(part.text);
    if (!glance.empty() && glance != kind && nearest(glance, {kind}).empty()) continue;
    const std::size_t errors_before = diagnostics.errors();
    YamlResult read = read_yaml(part, limits);
    if (read.mistake) diagnostics.error(read.mistake->line, read.mistake->column, read.mistake->message);
    const bool remarks_only = !read.root || read.root->kind == YamlNode::Kind::Null;
    const bool wanted = !remarks_only && is_kind(*read.root, kind, setting, diagnostics);
    documents.complete = documents.complete && diagnostics.errors() == errors_before;
    if (!wanted) continue;
    check_header(*read.root, diagnostics);
    documents.list.push_back({source.name, std::move(*read.root)});
  }
  return documents;
}

std::string document_name(const Document& document) {
  const YamlNode* metadata = document.root.find("metadata");
  const YamlNode* name = metadata == nullptr ? nullptr : metadata->find("name");
  return name == nullptr ? "this document" : "resiliency " + quoted(name->text);
}

bool in_scope(const Document& document, const std::optional<std::string>& app_id, Diagnostics& diagnostics) {
  const YamlNode* scopes = document.root.find("scopes");
  if (scopes == nullptr) return true;
  diagnostics.begin_source(document.source);
  if (scopes->kind != YamlNode::Kind::Sequence) {
    diagnostics.error(*scopes, "scopes must be a list of app ids; write it like [checkout]");
    return true;
  }
  std::vector<std::string_view> ids;
  for (const YamlNode& item : scopes->items) {
    if (is_scalar(item, "an app id in scopes", diagnostics)) ids.push_back(item.text);
  }
  if (ids.empty() || !app_id || std::find(ids.begin(), ids.end(), *app_id) != ids.end()) return true;
  diagnostics.warning(*scopes, document_name(document) + " is skipped: it is for " + quoted(listed(ids)) +
                                   ", not for " + quoted(*app_id));
  return false;
}

}  // namespace resil

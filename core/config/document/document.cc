#include "config/document/document.h"

#include <algorithm>
#include <utility>

#include "config/document/check.h"
#include "config/document/fields.h"
#include "config/text/oddity.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

constexpr std::string_view kApiVersion = "dapr.io/v1alpha1", kOurApiVersion = "resil.dev/v1";

void check_header(const Document& document, Diagnostics& diagnostics) {
  const YamlNode* version = find_head(document.root, "apiVersion", diagnostics);
  const std::string wanted(document.extension ? kOurApiVersion : kApiVersion);
  if (version == nullptr || version->text.empty()) return;  // of a list or a mapping check_document tells
  if (version->text != wanted)
    diagnostics.strict(*version, "unknown apiVersion " + quoted(version->text) + "; write " + wanted,
                       "it applies all the same");
}

// What is wrong with a text that is of no known kind may be none of our business.
bool is_foreign(const std::vector<KindLine>& kinds, std::string_view text, Setting setting) {
  return setting == Setting::Folder && kinds.empty() && !mentions_policies(text);
}

bool is_wanted(const std::string& kind, const std::vector<std::string_view>& wanted) {
  const bool list = kind.size() > 4 && kind.substr(kind.size() - 4) == "List";
  return !list && !nearest(kind, wanted).empty();
}

}  // namespace

Documents read_documents(const SourceText& source, const std::vector<std::string_view>& wanted, Setting setting,
                         const YamlLimits& limits, Diagnostics& diagnostics) {
  Documents documents;
  diagnostics.begin_source(source.name);
  for (const YamlDocument& part : split_yaml(source.text)) {
    const std::vector<KindLine> kinds = kind_lines(part.text, part.first_line);
    const bool other = !kinds.empty() && std::none_of(kinds.begin(), kinds.end(), [&](const KindLine& line) {
      return is_wanted(line.kind, wanted);
    });
    if (other) {
      documents.others.push_back(kinds[0]);
      if (!mentions_policies(part.text) && kinds[0].kind.find("List") == std::string::npos) continue;
      const YamlResult read = read_yaml(part, limits);
      if (wanted[0] == kResiliency)
        tell_other_kind(kinds[0], read.root ? &*read.root : nullptr, part.text, wanted[0], diagnostics);
      continue;
    }
    const std::size_t errors_before = diagnostics.errors();
    YamlResult read = read_yaml(part, limits);
    if (read.mistake && is_foreign(kinds, part.text, setting)) {
      diagnostics.warning(read.mistake->line, read.mistake->column,
                          "this document has no kind and is not read; it is skipped (" + read.mistake->message + ")");
      continue;
    }
    if (read.mistake) diagnostics.error(read.mistake->line, read.mistake->column, read.mistake->message);
    const bool remarks_only = !read.root || read.root->kind == YamlNode::Kind::Null;
    const int kind = remarks_only ? -1 : find_kind(*read.root, wanted, setting, diagnostics);
    documents.complete = documents.complete && diagnostics.errors() == errors_before;
    if (kind < 0) {
      const YamlNode* name = remarks_only ? nullptr : read.root->find("kind");
      if (name == nullptr || name->kind != YamlNode::Kind::Scalar || !nearest(name->text, wanted).empty()) continue;
      documents.others.push_back({name->text, name->line, name->column});
      if (wanted[0] == kResiliency)
        tell_other_kind(documents.others.back(), &*read.root, part.text, wanted[0], diagnostics);
      continue;
    }
    documents.list.push_back(
        {source.name, std::move(*read.root), wanted[static_cast<std::size_t>(kind)] == kExtension});
    check_header(documents.list.back(), diagnostics);
  }
  return documents;
}

std::string document_name(const Document& document) {
  const YamlNode* metadata = document.root.find("metadata");
  const YamlNode* name = metadata == nullptr ? nullptr : metadata->find("name");
  if (name == nullptr || name->text.empty()) return "this document";
  return (document.extension ? "extension " : "resiliency ") + quoted(name->text);
}

bool in_scope(const Document& document, const std::optional<std::string>& app_id, Diagnostics& diagnostics) {
  const YamlNode* scopes = find_head(document.root, "scopes", diagnostics);
  if (scopes == nullptr || (scopes->kind == YamlNode::Kind::Scalar && scopes->text.empty())) return true;
  diagnostics.begin_source(document.source);
  if (scopes->kind != YamlNode::Kind::Sequence) {
    const std::string like = scopes->kind == YamlNode::Kind::Scalar ? scopes->text.substr(0, 60) : "checkout";
    diagnostics.error(*scopes, "scopes must be a list of app ids; write it like [" + like + "]");
    return true;
  }
  const std::size_t errors_before = diagnostics.errors();
  std::vector<std::string_view> ids;
  for (const YamlNode& item : scopes->items) {
    if (item.kind == YamlNode::Kind::Null || !is_scalar(item, "an app id in scopes", diagnostics)) continue;
    const std::size_t at = find_template(item.text);
    if (at != std::string::npos)
      diagnostics.error(item, "an app id in scopes: " + unrendered(item.text, at));
    else if (!item.text.empty())
      ids.push_back(item.text);
  }
  if (ids.empty()) {
    if (!scopes->items.empty() && diagnostics.errors() == errors_before)
      diagnostics.warning(*scopes,
                          "scopes has only empty entries: " + document_name(document) + " applies to every app");
    return true;
  }
  if (!app_id) {
    diagnostics.warning(*scopes, document_name(document) + " is for " + quoted(listed(ids)) +
                                     ", but the engine has no app id, so it applies; give the engine its app id");
    return true;
  }
  if (std::find(ids.begin(), ids.end(), *app_id) != ids.end()) return true;
  diagnostics.warning(*scopes, document_name(document) + " is skipped: it is for " + quoted(listed(ids)) +
                                   ", not for " + quoted(*app_id));
  return false;
}

}  // namespace resil

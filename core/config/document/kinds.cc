#include "config/document/kinds.h"

#include <algorithm>
#include <cctype>

#include "config/document/check.h"
#include "config/document/fields.h"
#include "config/document/schema.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

// `text` in small letters has `name:` in it, at the start of a line or anywhere.
bool has_key(const std::string& text, std::string_view name, bool at_margin) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const char before = at == 0 ? '\n' : text[at - 1];
    if (at_margin ? before != '\n' : std::isalnum(static_cast<unsigned char>(before)) != 0) continue;
    std::size_t end = at + name.size();
    if (end < text.size() && (text[end] == '"' || text[end] == '\'')) ++end;
    if (end < text.size() && text[end] == ':') return true;
  }
  return false;
}

// The value of a field in any case.
const YamlNode* find_loosely(const YamlNode& mapping, std::string_view name) {
  for (std::size_t i = 0; mapping.kind == YamlNode::Kind::Mapping && i < mapping.pairs(); ++i) {
    if (same_letters(mapping.key(i).text, name)) return &mapping.value(i);
  }
  return nullptr;
}

bool has_section(const YamlNode& parent, Shape shape, std::string_view field) {
  const YamlNode* node = find_loosely(parent, field);
  if (node == nullptr || node->kind != YamlNode::Kind::Mapping) return false;
  for (std::size_t i = 0; i < node->pairs(); ++i) {
    if (find_field(shape, node->key(i).text) != nullptr) return true;
  }
  return false;
}

bool has_sections(const YamlNode& parent) {
  return has_section(parent, Shape::Policies, "policies") || has_section(parent, Shape::Targets, "targets");
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::vector<KindLine> kind_lines(std::string_view text, int first_line) {
  std::vector<KindLine> found;
  int number = first_line;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t newline = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, newline - at);
    at = newline + 1;
    if (line.size() < 5 || !same_letters(line.substr(0, 4), "kind") || line[4] != ':') continue;
    const std::size_t first = line.find_first_not_of(" \t\"'", 5);
    if (first == std::string_view::npos) continue;
    const std::string_view rest = line.substr(first);
    found.push_back(
        {std::string(rest.substr(0, rest.find_first_of(" \t\r\"'#"))), number, static_cast<int>(first) + 1});
  }
  return found;
}

bool mentions_policies(std::string_view text) {
  const std::string small = lowered(text);
  const auto any = [&](std::initializer_list<std::string_view> names) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return has_key(small, name, false); });
  };
  const bool flow =
      small.find_first_not_of(" \t\r\n") != std::string::npos && small[small.find_first_not_of(" \t\r\n")] == '{';
  const bool head =
      flow || has_key(small, "spec", true) || has_key(small, "policies", true) || has_key(small, "targets", true);
  return head && ((any({"policies"}) && any({"timeouts", "retries", "circuitbreakers"})) ||
                  (any({"targets"}) && any({"apps", "actors", "components"})));
}

bool holds_policies(const YamlNode& root) {
  const YamlNode* spec = find_loosely(root, "spec");
  if (has_sections(root)) return true;
  if (spec == nullptr) return false;
  for (const std::string_view field : {"policies", "targets"}) {
    const YamlNode* node = find_loosely(*spec, field);
    if (node != nullptr && (node->kind == YamlNode::Kind::Mapping || node->kind == YamlNode::Kind::Null)) return true;
  }
  return false;
}

int find_kind(const YamlNode& root, const std::vector<std::string_view>& wanted, Setting setting,
              Diagnostics& diagnostics) {
  const std::string usual(wanted[0]);
  if (root.kind != YamlNode::Kind::Mapping) {
    if (setting == Setting::Folder)
      diagnostics.warning(root, "this document is no mapping with a kind; it is skipped");
    else
      diagnostics.error(root, "a document must be a mapping of fields that begins with kind: " + usual);
    return -1;
  }
  const YamlNode* given = find_loosely(root, "kind");
  if (given == nullptr || given->kind == YamlNode::Kind::Null || given->text.empty()) {
    if (given != nullptr && given->kind != YamlNode::Kind::Null && !is_scalar(*given, "kind", diagnostics)) return -1;
    if (setting == Setting::Folder && !holds_policies(root))
      diagnostics.warning(root, "this document has no kind; it is skipped");
    else
      diagnostics.strict(root, "the document has no kind; write kind: " + usual, "it is skipped");
    return -1;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (given->text == wanted[i]) return static_cast<int>(i);
  }
  if (!nearest(given->text, wanted).empty()) {
    diagnostics.strict(*given, "unknown kind " + quoted(given->text) + did_you_mean(given->text, wanted),
                       "it is skipped");
  }
  return -1;
}

void tell_other_kind(const KindLine& found, const YamlNode* root, std::string_view text, std::string_view wanted,
                     Diagnostics& diagnostics) {
  YamlNode at;
  at.line = found.line;
  at.column = found.column;
  if (ends_with(found.kind, "List")) {
    if (lowered(text).find(lowered(wanted)) == std::string::npos) return;
    diagnostics.strict(at,
                       "a kind: " + found.kind +
                           " is not read; write each of its items as a document of its own, after a "
                           "line of ---",
                       "it is skipped");
    return;
  }
  if (root == nullptr || !has_sections(root->find("spec") == nullptr ? *root : *root->find("spec"))) return;
  const YamlNode* version = find_loosely(*root, "apiVersion");
  const std::string message =
      "this kind: " + found.kind + " holds policies; write them in a document of kind: " + std::string(wanted);
  if (version != nullptr && version->text.rfind("dapr.io/", 0) == 0)
    diagnostics.strict(at, message, "it is skipped");
  else
    diagnostics.warning(at, message + " (it is skipped)");
}

}  // namespace resil

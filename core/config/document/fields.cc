#include "config/document/fields.h"

#include <charconv>
#include <vector>

#include "config/text/duration.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

std::string_view shape_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Mapping: return "a mapping";
    case YamlNode::Kind::Sequence: return "a list";
    case YamlNode::Kind::Scalar: return "a single value";
    case YamlNode::Kind::Null: break;
  }
  return "nothing";
}

// YAML 1.1 reads 010 as 8 and 0x10 as 16; people do not.
bool parse_decimal(const std::string& text, std::int64_t& out) {
  const std::size_t digits = text.empty() || text[0] != '-' ? 0 : 1;
  if (text.size() == digits || (text[digits] == '0' && text.size() > digits + 1)) return false;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

bool all_digits(const std::string& text) {
  const std::size_t digits = text.empty() || text[0] != '-' ? 0 : 1;
  return text.size() > digits && text[digits] != '0' &&
         text.find_first_not_of("0123456789", digits) == std::string::npos;
}

}  // namespace

std::string Named::text() const { return what + " " + quoted(name); }

bool is_mapping(const YamlNode& node, const std::string& what, Diagnostics& diagnostics) {
  if (node.kind == YamlNode::Kind::Mapping || node.kind == YamlNode::Kind::Null) return true;
  diagnostics.error(node, what + " must be a mapping of fields (name: value), this is " + std::string(shape_of(node)));
  return false;
}

void check_fields(const YamlNode& mapping, const std::string& what, std::initializer_list<std::string_view> known,
                  Diagnostics& diagnostics) {
  const std::vector<std::string_view> names(known);
  for (std::size_t i = 0; i < mapping.pairs(); ++i) {
    const YamlNode& key = mapping.key(i);
    bool found = false;
    for (const std::string_view name : names) found = found || key.text == name;
    if (found) continue;
    std::string hint = diagnostics.full() ? "" : did_you_mean(key.text, names);
    if (hint.empty()) hint = "; there are " + listed(names);
    diagnostics.strict(key, "unknown field " + quoted(key.text) + " in " + what + hint);
  }
}

bool is_scalar(const YamlNode& node, std::string_view field, Diagnostics& diagnostics) {
  if (node.kind == YamlNode::Kind::Scalar) return true;
  diagnostics.error(node, std::string(field) + " must be a single value, this is " + std::string(shape_of(node)));
  return false;
}

void read_text(const YamlNode& mapping, std::string_view field, std::string& out, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find(field);
  if (node != nullptr && is_scalar(*node, field, diagnostics)) out = node->text;
}

void read_duration(const YamlNode& mapping, std::string_view field, Nanos& out, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find(field);
  if (node == nullptr || !is_scalar(*node, field, diagnostics)) return;
  const DurationResult parsed = parse_duration(node->text);
  if (!parsed.value) {
    diagnostics.error(*node, std::string(field) + ": " + parsed.problem);
  } else if (*parsed.value < 0) {
    diagnostics.error(*node, std::string(field) + " cannot be negative; write " + node->text.substr(1) + ", or 0");
  } else {
    out = *parsed.value;
  }
}

void read_integer(const YamlNode& mapping, std::string_view field, std::int64_t least, std::int64_t most,
                  std::int64_t& out, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find(field);
  if (node == nullptr || !is_scalar(*node, field, diagnostics)) return;
  std::int64_t value = 0;
  const bool parsed = parse_decimal(node->text, value);
  if (!parsed && !all_digits(node->text)) {
    diagnostics.error(*node, std::string(field) + " must be a whole number, written in decimal like 3; this is " +
                                 quoted(node->text));
  } else if (!parsed || value < least || value > most) {
    diagnostics.error(*node, std::string(field) + " must be from " + std::to_string(least) + " to " +
                                 std::to_string(most) + ", this is " + quoted(node->text));
  } else {
    out = value;
  }
}

}  // namespace resil

#include "config/document/fields.h"

#include <algorithm>
#include <charconv>

#include "config/document/misfits.h"
#include "config/document/schema.h"
#include "config/text/duration.h"
#include "config/text/number.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

// What a number with leading zeros may have been meant to be: "write 10 (YAML reads 010 as 8)".
std::string without_zeros(const std::string& text) {
  const std::size_t sign = text.empty() || (text[0] != '-' && text[0] != '+') ? 0 : 1;
  const std::string digits = text.substr(sign), minus = text[0] == '-' ? "-" : "";
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  std::string remedy = "; write " + minus + digits.substr(first);
  std::uint64_t octal = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), octal, 8);
  if (parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size() && octal > 7)
    remedy += " (YAML reads " + text + " as " + minus + std::to_string(octal) + ")";
  return remedy;
}

}  // namespace

bool is_mapping(const YamlNode& node, std::string_view what, std::string_view like, Diagnostics& diagnostics) {
  if (node.kind == YamlNode::Kind::Mapping || node.kind == YamlNode::Kind::Null) return true;
  diagnostics.error(node, no_fields(what, node) + "; write " + std::string(like));
  return false;
}

bool is_scalar(const YamlNode& node, std::string_view field, Diagnostics& diagnostics) {
  if (node.kind == YamlNode::Kind::Scalar) return true;
  diagnostics.error(node, not_one_value(field, node));
  return false;
}

bool read_text(const YamlNode& mapping, std::string_view field, std::string& out) {
  const YamlNode* node = mapping.find(field);
  if (node == nullptr) return false;
  out = node->text;
  return true;
}

bool read_word(const YamlNode& mapping, std::string_view field, const std::vector<std::string_view>& words,
               std::size_t& out, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find(field);
  if (node == nullptr) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (same_letters(words[i], node->text)) return out = i, true;
  }
  diagnostics.error(*node, std::string(field) + " must be " + listed(words, " or ") + ", not " + quoted(node->text) +
                               did_you_mean(node->text, words));
  return false;
}

bool read_duration(const YamlNode& mapping, std::string_view field, Nanos& out, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find(field);
  return node != nullptr && parse_duration_at(*node, field, out, diagnostics);
}

bool parse_duration_at(const YamlNode& node, std::string_view field, Nanos& out, Diagnostics& diagnostics) {
  const DurationResult parsed = parse_duration(node.text);
  if (!parsed.value) {
    diagnostics.error(node, std::string(field) + ": " + parsed.problem);
    return false;
  }
  if (*parsed.value < 0) {
    diagnostics.error(node, std::string(field) + " cannot be negative; write " + node.text.substr(1) + ", or 0");
    return false;
  }
  out = *parsed.value;
  return true;
}

bool read_integer(const YamlNode& mapping, std::string_view field, std::int64_t least, std::int64_t most,
                  std::int64_t& out, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find(field);
  if (node == nullptr) return false;
  const std::string name(field);
  const IntegerResult parsed = parse_integer(node->text);
  if (parsed.octal) {
    diagnostics.error(*node, name + ": " + quoted(node->text) + " has leading zeros" + without_zeros(node->text));
  } else if (!parsed.value && !parsed.too_large) {
    diagnostics.error(*node, name + " must be a whole number" + (least < 0 ? ", or -1 for no limit" : ", like 3") +
                                 "; this is " + quoted(node->text));
  } else if (!parsed.value || *parsed.value < least || *parsed.value > most) {
    diagnostics.error(*node, name + " must be from " + std::to_string(least) + " to " + std::to_string(most) +
                                 ", this is " + quoted(node->text));
  } else {
    out = *parsed.value;
    return true;
  }
  return false;
}

bool read_number(const YamlNode& mapping, std::string_view field, double least, double most, double& out,
                 Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find(field);
  if (node == nullptr) return false;
  const std::string name(field);
  const std::optional<double> parsed = parse_number(node->text);
  if (!parsed) {
    const std::optional<double> share = parse_percent(node->text);
    diagnostics.error(*node, name + " must be a number like " + (least < 1 ? "0.5" : "1.5") + ", this is " +
                                 quoted(node->text) + (share ? "; write " + short_number(*share) : std::string()));
  } else if (*parsed < least || *parsed > most) {
    diagnostics.error(*node, name + " must be from " + short_number(least) + " to " + short_number(most) +
                                 ", this is " + quoted(node->text));
  } else {
    out = *parsed;
    return true;
  }
  return false;
}

bool read_bool(const YamlNode& mapping, std::string_view field, bool& out, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find(field);
  if (node == nullptr) return false;
  if (node->kind == YamlNode::Kind::Scalar) {
    for (const std::string_view yes : {"true", "True", "TRUE"}) {
      if (node->text == yes) return out = true;
    }
    for (const std::string_view no : {"false", "False", "FALSE"}) {
      if (node->text == no) return out = false, true;
    }
  }
  diagnostics.error(*node, std::string(field) + " must be true or false");
  return false;
}

}  // namespace resil

#include "config/document/check.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "config/document/misfits.h"
#include "config/document/remedies.h"
#include "config/document/schema.h"
#include "config/text/oddity.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

void leave_out(YamlNode& node) {
  node.kind = YamlNode::Kind::Null;
  node.text.clear();
  node.items.clear();
}

// Only the place: for a message that says itself what is odd about the text.
YamlNode without_text(const YamlNode& node) {
  YamlNode at;
  at.line = node.line;
  at.column = node.column;
  return at;
}

class Checker {
 public:
  Checker(bool extension, Diagnostics& diagnostics) : extension_(extension), diagnostics_(diagnostics) {}

  void check_fields(YamlNode& mapping, Shape shape, const std::string& what) {
    std::vector<std::pair<std::string_view, const YamlNode*>> seen;
    for (std::size_t i = 0; i < mapping.pairs(); ++i) {
      YamlNode &key = mapping.items[2 * i], &value = mapping.items[2 * i + 1];
      const Field* field = find_field(shape, key.text);
      if (field == nullptr) {
        tell_unknown({key, value, mapping, shape, extension_, !diagnostics_.full()}, what);
        continue;
      }
      const auto first =
          std::find_if(seen.begin(), seen.end(), [&](const auto& other) { return other.first == field->name; });
      if (first != seen.end()) {
        diagnostics_.error(key, "the field " + std::string(field->name) +
                                    " is here a second time, the first is in line " +
                                    std::to_string(first->second->line) + "; remove one");
        continue;
      }
      seen.emplace_back(field->name, &key);
      const bool again =
          std::any_of(mapping.items.begin() + static_cast<std::ptrdiff_t>(2 * i + 2), mapping.items.end(),
                      [&](const YamlNode& later) { return same_letters(later.text, field->name); });
      if (key.text != field->name && !again) tell_spelling(key, *field, what);
      if (field->extension && !extension_) {
        diagnostics_.strict(key,
                            "'" + std::string(field->name) +
                                "' is a field of a kind: ResiliencyExtension; write it under " + what +
                                " in a document of that kind, with apiVersion: resil.dev/v1",
                            "it is ignored");
        leave_out(value);
      }
      check_value(value, *field, shape, what);
    }
    // Only now: a second spelling is compared with the first as it was written.
    for (std::size_t i = 0; i < mapping.pairs(); ++i) {
      if (const Field* field = find_field(shape, mapping.key(i).text)) mapping.items[2 * i].text = field->name;
    }
  }

 private:
  void tell_unknown(const UnknownField& unknown, const std::string& what) {
    if (const auto odd = find_odd_character(unknown.key.text)) {
      diagnostics_.strict(without_text(unknown.key),
                          "there is " + odd->what + " in " + quoted(unknown.key.text) + "; " + odd->remedy,
                          "it is ignored");
      return;
    }
    diagnostics_.strict(unknown.key, "unknown field " + quoted(unknown.key.text) + " in " + what + remedy_for(unknown),
                        "it is ignored");
  }

  // Strict: an unknown field with a suggestion. Lenient: applied, as the original does.
  void tell_spelling(const YamlNode& key, const Field& field, const std::string& what) {
    const std::string name(field.name);
    if (diagnostics_.lenient())
      diagnostics_.warning(key,
                           "field " + quoted(key.text) + " in " + what + " is applied; its right spelling is " + name);
    else
      diagnostics_.error(key, "unknown field " + quoted(key.text) + " in " + what + "; did you mean '" + name + "'?");
  }

  void check_value(YamlNode& value, const Field& field, Shape parent, const std::string& what) {
    if (value.kind == YamlNode::Kind::Scalar && value.text.empty()) leave_out(value);
    if (value.kind == YamlNode::Kind::Null || field.shape == Shape::List) return;
    const std::string name(field.name);
    if (field.shape == Shape::Value) {
      if (value.kind != YamlNode::Kind::Scalar) {
        diagnostics_.error(value, not_a_value(name, value, parent));
        leave_out(value);
      } else {
        refuse_template(value, name);
      }
      return;
    }
    if (value.kind != YamlNode::Kind::Mapping) {
      diagnostics_.error(value, not_a_mapping(field, value));
      leave_out(value);
    } else if (field.shape == Shape::Free) {
      remark_scopes(value);
    } else if (!entries_of(field.shape).what.empty()) {
      check_entries(value, field.shape);
    } else {
      const bool plain = parent == Shape::Document || parent == Shape::Spec;
      check_fields(value, field.shape, plain ? name : name + " of " + what);
    }
  }

  void check_entries(YamlNode& mapping, Shape shape) {
    const EntryKind kind = entries_of(shape);
    for (std::size_t i = 0; i < mapping.pairs();) {
      YamlNode &key = mapping.items[2 * i], &value = mapping.items[2 * i + 1];
      if (key.text.empty()) {
        diagnostics_.warning(key, "an empty name can never be used; this " + std::string(kind.what) + " is ignored");
        mapping.items.erase(mapping.items.begin() + static_cast<std::ptrdiff_t>(2 * i),
                            mapping.items.begin() + static_cast<std::ptrdiff_t>(2 * i + 2));
        continue;
      }
      ++i;
      refuse_template(key, "a name");
      if (value.kind == YamlNode::Kind::Scalar && value.text.empty()) leave_out(value);
      if (value.kind == YamlNode::Kind::Null) continue;
      const bool fits = value.kind == (kind.shape == Shape::Value ? YamlNode::Kind::Scalar : YamlNode::Kind::Mapping);
      if (!fits) {
        diagnostics_.error(value, not_an_entry(shape, key.text, value));
        leave_out(value);
        if (kind.shape == Shape::Value) value.kind = YamlNode::Kind::Scalar, value.text = "0";  // told, so not again
      } else if (kind.shape == Shape::Value) {
        refuse_template(value, key.text);
      } else {
        check_fields(value, kind.shape, std::string(kind.what) + " " + quoted(key.text));
      }
    }
  }

  void refuse_template(YamlNode& node, const std::string& what) {
    const std::size_t at = find_template(node.text);
    if (at == std::string::npos) return;
    diagnostics_.error(node, what + ": " + unrendered(node.text, at));
    leave_out(node);
  }

  // Metadata is the cluster's, all but one thing that people look for there.
  void remark_scopes(const YamlNode& metadata) {
    for (std::size_t i = 0; i < metadata.pairs(); ++i) {
      if (same_letters(metadata.key(i).text, "scopes")) {
        diagnostics_.warning(metadata.key(i), "scopes has no effect in metadata; put it at the top of the document");
      }
    }
  }

  bool extension_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_document(YamlNode& root, bool extension, Diagnostics& diagnostics) {
  Checker(extension, diagnostics).check_fields(root, Shape::Document, "the document");
}

const YamlNode* find_head(const YamlNode& mapping, std::string_view field, const Diagnostics& diagnostics) {
  const YamlNode* found = mapping.find(field);
  for (std::size_t i = 0; found == nullptr && diagnostics.lenient() && i < mapping.pairs(); ++i) {
    if (same_letters(mapping.key(i).text, field) && mapping.value(i).kind != YamlNode::Kind::Null)
      return &mapping.value(i);
  }
  return found;
}

}  // namespace resil

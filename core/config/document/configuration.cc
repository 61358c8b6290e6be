#include "config/document/configuration.h"

#include <optional>

#include "config/document/check.h"
#include "config/document/document.h"
#include "config/document/fields.h"
#include "config/document/schema.h"
#include "config/document/source.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

constexpr std::string_view kFeature = "Resiliency";

// What the documents say, and where they said it last.
struct Switch {
  std::optional<bool> enabled;
  Place at;
};

// The value of a field. In another case it is one too for the original: strict refuses it, lenient takes it with a
// warning. Other fields of a Configuration are none of our business.
const YamlNode* find_spelled(const YamlNode& mapping, std::string_view field, Diagnostics& diagnostics) {
  const YamlNode* found = mapping.find(field);
  for (std::size_t i = 0; found == nullptr && mapping.kind == YamlNode::Kind::Mapping && i < mapping.pairs(); ++i) {
    const YamlNode& key = mapping.key(i);
    if (!same_letters(key.text, field) || mapping.value(i).kind == YamlNode::Kind::Null) continue;
    const std::string name(field);
    diagnostics.strict(key, "unknown field " + quoted(key.text) + "; did you mean '" + name + "'?", "it is applied");
    found = &mapping.value(i);
  }
  return found == nullptr || (found->kind == YamlNode::Kind::Scalar && found->text.empty()) ? nullptr : found;
}

void read_feature(const YamlNode& feature, Switch& found, Diagnostics& diagnostics) {
  const YamlNode* name = find_spelled(feature, "name", diagnostics);
  if (name == nullptr) return;
  if (name->text != kFeature) {
    if (!nearest(name->text, {kFeature}).empty()) {
      diagnostics.strict(*name, "unknown feature " + quoted(name->text) + did_you_mean(name->text, {kFeature}),
                         "it is ignored");
    }
    return;
  }
  const YamlNode* value = find_spelled(feature, "enabled", diagnostics);
  if (value == nullptr) return;
  YamlNode pair;  // so that one reader serves, however the field is spelled
  pair.kind = YamlNode::Kind::Mapping;
  pair.items = {YamlNode{}, *value};
  pair.items[0].text = "enabled";
  bool enabled = true;
  if (!read_bool(pair, "enabled", enabled, diagnostics)) return;
  if (found.enabled && *found.enabled != enabled) {
    diagnostics.warning(*value, "Resiliency is " + std::string(enabled ? "enabled" : "disabled") +
                                    " here, which overrides line " + std::to_string(found.at.line));
  }
  found = {enabled, diagnostics.place(*value)};
}

void read_switch(const Document& document, Switch& found, Diagnostics& diagnostics) {
  const YamlNode* spec = find_spelled(document.root, "spec", diagnostics);
  const YamlNode* features = spec == nullptr ? nullptr : find_spelled(*spec, "features", diagnostics);
  if (features == nullptr) return;
  if (features->kind != YamlNode::Kind::Sequence) {
    diagnostics.error(*features, "features must be a list; write [{name: Resiliency, enabled: true}]");
    return;
  }
  for (const YamlNode& feature : features->items) {
    if (is_mapping(feature, "a feature", "{name: Resiliency, enabled: true}", diagnostics))
      read_feature(feature, found, diagnostics);
  }
}

}  // namespace

bool feature_enabled(const std::string& path, std::size_t max_bytes, Diagnostics& diagnostics) {
  const std::size_t errors_before = diagnostics.errors();
  const Sources sources = read_sources(path, max_bytes, diagnostics);
  Switch found;
  bool any = false;
  for (const SourceText& source : sources.texts) {
    const Documents documents = read_documents(source, {kConfiguration}, Setting::Text, YamlLimits{}, diagnostics);
    for (const Document& document : documents.list) {
      any = true;
      read_switch(document, found, diagnostics);
    }
  }
  if (diagnostics.errors() > errors_before) return true;
  diagnostics.begin_source(path);  // what follows is about all of it
  if (!any) {
    diagnostics.error(
        0, 0, "no kind: Configuration document in here; name a file that has one, or none to leave the feature on");
  } else if (!found.enabled) {
    diagnostics.warning(0, 0,
                        "the feature Resiliency is not mentioned here, so it is on; to disable it, write features: "
                        "[{name: Resiliency, enabled: false}] under spec");
  } else if (!*found.enabled) {
    diagnostics.warning(found.at, "the feature Resiliency is disabled here, so every call passes through");
  }
  return found.enabled.value_or(true);
}

}  // namespace resil

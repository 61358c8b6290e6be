#include "config/document/configuration.h"

#include "config/document/document.h"
#include "config/document/fields.h"
#include "config/document/source.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

constexpr std::string_view kFeature = "Resiliency";

bool parse_bool(const YamlNode& node, bool& out, Diagnostics& diagnostics) {
  if (node.kind == YamlNode::Kind::Scalar) {
    for (const std::string_view yes : {"true", "True", "TRUE"}) {
      if (node.text == yes) return out = true;
    }
    for (const std::string_view no : {"false", "False", "FALSE"}) {
      if (node.text == no) return out = false, true;
    }
  }
  diagnostics.error(node, "enabled must be true or false");
  return false;
}

// Other fields of a Configuration are none of our business.
bool document_enables(const Document& document, Diagnostics& diagnostics) {
  const YamlNode* spec = document.root.find("spec");
  const YamlNode* features = spec == nullptr ? nullptr : spec->find("features");
  if (features == nullptr) return false;
  if (features->kind != YamlNode::Kind::Sequence) {
    diagnostics.error(*features, "features must be a list; write [{name: Resiliency, enabled: true}]");
    return false;
  }
  bool enabled = false;
  for (const YamlNode& feature : features->items) {
    if (!is_mapping(feature, "a feature", diagnostics)) continue;
    const YamlNode* name = feature.find("name");
    if (name == nullptr) continue;
    if (name->text != kFeature) {
      if (!nearest(name->text, {kFeature}).empty()) {
        diagnostics.strict(*name, "unknown feature " + quoted(name->text) + did_you_mean(name->text, {kFeature}));
      }
      continue;
    }
    if (const YamlNode* value = feature.find("enabled")) parse_bool(*value, enabled, diagnostics);
  }
  return enabled;
}

}  // namespace

bool feature_enabled(const std::string& path, std::size_t max_bytes, Diagnostics& diagnostics) {
  const std::size_t errors_before = diagnostics.errors();
  const Sources sources = read_sources(path, max_bytes, diagnostics);
  bool enabled = false, any = false;
  for (const SourceText& source : sources.texts) {
    const Documents documents = read_documents(source, "Configuration", Setting::Text, YamlLimits{}, diagnostics);
    for (const Document& document : documents.list) {
      any = true;
      enabled = document_enables(document, diagnostics) || enabled;
    }
  }
  if (diagnostics.errors() > errors_before) return false;
  if (!any) {
    diagnostics.error(
        0, 0, "no kind: Configuration document in here; name a file that has one, or none to leave the feature on");
  } else if (!enabled) {
    diagnostics.warning(0, 0,
                        "the feature Resiliency is not enabled here, so every call passes through; to enable it, write "
                        "features: [{name: Resiliency, enabled: true}] under spec");
  }
  return enabled;
}

}  // namespace resil

#include "config/configuration.h"

#include "config/document.h"
#include "config/fields.h"
#include "config/source.h"
#include "config/suggest.h"

namespace resil {
namespace {

constexpr std::string_view kFeature = "Resiliency";

bool parse_bool(const YamlNode& node, bool& out, Report& report) {
  if (node.kind == YamlNode::Kind::Scalar) {
    for (const std::string_view yes : {"true", "True", "TRUE"}) {
      if (node.text == yes) return out = true;
    }
    for (const std::string_view no : {"false", "False", "FALSE"}) {
      if (node.text == no) return out = false, true;
    }
  }
  report.error(node, "enabled must be true or false");
  return false;
}

// Other fields of a Configuration are none of our business.
bool document_enables(const Document& document, Report& report) {
  const YamlNode* spec = document.root.find("spec");
  const YamlNode* features = spec == nullptr ? nullptr : spec->find("features");
  if (features == nullptr) return false;
  if (features->kind != YamlNode::Kind::Sequence) {
    report.error(*features, "features must be a list; write [{name: Resiliency, enabled: true}]");
    return false;
  }
  bool enabled = false;
  for (const YamlNode& feature : features->items) {
    if (!is_mapping(feature, "a feature", report)) continue;
    const YamlNode* name = feature.find("name");
    if (name == nullptr) continue;
    if (name->text != kFeature) {
      if (!nearest(name->text, {kFeature}).empty()) {
        report.strict(*name, "unknown feature " + quoted(name->text) + did_you_mean(name->text, {kFeature}));
      }
      continue;
    }
    if (const YamlNode* value = feature.find("enabled")) parse_bool(*value, enabled, report);
  }
  return enabled;
}

}  // namespace

bool feature_enabled(const std::string& path, std::size_t max_bytes, Report& report) {
  const std::size_t errors_before = report.errors();
  const Sources sources = read_sources(path, max_bytes, report);
  bool enabled = false, any = false;
  for (const SourceText& source : sources.texts) {
    const Documents documents = read_documents(source, "Configuration", Setting::Text, YamlLimits{}, report);
    for (const Document& document : documents.list) {
      any = true;
      enabled = document_enables(document, report) || enabled;
    }
  }
  if (report.errors() > errors_before) return false;
  if (!any) {
    report.error(0, 0,
                 "no kind: Configuration document in here; name a file that has one, or none to leave the feature on");
  } else if (!enabled) {
    report.warning(0, 0,
                   "the feature Resiliency is not enabled here, so every call passes through; to enable it, write "
                   "features: [{name: Resiliency, enabled: true}] under spec");
  }
  return enabled;
}

}  // namespace resil

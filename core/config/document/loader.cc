#include "config/document/loader.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <limits>
#include <utility>

#include "config/document/configuration.h"
#include "config/document/definitions.h"
#include "config/document/document.h"
#include "config/document/source.h"
#include "config/text/own_stack.h"

namespace resil {
namespace {

std::size_t byte_limit(const LoadOptions& options) {
  return options.max_bytes == 0 ? kDefaultMaxBytes : options.max_bytes;
}

// Whoever raises the limit of bytes wants more policies, which take at least 4 bytes a value.
YamlLimits limits_for(std::size_t max_bytes) {
  YamlLimits limits;
  if (max_bytes > kDefaultMaxBytes) limits.nodes = std::max(limits.nodes, max_bytes / 4);
  return limits;
}

PolicySet load(const LoadOptions& options, const std::vector<SourceText>& sources, Setting setting,
               const std::string& whole, Diagnostics& diagnostics) {
  std::vector<Document> documents;
  bool complete = true;
  for (const SourceText& source : sources) {
    Documents read = read_documents(source, "Resiliency", setting, limits_for(byte_limit(options)), diagnostics);
    std::move(read.list.begin(), read.list.end(), std::back_inserter(documents));
    complete = complete && read.complete;
  }
  if (documents.empty() && !diagnostics.failed()) {
    diagnostics.begin_source(whole);
    diagnostics.error(
        0, 0,
        "there is no kind: Resiliency document in here; a policy begins with apiVersion: dapr.io/v1alpha1 and "
        "kind: Resiliency");
  }
  std::erase_if(documents, [&](const Document& document) { return !in_scope(document, options.app_id, diagnostics); });

  Definitions definitions(diagnostics);
  for (const Document& document : documents) definitions.add_policies(document);
  if (complete) {  // else each name of an unreadable document would seem undefined
    for (const Document& document : documents) definitions.add_targets(document);
  }
  PolicySet set = definitions.take();
  if (!options.config_path.empty())
    set.enabled = feature_enabled(options.config_path, byte_limit(options), diagnostics);
  return set;
}

template <typename Work>
LoadResult guarded(const LoadOptions& options, Work work) {
  LoadResult result;
  Diagnostics diagnostics(options.lenient);
  std::string failure;
  try {
    std::optional<PolicySet> set;
    if (!run_on_own_stack([&] { set = work(diagnostics); }))
      failure = "no thread could be started to read the policies on; free some";
    if (set && !diagnostics.failed()) result.policies = std::move(set);
  } catch (const std::bad_alloc&) {
    failure = "there is not enough memory to read the policies";
  } catch (const std::exception& exception) {
    failure = std::string("reading the policies failed: ") + exception.what();
  }
  if (!failure.empty()) {
    diagnostics.begin_source("");
    diagnostics.error(0, 0, failure);
  }
  result.diagnostics = diagnostics.take();
  return result;
}

}  // namespace

LoadResult load_text(const LoadOptions& options, std::string_view yaml) {
  return guarded(options, [&](Diagnostics& diagnostics) -> PolicySet {
    if (yaml.size() > byte_limit(options)) {
      diagnostics.error(0, 0, too_large(byte_limit(options)));
      return {};
    }
    return load(options, {{"", std::string(yaml)}}, Setting::Text, "", diagnostics);
  });
}

LoadResult load_path(const LoadOptions& options, const std::string& path) {
  return guarded(options, [&](Diagnostics& diagnostics) -> PolicySet {
    const Sources sources = read_sources(path, byte_limit(options), diagnostics);
    if (diagnostics.failed()) return {};
    return load(options, sources.texts, sources.folder ? Setting::Folder : Setting::Text, path, diagnostics);
  });
}

}  // namespace resil

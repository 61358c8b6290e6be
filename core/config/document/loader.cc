#include "config/document/loader.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <limits>
#include <utility>

#include "config/document/check.h"
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

// Says what a source has instead of policies, and how to mean that there are none.
void tell_nothing(const std::string& whole, Setting setting, const Place& other, const std::string& kind,
                  Diagnostics& diagnostics) {
  std::string message = "there is no kind: Resiliency document in here";
  if (!kind.empty()) {
    message += " (";
    if (!other.source.empty() && other.source != whole) message += other.source + ", ";
    message += "line " + std::to_string(other.line) + " says kind: " + kind.substr(0, 40) + ")";
  }
  message += setting == Setting::Folder ? "; if no policies are meant, write one with spec: {}"
                                        : "; a policy begins with apiVersion: dapr.io/v1alpha1 and kind: Resiliency";
  diagnostics.begin_source(whole);
  diagnostics.error(0, 0, message);
}

// The documents that apply to the app: all Resiliency documents first, since extensions amend them.
struct Applicable {
  std::vector<Document> documents, skipped;
  bool complete = true;
};

Applicable read_all(const LoadOptions& options, const std::vector<SourceText>& sources, Setting setting,
                    const std::string& whole, Diagnostics& diagnostics) {
  Applicable all;
  std::vector<Document> extensions;
  std::string other_kind;
  Place other;
  bool any = false;
  for (const SourceText& source : sources) {
    Documents read =
        read_documents(source, {kResiliency, kExtension}, setting, limits_for(byte_limit(options)), diagnostics);
    all.complete = all.complete && read.complete;
    if (other_kind.empty() && !read.others.empty()) {
      other_kind = read.others[0].kind;
      other = {source.name, read.others[0].line, read.others[0].column};
    }
    for (Document& document : read.list) {
      any = true;
      const bool applies = in_scope(document, options.app_id, diagnostics);
      (!applies ? all.skipped : document.extension ? extensions : all.documents).push_back(std::move(document));
    }
  }
  if (!any && !diagnostics.failed()) tell_nothing(whole, setting, other, other_kind, diagnostics);
  std::move(extensions.begin(), extensions.end(), std::back_inserter(all.documents));
  return all;
}

PolicySet load(const LoadOptions& options, const std::vector<SourceText>& sources, Setting setting,
               const std::string& whole, Diagnostics& diagnostics) {
  Applicable all = read_all(options, sources, setting, whole, diagnostics);
  for (Document& document : all.documents) {
    diagnostics.begin_source(document.source);
    check_document(document.root, document.extension, diagnostics);
  }
  Definitions definitions(diagnostics);
  for (const Document& document : all.documents) definitions.add_policies(document);
  definitions.finish_policies();
  if (all.complete) {  // else each name of an unreadable document would seem undefined
    for (const Document& document : all.documents) definitions.add_targets(document);
    definitions.finish_targets();
    for (const Document& document : all.skipped) definitions.note_names(document);
    if (!diagnostics.failed()) definitions.tell_unused();  // a mistake may have hidden who uses it
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

// The way in: a file, a folder or a text of `kind: Resiliency` documents becomes a PolicySet, or a list of mistakes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/document/diagnostics.h"
#include "resil/policy/policy_set.h"

namespace resil {

struct LoadOptions {
  bool lenient = false;               // what the original ignores becomes a warning
  std::optional<std::string> app_id;  // for scopes; without one every document applies
  std::string config_path;            // a kind: Configuration file that may disable the feature; empty: it is on
  std::size_t max_bytes = 0;          // of all documents together; 0: 262 144
};

struct LoadResult {
  std::optional<PolicySet> policies;  // absent if and only if there is an error among the diagnostics
  std::vector<Diagnostic> diagnostics;
};

// Both are safe on a small stack and on any thread; neither throws for anything a source can hold.
LoadResult load_text(const LoadOptions& options, std::string_view yaml);
LoadResult load_path(const LoadOptions& options, const std::string& path);

}  // namespace resil

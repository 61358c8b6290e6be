// The named policies of all documents together, and the targets that refer to them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "config/document/diagnostics.h"
#include "config/document/document.h"
#include "resil/policy/policy_set.h"

namespace resil {

// Where something was defined, to say what overrides what.
struct Origin {
  std::string source;
  int line = 0;
  std::string text() const;
};

class Definitions {
 public:
  explicit Definitions(Diagnostics& diagnostics);

  // Adds a document's policies; those of a later document win.
  void add_policies(const Document& document);

  // Adds a document's targets. All policies must be there: a target may use those of any document.
  void add_targets(const Document& document);

  PolicySet take() { return std::move(set_); }

 private:
  using Origins = std::map<std::string, Origin, std::less<>>;

  void add_timeout(const YamlNode& key, const YamlNode& value);
  void add_retry(const YamlNode& key, const YamlNode& value);
  void add_breaker(const YamlNode& key, const YamlNode& value);
  void note(Origins& origins, const std::string& what, const YamlNode& key, const std::string& source);

  void add_app(const YamlNode& key, const YamlNode& value);
  void add_actor(const YamlNode& key, const YamlNode& value);
  void add_component(const YamlNode& key, const YamlNode& value);
  TargetEntry read_policies(const YamlNode& target, bool component);
  void read_cache_size(const YamlNode& target, TargetEntry& entry);
  void undefined(const YamlNode& node, std::string_view what, bool always_wrong);

  Diagnostics& diagnostics_;
  PolicySet set_;
  Origins timeouts_, retries_, breakers_, apps_, actors_, components_;
};

}  // namespace resil

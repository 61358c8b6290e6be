// The named policies of all documents together, and the targets that refer to them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "config/document/diagnostics.h"
#include "config/document/document.h"
#include "resil/policy/policy_set.h"

namespace resil {

// Of a back-off, and of a breaker's open time.
inline constexpr double kMostMultiplier = 1'000;

// Where a policy or a target was defined, and where each of its fields that are in force was given.
struct Definition {
  Place at;
  std::map<std::string, Place, std::less<>> fields;

  bool has(std::string_view field) const { return fields.find(field) != fields.end(); }
  const Place& place(std::string_view field) const { return fields.find(field)->second; }
};
using Defined = std::map<std::string, Definition, std::less<>>;

// Call in the order in which the functions stand here. Documents have been looked over by check_document.
class Definitions {
 public:
  explicit Definitions(Diagnostics& diagnostics);

  // Adds a document's policies. Those of a later document win; an extension amends what is there.
  void add_policies(const Document& document);

  // What can only be said of a policy as a whole: fields that contradict each other, or have no effect.
  void finish_policies();

  // Adds a document's targets: they may use the policies of any document.
  void add_targets(const Document& document);
  void finish_targets();

  // The policies that a document's targets name are not unused, even if it is for another app.
  void note_names(const Document& document);

  // Tells of policies that no target names.
  void tell_unused();

  PolicySet take() { return std::move(set_); }

 private:
  void add_timeout(const YamlNode& key, const YamlNode& value);
  void add_retry(const YamlNode& key, const YamlNode& value);
  void add_breaker(const YamlNode& key, const YamlNode& value);
  Definition& define(Defined& defined, std::string_view what, const YamlNode& key, const YamlNode& value);

  void finish_retry(RetryPolicy& policy, const Definition& definition);
  void finish_breaker(BreakerSettings& settings, const Definition& definition);
  void no_effect(const Definition& definition, std::string_view field, const std::string& why);

  void add_app(const YamlNode& key, const YamlNode& value);
  void add_actor(const YamlNode& key, const YamlNode& value);
  void add_component(const YamlNode& key, const YamlNode& value);
  void read_names(const YamlNode& target, bool component, TargetEntry& entry);
  void read_cache_size(const YamlNode& target, TargetEntry& entry, std::uint32_t usual);
  void tell_lost_defaults(TargetKind kind, const YamlNode& key, std::string_view what);
  void undefined(const YamlNode& node, std::string_view what, bool always_wrong);

  Diagnostics& diagnostics_;
  bool extension_ = false;  // the document at hand amends
  PolicySet set_;
  std::map<std::string, RetryPolicy, std::less<>> retries_;
  std::map<std::string, BreakerSettings, std::less<>> breakers_;
  Defined defined_timeouts_, defined_retries_, defined_breakers_, apps_, actors_, components_;
  std::set<std::string, std::less<>> used_timeouts_, used_retries_, used_breakers_;
};

}  // namespace resil

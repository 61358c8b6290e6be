// The shape of a document: which fields stand in which mapping. What can be said of a document without looking at its
// values is said from this table.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "config/yaml/yaml_node.h"

namespace resil {

enum class Shape : std::uint8_t {
  Value,  // a single value
  List,   // of single values
  Free,   // whatever it is, it is not ours
  // Mappings with fields.
  Document,
  Spec,
  Policies,
  Retry,
  Matching,
  Budget,
  Breaker,
  Targets,
  App,
  Actor,
  Component,
  Direction,
  RateLimit,
  // Mappings from names to entries.
  Timeouts,
  Retries,
  Breakers,
  Apps,
  Actors,
  Components,
};

struct Field {
  std::string_view name;
  Shape shape = Shape::Value;
  bool extension = false;  // only a ResiliencyExtension has it
};

// The fields of a mapping with fields; nothing for the others.
std::span<const Field> fields_of(Shape shape);

// What an entry of a mapping from names to entries is, and how messages call it ("retry policy"). Value for a timeout.
struct EntryKind {
  Shape shape = Shape::Value;
  std::string_view what;  // empty: the shape is no mapping from names
};
EntryKind entries_of(Shape shape);

// The field of that name, in any case; null if there is none.
const Field* find_field(Shape shape, std::string_view name);

// True if a field of that name, in any case, stands in the mapping.
bool has_field(const YamlNode& mapping, std::string_view name);

// True for the same letters, small or capital (ASCII).
bool same_letters(std::string_view a, std::string_view b);

}  // namespace resil

// A YAML document as a small tree that knows where each piece stood. Only mappings, sequences and scalars: what the
// reader refuses (anchors, aliases, tags) cannot be in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace resil {

struct YamlNode {
  enum class Kind : std::uint8_t { Null, Scalar, Sequence, Mapping };

  Kind kind = Kind::Null;
  bool quoted = false;          // a scalar in quotes or a block: certainly a text
  int line = 0, column = 0;     // from 1
  int text_column = 0;          // where a scalar's text stands letter for letter on its line; 0: it does not
  std::string text;             // of a scalar
  std::vector<YamlNode> items;  // of a sequence; of a mapping: key, value, key, value, ...

  std::size_t pairs() const { return items.size() / 2; }
  const YamlNode& key(std::size_t i) const { return items[2 * i]; }
  const YamlNode& value(std::size_t i) const { return items[2 * i + 1]; }

  // The value of a key in a mapping; null if there is none (or it is YAML's null, which says as little).
  const YamlNode* find(std::string_view name) const {
    for (std::size_t i = 0; kind == Kind::Mapping && i < pairs(); ++i) {
      if (key(i).text == name) return value(i).kind == Kind::Null ? nullptr : &value(i);
    }
    return nullptr;
  }
};

}  // namespace resil

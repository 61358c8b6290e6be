#include "config/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <numeric>
#include <sstream>
#include <utility>

#include "config/suggest.h"

namespace resil {
namespace {

// Thrown out of yaml-cpp's events; places count as the whole text does.
struct Refused {
  YamlMistake mistake;
};

// Where the lines of a text begin, to see whether a scalar stands there as it is.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
      starts_.push_back(at + 1);
    }
  }

  // The column (from 1) at which `value` itself stands if it does, letter for letter; else 0.
  int column_of(const YAML::Mark& mark, const std::string& value, bool quoted) const {
    if (mark.line < 0 || static_cast<std::size_t>(mark.line) >= starts_.size()) return 0;
    const std::size_t column = static_cast<std::size_t>(mark.column) + (quoted ? 1 : 0);
    const std::size_t at = starts_[static_cast<std::size_t>(mark.line)] + column;
    return at < text_.size() && text_.substr(at, value.size()) == value ? static_cast<int>(column) + 1 : 0;
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_ = {0};
};

// Builds the tree from yaml-cpp's events and refuses what it should not hold, as early as it shows.
class Builder final : public YAML::EventHandler {
 public:
  Builder(const YamlDocument& document, const YamlLimits& limits)
      : document_(document), limits_(limits), lines_(document.text) {}

  bool finished() const { return finished_; }
  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (finished_) refuse(mark, "the document is over, but more follows; begin another document with a line of ---");
  }
  void OnDocumentEnd() override { finished_ = true; }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, "", anchor);
    add(mark, YamlNode::Kind::Null);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases (*name) are not allowed here; write the value out");
  }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchor(mark); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check(mark, tag, anchor);
    if (value.size() > limits_.scalar) {
      refuse(mark, "a value of " + std::to_string(value.size()) + " bytes is too long: at most " +
                       std::to_string(limits_.scalar));
    }
    YamlNode& node = add(mark, YamlNode::Kind::Scalar);
    node.text = value;
    node.quoted = tag == "!";
    node.text_column = lines_.column_of(mark, value, node.quoted);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check(mark, tag, anchor);
    open(mark, YamlNode::Kind::Sequence);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check(mark, tag, anchor);
    open(mark, YamlNode::Kind::Mapping);
  }
  void OnMapEnd() override {
    refuse_duplicates(*open_.back());
    close();
  }

 private:
  [[noreturn]] void refuse(const YAML::Mark& mark, std::string message) const {
    throw Refused{{mark.line + document_.first_line, mark.column + 1, std::move(message)}};
  }

  [[noreturn]] void refuse_anchor(const YAML::Mark& mark) const {
    refuse(mark, "anchors (&name) are not allowed here; write the value out where it is needed");
  }

  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    if (anchor != YAML::NullAnchor) refuse_anchor(mark);
    if (!tag.empty() && tag != "?" && tag != "!")
      refuse(mark, "tags (" + quoted(tag) + ") are not allowed here; remove it");
  }

  YamlNode& add(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (++nodes_ > limits_.nodes) {
      refuse(mark, "the document is too large: more than " + std::to_string(limits_.nodes) + " values");
    }
    const bool key =
        !open_.empty() && open_.back()->kind == YamlNode::Kind::Mapping && open_.back()->items.size() % 2 == 0;
    if (key && kind != YamlNode::Kind::Scalar) refuse(mark, "a key must be a plain word; put it before the ':'");
    YamlNode& node = open_.empty() ? root_ : open_.back()->items.emplace_back();
    node.kind = kind;
    node.line = mark.line + document_.first_line;
    node.column = mark.column + 1;
    return node;
  }

  // Pointers stay good: nothing is added to a node that has an open child.
  void open(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (static_cast<int>(open_.size()) >= limits_.depth) {
      refuse(mark, "nested too deeply: at most " + std::to_string(limits_.depth) + " levels");
    }
    open_.push_back(&add(mark, kind));
  }
  void close() { open_.pop_back(); }

  static void refuse_duplicates(const YamlNode& mapping) {
    std::vector<std::size_t> order(mapping.pairs());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return mapping.key(a).text < mapping.key(b).text; });
    const YamlNode *first = nullptr, *second = nullptr;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const YamlNode &a = mapping.key(order[i - 1]), &b = mapping.key(order[i]);
      if (a.text == b.text && (second == nullptr || b.line < second->line)) first = &a, second = &b;
    }
    if (second == nullptr) return;
    throw Refused{{second->line, second->column,
                   "the key " + quoted(second->text) + " is here a second time, the first is in line " +
                       std::to_string(first->line) + "; remove one"}};
  }

  const YamlDocument& document_;
  const YamlLimits& limits_;
  Lines lines_;
  YamlNode root_;
  std::vector<YamlNode*> open_;
  std::size_t nodes_ = 0;
  bool finished_ = false;
};

// yaml-cpp says what it met; this adds what to do about it.
std::string explained(const std::string& message) {
  struct Remedy {
    std::string_view part, advice;
  };
  constexpr Remedy kRemedies[] = {
      {"illegal tab", "indent with spaces"},
      {"illegal map value", "put a value that has ': ' in it in quotes, and check the indentation"},
      {"end of map not found", "check the indentation of this line"},
      {"end of sequence not found", "check the indentation of this line"},
      {"flow", "a '{' or '[' is not closed, or a ',' is missing or too many"},
      {"unknown token", "put a value that begins with a special character in quotes"},
      {"illegal EOF", "a quote is not closed"},
      {"illegal document indicator", "a quote is not closed"},
      {"alias", "aliases (*name) are not allowed here, write the value out"},
      {"bad file", "it is nested too deeply, or it is no YAML"},
  };
  for (const Remedy& remedy : kRemedies) {
    if (message.find(remedy.part) != std::string::npos)
      return "not valid YAML: " + message + "; " + std::string(remedy.advice);
  }
  return "not valid YAML: " + message;
}

YamlMistake placed(const YamlDocument& document, const YAML::Mark& mark, std::string message) {
  if (mark.is_null()) return {document.first_line, 1, std::move(message)};
  return {mark.line + document.first_line, mark.column + 1, std::move(message)};
}

// Reads from a text without copying it.
class View final : public std::streambuf {
 public:
  explicit View(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // only ever read: no put area
    setg(begin, begin, begin + text.size());
  }
};

}  // namespace

YamlResult read_yaml(const YamlDocument& document, const YamlLimits& limits) {
  if (auto bad = find_bad_byte(document)) return {std::nullopt, std::move(bad)};
  try {
    View view(document.text);
    std::istream stream(&view);
    YAML::Parser parser(stream);
    Builder builder(document, limits);
    // Twice and no more: the second time there must be nothing left. (A loop until false never ends on some texts.)
    if (!parser.HandleNextDocument(builder)) return {};
    parser.HandleNextDocument(builder);
    return {builder.take(), std::nullopt};
  } catch (const Refused& refused) {
    return {std::nullopt, refused.mistake};
  } catch (const YAML::Exception& exception) {
    return {std::nullopt, placed(document, exception.mark, explained(exception.msg))};
  }
}

}  // namespace resil

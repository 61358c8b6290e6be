#include "config/yaml/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <numeric>
#include <sstream>
#include <utility>

#include "config/text/suggest.h"
#include "config/yaml/yaml_explain.h"

namespace resil {
namespace {

// Thrown out of yaml-cpp's events; places count as the whole text does.
struct Refused {
  YamlMistake mistake;
};

// True if a quoted scalar that begins at `at` ends within the text. (yaml-cpp lets the end of the text close it too.)
bool is_closed(std::string_view text, std::size_t at) {
  if (at >= text.size() || (text[at] != '"' && text[at] != '\''))
    return true;  // a block, whose end is the indentation's
  const char quote = text[at];
  while (++at < text.size()) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || text.substr(at, 2) != "''") return true;
      ++at;
    }
  }
  return false;
}

// Builds the tree from yaml-cpp's events and refuses what it should not hold, as early as it shows.
class Builder final : public YAML::EventHandler {
 public:
  Builder(const YamlDocument& document, const YamlLimits& limits) : document_(document), limits_(limits) {}

  bool finished() const { return finished_; }
  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (finished_) refuse(mark, "the document is over, but more follows; begin another document with a line of ---");
  }
  void OnDocumentEnd() override {
    if (!is_closed(document_.text, last_quote_)) {
      throw Refused{{last_quote_line_, 0, "not valid YAML: the quote that opens in this line is not closed"}};
    }
    finished_ = true;
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(mark, YamlNode::Kind::Null); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases (*name) are not allowed here; write the value out");
  }
  // Before the event of the node that has it.
  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    refuse(mark, "anchors (&name) are not allowed here; write the value out where it is needed");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    check(mark, tag);
    if (value.size() > limits_.scalar) {
      refuse(mark, "a value of " + std::to_string(value.size()) + " bytes is too long: at most " +
                       std::to_string(limits_.scalar));
    }
    YamlNode& node = add(mark, YamlNode::Kind::Scalar);
    node.text = value;
    node.quoted = tag == "!";
    const std::size_t at = position(mark) + (node.quoted ? 1 : 0);
    if (document_.text.substr(at, value.size()) == value) node.text_column = mark.column + (node.quoted ? 2 : 1);
    if (node.quoted) {
      last_quote_ = position(mark);
      last_quote_line_ = node.line;
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    check(mark, tag);
    open(mark, YamlNode::Kind::Sequence);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    check(mark, tag);
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

  // Marks count bytes: the stream is UTF-8 and has no byte order mark.
  std::size_t position(const YAML::Mark& mark) const {
    return std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), document_.text.size());
  }

  void check(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    if (tag[0] == '!' && (in_trip() || tag.find('(') != std::string::npos)) {
      refuse(mark, "YAML takes a value that begins with '!' for a tag; put it in quotes, like '!(a > 1)'");
    }
    refuse(mark, "tags (" + quoted(tag) + ") are not allowed here; remove it");
  }

  // True where the value of a field `trip` is about to be added.
  bool in_trip() const {
    return !open_.empty() && open_.back()->kind == YamlNode::Kind::Mapping && open_.back()->items.size() % 2 == 1 &&
           open_.back()->items.back().text == "trip";
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
    const auto place = [](const YamlNode& key) { return std::pair(key.line, key.column); };
    const YamlNode *first = nullptr, *second = nullptr;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const YamlNode &a = mapping.key(order[i - 1]), &b = mapping.key(order[i]);
      if (a.text == b.text && (second == nullptr || place(b) < place(*second))) first = &a, second = &b;
    }
    if (second == nullptr) return;
    throw Refused{{second->line, second->column,
                   "the key " + quoted(second->text) + " is here a second time, the first is in line " +
                       std::to_string(first->line) + "; remove one"}};
  }

  const YamlDocument& document_;
  const YamlLimits& limits_;
  YamlNode root_;
  std::vector<YamlNode*> open_;
  std::size_t nodes_ = 0;
  std::size_t last_quote_ = std::string_view::npos;
  int last_quote_line_ = 0;
  bool finished_ = false;
};

YamlMistake placed(const YamlDocument& document, const YAML::Exception& exception) {
  const YAML::Mark& mark = exception.mark;
  if (mark.is_null()) return {document.first_line, 1, explained(exception.msg, "")};
  const std::size_t at = std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), document.text.size());
  const std::size_t newline = at == 0 ? std::string_view::npos : document.text.rfind('\n', at - 1);
  const std::string_view line = document.text.substr(newline == std::string_view::npos ? 0 : newline + 1);
  return {mark.line + document.first_line, mark.column + 1, explained(exception.msg, line)};
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
    return {std::nullopt, with_cause(document, refused.mistake)};
  } catch (const YAML::Exception& exception) {
    return {std::nullopt, with_cause(document, placed(document, exception))};
  }
}

}  // namespace resil

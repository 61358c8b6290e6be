#include "config/yaml/yaml_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace resil {
namespace {

YamlResult read(const std::string& text, YamlLimits limits = {}) { return read_yaml({text, 1}, limits); }

std::string mistake(const std::string& text, YamlLimits limits = {}) {
  const YamlResult result = read(text, limits);
  if (!result.mistake) return "";
  return std::to_string(result.mistake->line) + ":" + std::to_string(result.mistake->column) + ": " +
         result.mistake->message;
}

std::string repeated(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST(YamlReader, TreeWithPlaces) {
  const YamlResult result = read("a: 1\nb:\n  - x\n  - {c: \"two\"}\nd:\n");
  ASSERT_TRUE(result.root) << result.mistake->message;
  const YamlNode& root = *result.root;
  ASSERT_EQ(root.kind, YamlNode::Kind::Mapping);
  EXPECT_EQ(root.pairs(), 3u);
  const YamlNode* b = root.find("b");
  ASSERT_NE(b, nullptr);
  ASSERT_EQ(b->items.size(), 2u);
  EXPECT_EQ(b->items[0].text, "x");
  EXPECT_EQ(b->items[0].line, 3);
  EXPECT_EQ(b->items[0].column, 5);
  const YamlNode* c = b->items[1].find("c");
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(c->text, "two");
  EXPECT_TRUE(c->quoted);
  EXPECT_EQ(c->line, 4);
  EXPECT_EQ(c->column, 9);
  EXPECT_EQ(root.find("d"), nullptr) << "null says as little as nothing";
  EXPECT_EQ(root.find("nosuch"), nullptr);
}

TEST(YamlReader, KnowsWhereAScalarStandsLetterForLetter) {
  const YamlResult result =
      read("plain: a > 1 # \xC3\xA9\ndouble: \"a > 1\"\nsingle: 'it''s'\nfolded: >\n  a\n  b\nescaped: \"a\\tb\"\n");
  ASSERT_TRUE(result.root);
  EXPECT_EQ(result.root->find("plain")->text_column, 8);
  EXPECT_EQ(result.root->find("double")->text_column, 10);
  EXPECT_EQ(result.root->find("single")->text_column, 0);
  EXPECT_EQ(result.root->find("folded")->text_column, 0);
  EXPECT_EQ(result.root->find("escaped")->text_column, 0);
}

TEST(YamlReader, NothingButCommentsIsNoDocument) {
  for (const std::string text : {"", "\n\n", "# only a remark\n", "---\n", "--- # nothing\n", "%YAML 1.2\n"}) {
    const YamlResult result = read(text);
    EXPECT_FALSE(result.mistake) << text << ": " << result.mistake->message;
    EXPECT_TRUE(!result.root || result.root->kind == YamlNode::Kind::Null) << text;
  }
}

TEST(YamlReader, RefusesWhatAPolicyHasNoUseFor) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a: &x 1\n", "1:4: anchors (&name) are not allowed here; write the value out where it is needed"},
      {"a: &x\n", "1:4: anchors (&name) are not allowed here; write the value out where it is needed"},
      {"a: &x {b: 1}\n", "1:4: anchors (&name) are not allowed here; write the value out where it is needed"},
      {"&x a: 1\n", "1:1: anchors (&name) are not allowed here; write the value out where it is needed"},
      {"a: &x [*x, 1]\n", "1:4: anchors (&name) are not allowed here; write the value out where it is needed"},
      {"a: *x\n",
       "1:4: not valid YAML: the referenced anchor is not defined; aliases (*name) are not allowed here, write the "
       "value out"},
      {"a: !!str 1\n", "1:4: tags ('tag:yaml.org,2002:str') are not allowed here; remove it"},
      {"a: !mine {}\n", "1:4: tags ('!mine') are not allowed here; remove it"},
      {"a: 1\nb: 2\na: 3\n", "3:1: the key 'a' is here a second time, the first is in line 1; remove one"},
      {"x: {a: 1, b: 2, a: 3}\n", "1:17: the key 'a' is here a second time, the first is in line 1; remove one"},
      {"[a, b]: 1\n", "1:1: a key must be a plain word; put it before the ':'"},
      {"? {a: 1}\n: 1\n", "1:3: a key must be a plain word; put it before the ':'"},
      {"~: 1\n", "1:1: a key must be a plain word; put it before the ':'"},
      {"[1],\n", "1:4: the document is over, but more follows; begin another document with a line of ---"},
      {"- a\nb: 1\n", "2:1: the document is over, but more follows; begin another document with a line of ---"},
      {"a: 1\n...\nb: 2\n", "3:1: the document is over, but more follows; begin another document with a line of ---"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(mistake(text), expected);
}

TEST(YamlReader, BrokenYamlSaysWhatToDo) {
  const std::string invalid = "not valid YAML: ";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a: b: c\n",
       "1:5: " + invalid + "illegal map value; put a value that has ': ' in it in quotes, and check the indentation"},
      {"a:\n\tb: 1\n", "2:3: " + invalid + "the line is indented with a tab; use spaces"},
      {"a:\n  b: 1\n c: 2\n", "3:2: " + invalid + "end of map not found; check the indentation of this line"},
      {"a: {b: 1\n",
       "2:1: " + invalid + "end of map flow not found; a '{' or '[' is not closed, or a ',' is missing or too many"},
      {"a: @b\n", "1:4: " + invalid + "unknown token; put a value that begins with a special character in quotes"},
      {"a: \"\\q\"\n",
       "1:7: " + invalid + "unknown escape character: q; write \\\\ for a backslash, or use single quotes"},
      {"a: - b\n", "1:4: " + invalid + "illegal block entry; put a list on lines of its own, or in [ ]"},
      {"a: \"open", "1:9: " + invalid + "illegal EOF in scalar; a quote is not closed"},
      {"b: 1\na: \"open\n", "2:0: " + invalid + "the quote that opens in this line is not closed"},
      {"a: 'it''s open\n", "1:0: " + invalid + "the quote that opens in this line is not closed"},
      {"a: \"open\\\"\n", "1:0: " + invalid + "the quote that opens in this line is not closed"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(mistake(text), expected);
  EXPECT_EQ(mistake("a: \"closed \\\\\"\nb: 'it''s'\n"), "");
}

TEST(YamlReader, HangingInputsEnd) {  // each of these loops for ever in YAML::LoadAll
  for (const std::string text : {",", "[1],", ", a", "{:", "[:", "]", "}", "a: ]", "[,", "- ,\n"}) {
    const YamlResult result = read(text);
    EXPECT_TRUE(result.mistake || result.root) << text;
  }
  EXPECT_NE(mistake(","), "");
  EXPECT_NE(mistake(", a"), "");
}

TEST(YamlReader, Limits) {
  EXPECT_EQ(mistake(repeated("[", 32) + repeated("]", 32)), "");
  EXPECT_EQ(mistake(repeated("[", 33) + repeated("]", 33)), "1:33: nested too deeply: at most 32 levels");
  EXPECT_EQ(mistake("a: " + std::string(4096, 'x')), "");
  EXPECT_EQ(mistake("a: " + std::string(4097, 'x')), "1:4: a value of 4097 bytes is too long: at most 4096");
  YamlLimits few;
  few.nodes = 10;
  EXPECT_EQ(mistake(std::string("[").append(repeated("1,", 9)).append("]"), few), "");
  EXPECT_EQ(mistake(std::string("[").append(repeated("1,", 10)).append("]"), few),
            "1:20: the document is too large: more than 10 values");
}

TEST(YamlReader, BytesThatAreNoText) {
  EXPECT_EQ(mistake(std::string("a: \0b", 5)), "1:4: the control character 0x00 cannot be in YAML; remove it");
  EXPECT_EQ(mistake("a: 1\nb: \x04\n"), "2:4: the control character 0x04 cannot be in YAML; remove it");
  for (const std::string bad : {"\xFF", "\xC3", "\xC3(", "\xE2\x82", "\xED\xA0\x80", "\xC0\xAF", "\xE0\x80\x80",
                                "\xF5\x80\x80\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\x80", "\xFE\xFF\x00a"}) {
    EXPECT_NE(mistake("a: " + bad + "\n").find("is not UTF-8; save the file as UTF-8"), std::string::npos)
        << mistake("a: " + bad);
  }
  for (const std::string good : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(mistake("a: " + good + "\n"), "");
  }
}

// Each range of Unicode's table of well-formed sequences, at its ends and just beyond them.
TEST(YamlReader, Utf8ToTheEdges) {
  for (const std::string good :
       {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xE0\xBF\xBF", "\xE1\x80\x80", "\xEC\xBF\xBF", "\xED\x80\x80",
        "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBD", "\xF0\x90\x80\x80", "\xF0\xBF\xBF\xBF", "\xF1\x80\x80\x80",
        "\xF3\xBF\xBF\xBF", "\xF4\x80\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_FALSE(find_bad_byte({good, 1})) << good;
    EXPECT_FALSE(find_bad_byte({"a" + good + "b", 1})) << good;
    // Without its last byte it is none, be it at the end or before a letter.
    const std::string cut = good.substr(0, good.size() - 1);
    EXPECT_TRUE(find_bad_byte({cut, 1}));
    EXPECT_TRUE(find_bad_byte({cut + "a", 1}));
    EXPECT_TRUE(find_bad_byte({cut + "\xC0", 1}));
  }
  for (const std::string bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE1\x80\x7F", "\xE1\xC0\x80", "\xF1\x80\x7F\x80", "\xF1\x80\x80\x7F",
        "\xF1\x7F\x80\x80", "\xF1\xC0\x80\x80", "\xC2\x7F", "\xC2\xC0", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_TRUE(find_bad_byte({bad, 1})) << "not " << bad;
    EXPECT_TRUE(find_bad_byte({bad + "\x80\x80", 1})) << "not " << bad;
  }
}

TEST(YamlReader, ControlCharactersButTheUsualThree) {
  for (int byte = 0; byte < 0x80; ++byte) {
    const bool bad = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
    const std::string text = "a" + std::string(1, static_cast<char>(byte)) + "b";
    const auto found = find_bad_byte({text, 1});
    ASSERT_EQ(found.has_value(), bad) << byte;
    if (bad) {
      EXPECT_EQ(found->column, 2);
    }
  }
  const auto later = find_bad_byte({"ab\n\nc\xC3\xA9\xFF", 5});
  ASSERT_TRUE(later);
  EXPECT_EQ(later->line, 7);
  EXPECT_EQ(later->column, 4);
  EXPECT_EQ(later->message, "the byte 0xFF is not UTF-8; save the file as UTF-8");
}

TEST(YamlReader, SplitsAtDocumentLines) {
  const auto texts = [](const std::string& text) {
    std::vector<std::pair<std::string, int>> parts;
    for (const YamlDocument& part : split_yaml(text)) parts.emplace_back(part.text, part.first_line);
    return parts;
  };
  using Parts = std::vector<std::pair<std::string, int>>;
  EXPECT_EQ(texts("a: 1\n---\nb: 2\n"), (Parts{{"a: 1\n", 1}, {"---\nb: 2\n", 2}}));
  EXPECT_EQ(texts("---\na: 1\n--- # two\r\nb: 2\n"), (Parts{{"---\na: 1\n", 1}, {"--- # two\r\nb: 2\n", 3}}));
  EXPECT_EQ(texts("\xEF\xBB\xBF"
                  "a: 1"),
            (Parts{{"a: 1", 1}}));
  for (const std::string line : {"---", "--- ", "---\t", "---\r", "--- b"})
    EXPECT_EQ(texts("a\n" + line + "\nc"), (Parts{{"a\n", 1}, {line + "\nc", 2}})) << line;
  for (const std::string line : {"--", "----", "---b", " ---", "a ---"})
    EXPECT_EQ(texts("a\n" + line + "\nc"), (Parts{{"a\n" + line + "\nc", 1}})) << line;
  EXPECT_EQ(texts("---"), (Parts{{"---", 1}}));
  EXPECT_EQ(texts("---\n---"), (Parts{{"---\n", 1}, {"---", 2}}));
  EXPECT_EQ(texts("\n\n---\na\n\n---\nb"), (Parts{{"\n\n", 1}, {"---\na\n\n", 3}, {"---\nb", 6}}));
  EXPECT_EQ(texts("a: ---\n ---\n----\n"), (Parts{{"a: ---\n ---\n----\n", 1}}));
  EXPECT_EQ(texts(""), Parts{});
}

TEST(YamlReader, LinesOfALaterDocumentCountFromTheTop) {
  const std::vector<YamlDocument> parts = split_yaml("a: 1\n---\nb: 2\nb: 3\n");
  ASSERT_EQ(parts.size(), 2u);
  const YamlResult result = read_yaml(parts[1], {});
  ASSERT_TRUE(result.mistake);
  EXPECT_EQ(result.mistake->line, 4);
  EXPECT_NE(result.mistake->message.find("the first is in line 3"), std::string::npos) << result.mistake->message;
}

TEST(YamlReader, ABackslashInSingleQuotesIsOne) {
  EXPECT_EQ(mistake("a: 'x\\'\n"), "");
  EXPECT_EQ(read("a: 'x\\'\n").root->find("a")->text, "x\\");
}

TEST(YamlReader, AValueThatBeginsWithAnExclamationMark) {
  const std::string quotes = "YAML takes a value that begins with '!' for a tag; put it in quotes";
  EXPECT_NE(mistake("a: !b(c)\n").find(quotes), std::string::npos) << mistake("a: !b(c)\n");
  EXPECT_NE(mistake("trip: !b\n").find(quotes), std::string::npos);
  for (const char* tagged : {"trip: !!str b\n", "a: !b c\n", "a: !!str b\n"}) {
    EXPECT_EQ(mistake(tagged).find(quotes), std::string::npos) << tagged;
    EXPECT_NE(mistake(tagged).find("are not allowed here; remove it"), std::string::npos) << mistake(tagged);
  }
}

TEST(YamlReader, OfSeveralKeysThatAreThereTwiceTheFirstIsTold) {
  EXPECT_EQ(mistake("z: 1\na: 2\nz: 3\na: 4\n").substr(0, 4), "3:1:");
  EXPECT_EQ(mistake("a: 1\nz: 2\na: 3\nz: 4\n").substr(0, 4), "3:1:");
  EXPECT_EQ(mistake("{z: 1, a: 1, z: 2, a: 3}").substr(0, 5), "1:14:");
  EXPECT_EQ(mistake("{a: 1, z: 1, a: 2, z: 3}").substr(0, 5), "1:14:");
}

}  // namespace
}  // namespace resil

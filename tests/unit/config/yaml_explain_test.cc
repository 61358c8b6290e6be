// What led to a mistake in a YAML text, where that is something else than the parser stumbled over.
#include "config/yaml/yaml_explain.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace resil {
namespace {

const std::string kSeen = "what the parser saw";

// What is told of a mistake in that line.
std::string told(const std::string& text, int line, int first_line = 1) {
  const YamlMistake mistake = with_cause({text, first_line}, {line, 7, kSeen});
  return std::to_string(mistake.line) + ":" + std::to_string(mistake.column) + ": " + mistake.message;
}

std::string dashes(int count) {
  return "a line of " + std::string(static_cast<std::size_t>(count), '-') +
         " means nothing; another document begins with a line of ---";
}
const std::string kIndented = "a line of --- begins another document only if it is not indented; remove the blanks";

TEST(YamlExplain, AMistakeWithoutAnotherCauseIsTold) {
  for (const std::string text : {"", "a: 1\n", "a: [\n", "\n\n", "   \n"}) EXPECT_EQ(told(text, 1), "1:7: " + kSeen);
}

TEST(YamlExplain, ATemplateIsTheCauseWhereverItStands) {
  const std::string filled =
      " is a template that nobody filled in; render it (as with helm template) and load the result";
  EXPECT_EQ(told("a: [\nb: {{ .x }}\n", 1), "2:4: '{{ .x }}'" + filled);
  EXPECT_EQ(told("{% if x %}\na: {{ .x }}\n", 9), "1:1: '{% if x %}'" + filled);
  EXPECT_EQ(told("--\na: ${X}", 9), "2:4: '${X}'" + filled) << "rather than a separator";
  EXPECT_EQ(told("a: {{ .x }}b %}\n", 1), "1:4: '{{ .x }}'" + filled) << "and not what follows it";
  EXPECT_EQ(told("a: ${X}/b\n", 1), "1:4: '${X}'" + filled);
  EXPECT_EQ(told("a: {{ .x\n", 1), "1:4: '{{ .x'" + filled) << "where it has no end";
  EXPECT_EQ(told("a#{{ .x }}\n", 1), "1:3: '{{ .x }}'" + filled) << "no comment begins within a word";
  for (const std::string remark : {"# {{ .x }}\n", "a: 1 # {{ .x }}\n", "a: 1\t# {{ .x }}\n", "b: 1\n#{{ .x }}"})
    EXPECT_EQ(told(remark, 1), "1:7: " + kSeen) << remark;
  EXPECT_EQ(told("a: 1\nb: {{ .x }}\n", 12, 11), "12:4: '{{ .x }}'" + filled) << "lines count as in the whole text";
}

TEST(YamlExplain, ALineThatWasMeantToBeginADocument) {
  for (const auto& [line, message] :
       std::vector<std::pair<std::string, std::string>>{{"--", dashes(2)},
                                                        {"----", dashes(4)},
                                                        {"  --", dashes(2)},
                                                        {"--\r", dashes(2)},
                                                        {"-- \t ", dashes(2)},
                                                        {"---- # a remark", dashes(4)},
                                                        {std::string(12, '-'), dashes(12)},
                                                        {std::string(40, '-'), dashes(12)},
                                                        {" ---", kIndented},
                                                        {"    ---  ", kIndented},
                                                        {"    ----", dashes(4)}}) {
    EXPECT_EQ(told("a: 1\n" + line + "\nb: 2\n", 9), "2:1: " + message) << line;
    EXPECT_EQ(told("a: 1\n" + line, 9), "2:1: " + message) << line << ", at the end";
  }
  for (const std::string line : {"-", " -", "---", "---  ", "---\r", "- -", "--a", "-- -", "--- a", "a --", "", "  "})
    EXPECT_EQ(told("a: 1\n" + line + "\nb: 2\n", 9), "9:7: " + kSeen) << line;
  EXPECT_EQ(told("--\n----\n ---\n", 9), "1:1: " + dashes(2)) << "the first one is told";
  EXPECT_EQ(told("----\n", 99, 50), "50:1: " + dashes(4));
}

// The parser may stop at the line after the one that misled it, so that one is looked at too, and no other.
TEST(YamlExplain, AnOddCharacterInTheLineOrTheOneBefore) {
  const std::string quote = ": not valid YAML: a typographic quote (U+201C) stands here; write plain quotes";
  const std::string odd = "b: \xE2\x80\x9Cx\n";
  EXPECT_EQ(told("a: 1\n" + odd + "c: 1\nd: 1\n", 1), "1:7: " + kSeen);
  EXPECT_EQ(told("a: 1\n" + odd + "c: 1\nd: 1\n", 2), "2:4" + quote);
  EXPECT_EQ(told("a: 1\n" + odd + "c: 1\nd: 1\n", 3), "2:4" + quote);
  EXPECT_EQ(told("a: 1\n" + odd + "c: 1\nd: 1\n", 4), "4:7: " + kSeen);
  EXPECT_EQ(told("a: 1\n" + odd + "c: 1\n", 13, 11), "12:4" + quote);
  EXPECT_EQ(told("a: 1\n" + odd + "c \xE2\x80\x9C\n", 3), "3:3" + quote) << "of two the nearer one";
  EXPECT_EQ(told("a: 1 # \xE2\x80\x9Cx\n", 1), "1:7: " + kSeen) << "a comment may have any";
  EXPECT_EQ(told("--\n" + odd, 2), "1:1: " + dashes(2)) << "a separator is the likelier cause";
}

TEST(YamlExplain, ATabIsTheCauseOnlyWhereItIndents) {
  const std::string tab = "not valid YAML: the line is indented with a tab; use spaces";
  for (const std::string line : {"\ta: 1", "  \ta: 1", "\t  a", "\t", "  \t"})
    EXPECT_EQ(explained(kSeen, line), tab) << line;
  for (const std::string line : {"a:\t1", "  a\t", "a", "", "  "})
    EXPECT_EQ(explained(kSeen, line), "not valid YAML: " + kSeen) << line;
}

TEST(YamlExplain, EachKindOfMistakeHasItsRemedy) {
  const std::string indentation = "check the indentation of this line", open = "a quote is not closed";
  for (const auto& [message, advice] : std::vector<std::pair<std::string, std::string>>{
           {"illegal map value", "put a value that has ': ' in it in quotes, and check the indentation"},
           {"end of map not found", indentation},
           {"end of sequence not found", indentation},
           {"illegal block entry", "put a list on lines of its own, or in [ ]"},
           {"end of map flow not found", "a '{' or '[' is not closed, or a ',' is missing or too many"},
           {"unknown token", "put a value that begins with a special character in quotes"},
           {"unknown escape character: q", "write \\\\ for a backslash, or use single quotes"},
           {"illegal EOF in scalar", open},
           {"illegal document indicator in scalar", open},
           {"the referenced anchor is not defined", "aliases (*name) are not allowed here, write the value out"},
           {"bad file", "it is nested too deeply, or it is no YAML"}}) {
    EXPECT_EQ(explained(message, "a: 1"), "not valid YAML: " + message + "; " + advice);
  }
}

}  // namespace
}  // namespace resil

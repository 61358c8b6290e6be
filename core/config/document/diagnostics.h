// Where a load's mistakes and remarks are collected.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/yaml/yaml_node.h"

namespace resil {

// A mistake (error) or a remark (not error), at a place in a source.
struct Diagnostic {
  bool error = true;
  std::string source;        // a file's name; empty for a text
  int line = 0, column = 0;  // from 1; 0: not about a place in a text
  std::string message;       // what is wrong and what to write instead

  // "file:line:column: message", without what is not known.
  std::string text() const;
};

// A place in a source.
struct Place {
  std::string source;
  int line = 0, column = 0;
};

class Diagnostics {
 public:
  explicit Diagnostics(bool lenient) : lenient_(lenient) {}

  bool lenient() const { return lenient_; }
  void begin_source(std::string name) { source_ = std::move(name); }

  void error(int line, int column, std::string message) { add(true, line, column, std::move(message)); }
  // Names a character in the node's text that only looks right.
  void error(const YamlNode& at, std::string message);
  void warning(int line, int column, std::string message) { add(false, line, column, std::move(message)); }
  void warning(const YamlNode& at, std::string message) { add(false, at.line, at.column, std::move(message)); }

  // What the original lets pass: an error, or a warning if the load is lenient, which then says what becomes of it.
  void strict(const YamlNode& at, std::string message, std::string_view consequence);

  // At a place of any source.
  void error(const Place& at, std::string message) { add_to(at.source, true, at.line, at.column, std::move(message)); }
  void warning(const Place& at, std::string message) {
    add_to(at.source, false, at.line, at.column, std::move(message));
  }

  const std::string& source() const { return source_; }
  Place place(const YamlNode& at) const { return {source_, at.line, at.column}; }

  // Nothing more of the sort that `strict` makes will be told, so it need not be worked out well.
  bool full() const { return (lenient_ ? diagnostics_.size() : told_errors_) >= kMostDiagnostics; }

  std::size_t errors() const { return errors_; }
  bool failed() const { return errors_ > 0; }

  // In the order of the sources and, in each, of the text.
  std::vector<Diagnostic> take();

 private:
  // More would help nobody, and a hostile text could ask for a great many. An error takes the place of a warning.
  static constexpr std::size_t kMostDiagnostics = 100;

  void add(bool error, int line, int column, std::string message) {
    add_to(source_, error, line, column, std::move(message));
  }
  void add_to(const std::string& source, bool error, int line, int column, std::string message);

  bool lenient_;
  std::size_t errors_ = 0, told_errors_ = 0;
  std::string source_;
  std::vector<Diagnostic> diagnostics_;
  std::size_t untold_errors_ = 0, untold_warnings_ = 0;
};

}  // namespace resil

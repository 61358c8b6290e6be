#include "config/trip/trip_parser.h"

#include <algorithm>
#include <array>
#include <limits>

#include "config/text/suggest.h"
#include "config/trip/trip_builder.h"
#include "config/trip/trip_lexer.h"

namespace resil {
namespace {

// Deep enough for anything a person writes (CEL itself asks for 12 to 32), shallow enough for a small stack.
constexpr int kMostDepth = 100;
constexpr std::size_t kMostText = 16'384;
constexpr std::uint64_t kLeastIntMagnitude = std::uint64_t{1} << 63;

struct Binary {
  std::string_view symbol;
  int level;
  TripOp op;
};
constexpr std::array kBinaries = {
    Binary{"||", 1, TripOp::Or},        Binary{"&&", 2, TripOp::And},      Binary{"<", 3, TripOp::Less},
    Binary{"<=", 3, TripOp::LessEqual}, Binary{">", 3, TripOp::Greater},   Binary{">=", 3, TripOp::GreaterEqual},
    Binary{"==", 3, TripOp::Equal},     Binary{"!=", 3, TripOp::NotEqual}, Binary{"in", 3, TripOp::In},
    Binary{"+", 4, TripOp::Add},        Binary{"-", 4, TripOp::Subtract},  Binary{"*", 5, TripOp::Multiply},
    Binary{"/", 5, TripOp::Divide},     Binary{"%", 5, TripOp::Modulo},
};
constexpr int kUnaryLevel = 6;

class Parser {
 public:
  using Id = TripBuilder::Id;

  Parser(std::string_view text, TripNames names) : lexemes_(lex_trip(text)), builder_(text, names) {}

  TripResult parse(bool lenient) {
    if (peek().kind == TripToken::End) {
      throw TripSyntaxError(0, "the trip is empty; leave it out for the default, consecutiveFailures > 5");
    }
    const Id root = expression();
    if (peek().kind != TripToken::End) throw unexpected("an operator, or nothing more,");
    return builder_.finish(root, lenient);
  }

 private:
  const Lexeme& peek(std::size_t ahead = 0) const { return lexemes_[std::min(at_ + ahead, lexemes_.size() - 1)]; }
  bool is(std::string_view symbol) const { return peek().kind == TripToken::Operator && peek().text == symbol; }

  bool take(std::string_view symbol) {
    if (!is(symbol)) return false;
    ++at_;
    return true;
  }

  void expect(std::string_view symbol) {
    if (!take(symbol)) throw unexpected("'" + std::string(symbol) + "'");
  }

  TripSyntaxError unexpected(const std::string& wanted) const {
    if (peek().kind == TripToken::End) return {peek().begin, "the expression ends where " + wanted + " should follow"};
    std::string hint;
    if (peek().text == "and" || peek().text == "AND") hint = "; write &&";
    if (peek().text == "or" || peek().text == "OR") hint = "; write ||";
    if (peek().text == "?") hint = "; put the inner ?: in parentheses";
    return {peek().begin, wanted + " should stand here, not " + quoted(peek().text) + hint};
  }

  struct Deeper {
    explicit Deeper(Parser& parser) : depth(parser.depth_) {
      if (++depth > kMostDepth) throw TripSyntaxError(parser.peek().begin, "nested too deeply: at most 100 levels");
    }
    ~Deeper() { --depth; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    int& depth;
  };

  TripBuilder::Place from(std::size_t begin) const { return {begin, at_ == 0 ? 0 : lexemes_[at_ - 1].end}; }

  Id expression() {
    const Deeper deeper(*this);
    const std::size_t begin = peek().begin;
    const Id condition = binary(1);
    if (!take("?")) return condition;
    const Id then = binary(1);
    expect(":");
    const Id otherwise = expression();
    return builder_.select(from(begin), condition, then, otherwise);
  }

  const Binary* operator_at(int level) const {
    for (const Binary& binary : kBinaries) {
      const bool word = binary.op == TripOp::In;
      if (binary.level >= level && peek().kind == (word ? TripToken::Name : TripToken::Operator) &&
          peek().text == binary.symbol) {
        return &binary;
      }
    }
    return nullptr;
  }

  // Operators of one level group from the left, those of a higher one bind tighter.
  Id binary(int level) {
    const std::size_t begin = peek().begin;
    Id left = unary();
    while (const Binary* found = operator_at(level)) {
      ++at_;
      if (found->op == TripOp::In) {
        const std::vector<Id> elements = list();
        left = builder_.in(from(begin), left, elements);
      } else {
        const Id right = found->level + 1 < kUnaryLevel ? binary(found->level + 1) : unary();
        left = builder_.binary(from(begin), found->op, left, right);
      }
    }
    return left;
  }

  std::vector<Id> list() {
    if (take("(")) {
      const std::vector<Id> elements = nested_list();
      expect(")");
      return elements;
    }
    if (!take("[")) throw unexpected("a list like [1, 2] after 'in'");
    std::vector<Id> elements;
    while (!take("]")) {
      elements.push_back(expression());
      if (!is("]")) expect(",");
    }
    return elements;
  }

  std::vector<Id> nested_list() {
    const Deeper deeper(*this);
    return list();
  }

  Id unary() {
    const std::size_t first = at_;
    while (is("!") || is("-")) {
      // A minus before a literal belongs to it: -9223372036854775808 has no positive counterpart.
      if (is("-") && peek(1).kind == TripToken::Int) break;
      ++at_;
    }
    const std::size_t last = at_;
    Id operand = is("-") ? negative_literal() : primary();
    for (std::size_t i = last; i-- > first;) {
      const TripOp op = lexemes_[i].text == "!" ? TripOp::Not : TripOp::Negate;
      operand = builder_.unary(from(lexemes_[i].begin), op, operand);
    }
    return operand;
  }

  Id negative_literal() {
    const std::size_t begin = peek().begin;
    const std::uint64_t magnitude = peek(1).integer;
    at_ += 2;
    if (magnitude > kLeastIntMagnitude) throw too_large(begin);
    return builder_.literal(from(begin), TripValue::of(static_cast<std::int64_t>(0 - magnitude)));
  }

  TripSyntaxError too_large(std::size_t begin) const {
    return {begin, quoted(lexemes_[at_ - 1].text) + " does not fit in an int; write " +
                       std::string(lexemes_[at_ - 1].text) + "u or a double"};
  }

  Id primary() {
    const Lexeme& lexeme = peek();
    if (lexeme.kind == TripToken::End) throw unexpected("a count or a number");
    ++at_;
    switch (lexeme.kind) {
      case TripToken::Int:
        if (lexeme.integer >= kLeastIntMagnitude) throw too_large(lexeme.begin);
        return builder_.literal(from(lexeme.begin), TripValue::of(static_cast<std::int64_t>(lexeme.integer)));
      case TripToken::Uint: return builder_.literal(from(lexeme.begin), TripValue::of(lexeme.integer));
      case TripToken::Double: return builder_.literal(from(lexeme.begin), TripValue::of(lexeme.real));
      case TripToken::Name: return name(lexeme);
      default: break;
    }
    if (lexeme.text != "(") {
      --at_;
      throw unexpected(lexeme.text == "[" ? "a count or a number (a list only after 'in')" : "a count or a number");
    }
    const Id inner = expression();
    expect(")");
    builder_.widen(inner, from(lexeme.begin));
    return inner;
  }

  Id name(const Lexeme& lexeme) {
    if (lexeme.text == "true" || lexeme.text == "false") {
      return builder_.literal(from(lexeme.begin), TripValue::of(lexeme.text == "true"));
    }
    if (lexeme.text == "in" || lexeme.text == "not" || lexeme.text == "and" || lexeme.text == "or") {
      throw TripSyntaxError(lexeme.begin,
                            quoted(lexeme.text) + " cannot stand here" + (lexeme.text == "not" ? "; write !" : ""));
    }
    if (!take("(")) return builder_.variable(from(lexeme.begin), lexeme.text);
    std::vector<Id> arguments;
    if (!take(")")) {
      do {
        arguments.push_back(expression());
      } while (take(","));
      expect(")");
    }
    return builder_.call(from(lexeme.begin), lexeme.text, arguments);
  }

  std::vector<Lexeme> lexemes_;
  TripBuilder builder_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

TripResult compile_trip(std::string_view text, bool lenient, TripNames names) {
  TripResult result;
  if (text.size() > kMostText) {
    result.messages.push_back({true, 0, "the expression is too long: at most 16384 bytes; shorten it"});
    return result;
  }
  try {
    return Parser(text, names).parse(lenient);
  } catch (const TripSyntaxError& error) {
    result.messages.push_back({true, error.offset, error.what()});
  }
  return result;
}

}  // namespace resil

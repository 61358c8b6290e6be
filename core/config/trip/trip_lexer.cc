#include "config/trip/trip_lexer.h"

#include <charconv>

#include "config/text/digits.h"
#include "config/text/oddity.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Lexeme next() {
    skip_blanks();
    const std::size_t begin = at_;
    if (at_ == text_.size()) return made(TripToken::End, begin);
    if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) return number();
    if (is_letter(peek())) {
      while (is_letter(peek()) || is_digit(peek())) ++at_;
      return made(TripToken::Name, begin);
    }
    return symbol();
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  Lexeme made(TripToken kind, std::size_t begin) const {
    return {kind, begin, at_, 0, 0, text_.substr(begin, at_ - begin)};
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (is_blank(peek())) {
        ++at_;
      } else if (peek() == '/' && peek(1) == '/') {
        while (at_ < text_.size() && peek() != '\n') ++at_;
      } else {
        return;
      }
    }
  }

  void skip_digits() {
    while (is_digit(peek())) ++at_;
  }

  Lexeme number() {
    const std::size_t begin = at_;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && is_hex(peek(2))) {
      at_ += 2;
      while (is_hex(peek())) ++at_;
      return integer(begin, begin + 2, 16);
    }
    skip_digits();
    bool real = false;
    if (peek() == '.' && is_digit(peek(1))) {
      real = true;
      ++at_;
      skip_digits();
    }
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
      real = true;
      at_ += 1 + sign;
      skip_digits();
    }
    return real ? decimal(begin) : integer(begin, begin, 10);
  }

  Lexeme integer(std::size_t begin, std::size_t digits, int base) {
    const std::size_t end = at_;
    const bool is_unsigned = peek() == 'u' || peek() == 'U';
    if (is_unsigned) ++at_;
    Lexeme lexeme = made(is_unsigned ? TripToken::Uint : TripToken::Int, begin);
    const auto parsed = std::from_chars(text_.data() + digits, text_.data() + end, lexeme.integer, base);
    if (parsed.ec != std::errc()) throw TripSyntaxError(begin, quoted(lexeme.text) + " is too large for 64 bits");
    return separate(lexeme);
  }

  Lexeme decimal(std::size_t begin) {
    Lexeme lexeme = made(TripToken::Double, begin);
    const auto parsed = std::from_chars(text_.data() + begin, text_.data() + at_, lexeme.real);
    if (parsed.ec != std::errc()) {
      if (!underflows(lexeme.text)) throw TripSyntaxError(begin, quoted(lexeme.text) + " is too large for a double");
      lexeme.real = 0;
    }
    return separate(lexeme);
  }

  // from_chars says only "out of range"; which way shows in the exponent that the number would have as 0.ddd...
  static bool underflows(std::string_view number) {
    const std::size_t mark = number.find_first_of("eE");
    const std::string_view mantissa = number.substr(0, mark);
    const std::size_t point = mantissa.find('.') == std::string_view::npos ? mantissa.size() : mantissa.find('.');
    const std::size_t first = mantissa.find_first_not_of("0.");
    if (first == std::string_view::npos) return true;
    const bool negative = mark != std::string_view::npos && number[mark + 1] == '-';
    if (mark == std::string_view::npos) return first > point;
    std::int64_t exponent = 0;
    const std::size_t digits = mark + 1 + (negative || number[mark + 1] == '+' ? 1 : 0);
    const auto parsed = std::from_chars(number.data() + digits, number.data() + number.size(), exponent);
    if (parsed.ec != std::errc()) return negative;
    const std::int64_t shift = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
    return (negative ? -exponent : exponent) + shift < 0;
  }

  Lexeme separate(const Lexeme& number) const {
    if (is_letter(peek()) || is_digit(peek()) || peek() == '.') {
      throw TripSyntaxError(number.begin, "the number " + quoted(number.text) + " runs into " +
                                              quoted(text_.substr(at_, 1)) + "; a double is written like 5.0 or 5e3");
    }
    return number;
  }

  // Operators of other languages, or of a hurry.
  void refuse_lookalike(std::size_t begin) const {
    struct Lookalike {
      std::string_view text, meant;
    };
    constexpr Lookalike kLookalikes[] = {{"===", "=="},          {"!==", "!="},          {"=>", ">="},
                                         {"=<", "<="},           {"<>", "!="},           {"\xE2\x89\xA5", ">="},
                                         {"\xE2\x89\xA4", "<="}, {"\xE2\x89\xA0", "!="}, {"=!", "!="}};
    for (const Lookalike& found : kLookalikes) {
      if (text_.substr(at_, found.text.size()) != found.text) continue;
      throw TripSyntaxError(begin, quoted(found.text) + " is not an operator; write " + std::string(found.meant));
    }
  }

  Lexeme symbol() {
    const std::size_t begin = at_;
    refuse_lookalike(begin);
    for (const std::string_view two : {"&&", "||", "==", "!=", "<=", ">="}) {
      if (text_.substr(at_, 2) == two) {
        at_ += 2;
        return made(TripToken::Operator, begin);
      }
    }
    const char c = peek();
    if (std::string_view("+-*/%<>!?:()[],").find(c) != std::string_view::npos) {
      ++at_;
      return made(TripToken::Operator, begin);
    }
    if (c == '&' || c == '|' || c == '=') {
      const std::string twice(2, c);
      throw TripSyntaxError(begin, "a single '" + std::string(1, c) + "' means nothing here; write " + twice);
    }
    if (c == '"' || c == '\'') throw TripSyntaxError(begin, "a trip compares numbers; it has no use for texts");
    if (c == '.') throw TripSyntaxError(begin, "'.' means nothing here; a double is written like 0.5");
    if (const auto odd = find_odd_character(text_.substr(at_, 3)); odd && odd->offset == 0)
      throw TripSyntaxError(begin, odd->what + " means nothing in a trip; " + odd->remedy);
    std::size_t length = 1;
    while (at_ + length < text_.size() && (static_cast<unsigned char>(text_[at_ + length]) & 0xC0U) == 0x80U) ++length;
    throw TripSyntaxError(begin, quoted(text_.substr(at_, length)) + " means nothing in a trip");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Lexeme> lex_trip(std::string_view text) {
  std::vector<Lexeme> lexemes;
  Lexer lexer(text);
  do {
    lexemes.push_back(lexer.next());
  } while (lexemes.back().kind != TripToken::End);
  return lexemes;
}

}  // namespace resil

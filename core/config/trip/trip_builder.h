// Builds a trip program bottom up, checking types and folding constants as each piece is added. Nothing here recurses,
// so a chain of a thousand operators needs no more stack than one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/trip/trip_parser.h"
#include "resil/trip/trip_code.h"

namespace resil {

class TripBuilder {
 public:
  using Id = std::size_t;

  TripBuilder(std::string_view text, TripNames names) : text_(text), names_(names) {}

  // The half-open range of the text that a piece was read from.
  struct Place {
    std::size_t begin = 0, end = 0;
  };
  Place place(Id id) const { return drafts_[id].place; }
  void widen(Id id, Place place) { drafts_[id].place = place; }  // parentheses

  Id literal(Place place, TripValue value);
  Id variable(Place place, std::string_view name);
  Id unary(Place place, TripOp op, Id operand);
  Id binary(Place place, TripOp op, Id left, Id right);
  Id select(Place place, Id condition, Id then, Id otherwise);
  Id in(Place place, Id needle, const std::vector<Id>& elements);
  Id call(Place place, std::string_view function, const std::vector<Id>& arguments);

  TripResult finish(Id root, bool lenient);

 private:
  // One piece. `type` Error stands for "cannot be known": it holds a mistake, which is told once, where it is.
  struct Draft {
    Place place;
    TripNode node;
    TripType type = TripType::Error;
    bool constant = false;
    bool share = false;    // failureRate or slowRate: from 0 to 1
    bool dynamic = false;  // through dyn(): values of different types may be compared for equality
    std::vector<Id> operands;
    std::string mistake;  // a static one; matters only if the piece is used in the end
  };

  Id add(Place place, TripOp op, TripType type, std::vector<Id> operands, std::string mistake = "");
  Id count(Place place, std::uint8_t number);
  Id calls(Place place);
  Id rate(Place place, std::uint8_t number);
  std::string unknown_variable(std::string_view name) const;
  Id fold(Place place, TripOp op, TripType type, const std::vector<Id>& operands);
  std::string check(TripOp op, Id left, Id right) const;
  std::string check_logic(TripOp op, Id operand) const;
  std::string mixing(TripOp op, Id left, Id right) const;
  void remark(TripOp op, Id left, Id right);
  void remark_whole_quotient(Id quotient);
  void remark_share(Id share, Id bound);
  bool decides(Id id, bool value) const;
  bool known(Id id) const { return drafts_[id].type != TripType::Error; }
  std::string source(Id id) const;
  std::vector<bool> used_from(Id root) const;
  bool may_be_true(Id root) const;

  std::string_view text_;
  TripNames names_;
  std::vector<Draft> drafts_;
  std::vector<TripMessage> remarks_;
  std::optional<TripMessage> impossible_;  // the first constant that cannot be computed
};

}  // namespace resil

// The last step of compiling a trip: which pieces are used, what they need, and what was wrong with them.
#include <algorithm>
#include <utility>

#include "config/text/suggest.h"
#include "config/trip/trip_builder.h"
#include "config/trip/trip_types.h"

namespace resil {

std::vector<bool> TripBuilder::used_from(Id root) const {
  std::vector<bool> used(drafts_.size(), false);
  used[root] = true;
  for (Id id = root + 1; id-- > 0;) {  // operands come before what they are used in
    if (!used[id]) continue;
    for (const Id operand : drafts_[id].operands) used[operand] = true;
  }
  return used;
}

TripResult TripBuilder::finish(Id root, bool lenient) {
  TripResult result;
  result.messages = std::move(remarks_);
  const Draft& top = drafts_[root];
  const std::vector<bool> used = used_from(root);
  for (Id id = 0; id < drafts_.size(); ++id) {
    const Draft& draft = drafts_[id];
    if (draft.mistake.empty()) continue;
    if (used[id])
      result.messages.push_back({!lenient, draft.place.begin, draft.mistake});
    else
      result.messages.push_back({false, draft.place.begin, draft.mistake + ", though it changes nothing here"});
  }
  if (known(root) && top.type != TripType::Bool) {
    result.messages.push_back({!lenient, top.place.begin,
                               "a trip must be true or false, this is " + with_article(top.type) +
                                   "; compare it, as in 'consecutiveFailures > 5'"});
  } else if (top.constant && top.node.literal.is_error() && impossible_) {
    result.messages.push_back({!lenient, impossible_->offset, impossible_->text + ", so this can never trip"});
  }

  // Pieces were added in the order in which a stack machine needs them, so the used ones in that order are the program.
  std::vector<TripNode> code;
  std::size_t depth = 0, deepest = 0;
  for (Id id = 0; id < drafts_.size(); ++id) {
    if (!used[id]) continue;
    code.push_back(drafts_[id].node);
    depth = depth + 1 - drafts_[id].node.args;
    deepest = std::max(deepest, depth);
  }
  if (code.size() > kTripMaxNodes || deepest > kTripMaxStack) {
    result.messages.push_back(
        {true, 0,
         "the expression is too long: at most " + std::to_string(kTripMaxNodes) + " values and operators; shorten it"});
  }
  const bool wrong = std::any_of(result.messages.begin(), result.messages.end(), [](const auto& m) { return m.error; });
  if (!wrong) result.rule.emplace(std::string(text_), std::move(code));
  return result;
}

}  // namespace resil

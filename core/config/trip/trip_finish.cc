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

// False if what is wrong in the rule reaches the top whatever the counts are. Only && || ?: can keep it from there.
bool TripBuilder::may_be_true(Id root) const {
  struct Answers {
    bool yes = false, no = false;  // neither: an error, or no bool
  };
  std::vector<Answers> answers(drafts_.size());
  for (Id id = 0; id <= root; ++id) {
    const Draft& draft = drafts_[id];
    if (!draft.mistake.empty() || (draft.constant && draft.node.literal.is_error())) continue;
    const auto of = [&](std::size_t i) { return answers[draft.operands[i]]; };
    Answers& mine = answers[id];
    if (draft.constant && draft.type == TripType::Bool) {
      mine = {draft.node.literal.as_bool(), !draft.node.literal.as_bool()};
    } else if (draft.node.op == TripOp::Or) {
      mine = {of(0).yes || of(1).yes, of(0).no && of(1).no};
    } else if (draft.node.op == TripOp::And) {
      mine = {of(0).yes && of(1).yes, of(0).no || of(1).no};
    } else if (draft.node.op == TripOp::Not) {
      mine = {of(0).no, of(0).yes};
    } else if (draft.node.op == TripOp::Select) {
      mine = {(of(0).yes && of(1).yes) || (of(0).no && of(2).yes), (of(0).yes && of(1).no) || (of(0).no && of(2).no)};
    } else {
      const bool good = std::all_of(draft.operands.begin(), draft.operands.end(),
                                    [&](Id operand) { return answers[operand].yes || answers[operand].no; });
      mine = {good, good};
    }
  }
  return answers[root].yes && (drafts_[root].type == TripType::Bool || !known(root));
}

TripResult TripBuilder::finish(Id root, bool lenient) {
  TripResult result;
  result.messages = std::move(remarks_);
  // What the original finds out at run time only: lenient says what the breaker does then.
  const std::string consequence = !lenient            ? ""
                                  : may_be_true(root) ? " (it does not trip where it depends on this)"
                                                      : " (this breaker never trips)";
  const Draft& top = drafts_[root];
  const std::vector<bool> used = used_from(root);
  for (Id id = 0; id < drafts_.size(); ++id) {
    const Draft& draft = drafts_[id];
    if (draft.mistake.empty()) continue;
    if (used[id])
      result.messages.push_back({!lenient, draft.place.begin, draft.mistake + consequence});
    else
      result.messages.push_back({false, draft.place.begin, draft.mistake + ", though it changes nothing here"});
  }
  if (known(root) && top.type != TripType::Bool) {
    result.messages.push_back({!lenient, top.place.begin,
                               "a trip must be true or false, this is " + with_article(top.type) +
                                   "; compare it, as in 'consecutiveFailures > 5'" + consequence});
  } else if (top.constant && top.node.literal.is_error() && impossible_) {
    result.messages.push_back(
        {!lenient, impossible_->offset, impossible_->text + ", so this can never trip" + consequence});
  } else if (!top.constant && impossible_ && !may_be_true(root)) {  // the original loads it, and never trips
    result.messages.push_back({false, impossible_->offset, impossible_->text + ", so this can never trip"});
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

// Any bytes as names, on endpoints of every kind and in every state: the snapshot always parses, and tells each
// endpoint.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "report/snapshot_json.h"
#include "support/operations.h"

namespace {

using namespace resil;           // NOLINT
using namespace resil::testing;  // NOLINT

std::string name_from(Bytes& bytes) {
  std::string name(bytes.below(40), '\0');
  for (char& c : name) c = static_cast<char>(bytes.next());
  return name;
}

// A policy for the name, so that its breaker has a name and a policy's name made of the same bytes.
void add_policy(PolicySet& set, Bytes& bytes, const std::string& name) {
  Target target = decode_policy(bytes).target;
  if (target.breaker) {
    BreakerSettings settings = *target.breaker;
    settings.policy_name = name;
    target.breaker = std::make_shared<const BreakerSettings>(settings);
  }
  target.cache_size = static_cast<std::uint32_t>(bytes.below(4));
  target.scope = bytes.coin() ? TargetEntry::Scope::Type : TargetEntry::Scope::Id;
  for (auto* targets : {&set.apps, &set.actors, &set.inbound, &set.outbound}) targets->insert_or_assign(name, target);
}

void check(const nlohmann::json& snapshot, std::size_t endpoints) {
  if (snapshot.at("endpoints").size() != endpoints) std::abort();
  for (std::size_t i = 0; i < endpoints; ++i) {
    const nlohmann::json& entry = snapshot["endpoints"][i];
    if (entry.at("endpoint") != i || !entry.at("name").is_string() || !entry.at("calls").is_object()) std::abort();
    if (entry.at("breaker").is_null()) continue;
    const std::string state = entry["breaker"].at("state");
    if (state != "closed" && state != "open" && state != "half-open") std::abort();
    for (const auto& [what, count] : entry["breaker"].at("counts").items()) {
      const bool slow = what == "slowCalls" || what == "slowRate";  // known only where the policy says what is slow
      const bool rate = what == "failureRate" || what == "slowRate";
      if (count.is_null() && (slow || state == "closed")) continue;
      if (rate ? !count.is_number() || count < 0 || count > 1 : !count.is_number_integer() || count < 0) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  Bytes bytes(std::span(data, size));
  PolicySet set;
  std::string names[4];
  for (std::string& name : names) add_policy(set, bytes, name = name_from(bytes));
  Engine engine({.max_endpoints = 64, .event_capacity = 16, .jitter_seed = 1}, std::move(set));
  Nanos now = 0;
  while (!bytes.empty()) {
    const auto kind = static_cast<TargetKind>(bytes.below(5));
    const std::string name = bytes.coin() ? bytes.pick(names) : name_from(bytes);
    const EndpointId id = engine.endpoint(kind, name, name_from(bytes));
    if (id < 0) break;
    Ticket ticket{};
    for (std::size_t attempts = bytes.below(6); attempts > 0; --attempts) {
      ticket = {};
      if (engine.begin(id, now, ticket) == 0) engine.end(ticket, bytes.pick(kOutcomes), now);
    }
    now += bytes.pick(kOpenFor);
  }
  const EngineView view = engine.view(now);
  check(nlohmann::json::parse(snapshot_json(view)), view.endpoints.size());
  return 0;
}

#include "resil/engine/endpoint_table.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "resil/engine/policy_table.h"

namespace resil {
namespace {

constexpr std::size_t kArenaBlock = 16'384;

std::size_t hash_of(TargetKind kind, std::string_view name, std::string_view instance) {
  const std::size_t a = std::hash<std::string_view>{}(name);
  const std::size_t b = std::hash<std::string_view>{}(instance);
  std::size_t hash = a * 0x9E3779B97F4A7C15ULL + b;
  hash = (hash ^ hash >> 29) * 0xBF58476D1CE4E5B9ULL + static_cast<std::size_t>(kind);
  return hash ^ hash >> 32;
}

}  // namespace

EndpointTable::Page::Page(unsigned shards) : counts(new CallCounts[std::size_t{kPage} * shards]) {
  const BreakerWord nobodys = BreakerWord::slow(Phase::NoBreaker, 0, 0);
  for (std::uint32_t i = 0; i < kPage; ++i) {
    records[i].calls = &counts[i];
    records[i].live.create(PlanNumber::kNobody, nobodys);
  }
}

EndpointTable::EndpointTable(std::uint32_t max_endpoints, unsigned shards)
    : max_endpoints_(max_endpoints), shards_(shards), pages_(new Page*[max_endpoints / kPage + 1]()), index_(16, -1) {
  first_page_ = pages_[0] = new Page(shards_);
}

EndpointTable::~EndpointTable() {
  for (std::uint32_t i = 0; i <= max_endpoints_ / kPage; ++i) delete pages_[i];
}

std::size_t EndpointTable::slot_of(TargetKind kind, std::string_view name, std::string_view instance) const {
  std::size_t slot = hash_of(kind, name, instance) & (index_.size() - 1);
  while (index_[slot] >= 0) {
    const EndpointName& other = at(index_[slot]).name;
    if (other.kind == kind && other.name() == name && other.instance() == instance) break;
    slot = (slot + 1) & (index_.size() - 1);
  }
  return slot;
}

EndpointId EndpointTable::lookup(TargetKind kind, std::string_view name, std::string_view instance) const {
  return index_[slot_of(kind, name, instance)];
}

EndpointId EndpointTable::add(TargetKind kind, std::string_view name, std::string_view instance) {
  const std::uint32_t id = size();
  if (id >= max_endpoints_) return -1;
  Page*& page = pages_[id / kPage];
  if (page == nullptr) page = new Page(shards_);
  if ((std::size_t{id} + 1) * 4 > index_.size() * 3) grow_index();
  EndpointName& record = page->records[id % kPage].name;
  record.kind = kind;
  record.text = keep(name, instance);
  return static_cast<EndpointId>(id);
}

void EndpointTable::publish(EndpointId id) {
  const EndpointName& name = unpublished(id).name;
  const std::size_t slot = slot_of(name.kind, name.name(), name.instance());
  const std::uint32_t count = static_cast<std::uint32_t>(id) + 1;
  count_.store(count, std::memory_order_release);
  index_[slot] = id;
}

const char* EndpointTable::keep(std::string_view name, std::string_view instance) {
  const EndpointName::Lengths lengths{static_cast<std::uint32_t>(name.size()),
                                      static_cast<std::uint32_t>(instance.size())};
  const std::size_t length = sizeof lengths + name.size() + instance.size();
  if (arena_.empty() || arena_.back().capacity() - arena_.back().size() < length) {
    arena_.emplace_back().reserve(std::max(kArenaBlock, length));
  }
  std::string& block = arena_.back();
  const std::size_t start = block.size() + sizeof lengths;
  block.append(reinterpret_cast<const char*>(&lengths), sizeof lengths)
      .append(name)
      .append(instance);  // within the reserved capacity: earlier names stay where they are
  return block.data() + start;
}

void EndpointTable::grow_index() {
  std::vector<std::int32_t> old(index_.size() * 2, -1);
  old.swap(index_);
  for (const std::int32_t id : old) {
    if (id < 0) continue;
    const EndpointName& name = at(id).name;
    index_[slot_of(name.kind, name.name(), name.instance())] = id;
  }
}

}  // namespace resil

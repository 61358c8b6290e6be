// EndpointTable: endpoints by number. Append-only: a number is valid for as long as the engine lives, records
// never move, and looking one up is two loads. Interning is the engine's, under its lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "resil/engine/endpoint_record.h"

namespace resil {

class EndpointTable {
 public:
  EndpointTable(std::uint32_t max_endpoints, unsigned shards);
  ~EndpointTable();
  EndpointTable(const EndpointTable&) = delete;
  EndpointTable& operator=(const EndpointTable&) = delete;

  // Wait-free, as all that only looks.
  bool contains(EndpointId id) const { return static_cast<std::uint32_t>(id) < size(); }
  // Null: no such endpoint.
  EndpointRecord* find(EndpointId id) const { return contains(id) ? &at(id) : nullptr; }
  // The same; on the short ways, since it is one comparison with a constant for one of the first page. There it answers
  // also what is not an endpoint yet: a record whose word is no closed breaker's and whose policy is kNobody, so that
  // the short ways leave it to the general one, which asks `contains`.
  EndpointRecord* find_quickly(EndpointId id) const {
    const auto index = static_cast<std::uint32_t>(id);
    if (index < kPage) [[likely]] {
      EndpointRecord* const record = &first_page_->records[index];
      if (record == nullptr) __builtin_unreachable();  // spares whoever asks the question
      return record;
    }
    return find(id);
  }
  // Of an endpoint that is known to be there.
  EndpointRecord& at(EndpointId id) const {
    const auto index = static_cast<std::uint32_t>(id);
    if (index < kPage) [[likely]]
      return first_page_->records[index];
    return pages_[index / kPage]->records[index % kPage];
  }
  static CallCounts& counts(const EndpointRecord& record, unsigned shard) {
    return record.calls[std::size_t{shard} * kPage];
  }
  TransitionCounts& transitions(EndpointId id) const {
    const auto index = static_cast<std::uint32_t>(id);
    return pages_[index / kPage]->transitions[index % kPage];
  }
  RejectionCounts& rejections(EndpointId id) const {
    const auto index = static_cast<std::uint32_t>(id);
    return pages_[index / kPage]->rejections[index % kPage];
  }
  std::uint32_t capacity() const { return max_endpoints_; }
  std::uint32_t size() const { return count_.load(std::memory_order_acquire); }

  // -1: not interned.
  EndpointId lookup(TargetKind kind, std::string_view name, std::string_view instance) const;

  // A new record, not yet to be found: complete it, then publish it. -1: the table is full.
  EndpointId add(TargetKind kind, std::string_view name, std::string_view instance);
  EndpointRecord& unpublished(EndpointId id) { return at(id); }
  void publish(EndpointId id);

 private:
  static constexpr std::uint32_t kPage = 128;

  struct Page {
    explicit Page(unsigned shards);
    EndpointRecord records[kPage];
    TransitionCounts transitions[kPage];
    RejectionCounts rejections[kPage];
    std::unique_ptr<CallCounts[]> counts;  // shard by shard, so that threads do not share lines
  };

  const char* keep(std::string_view name, std::string_view instance);
  std::size_t slot_of(TargetKind kind, std::string_view name, std::string_view instance) const;
  void grow_index();

  const std::uint32_t max_endpoints_;
  const unsigned shards_;
  std::unique_ptr<Page*[]> pages_;  // written before the count that makes a page reachable
  Page* first_page_;                // pages_[0], there from the start: most engines have no other
  std::atomic<std::uint32_t> count_{0};

  std::vector<std::int32_t> index_;  // open addressing; -1: free
  std::deque<std::string> arena_;    // blocks of names
};

}  // namespace resil

/* What resil is measured against, in a shared library of its own so that both pay the same for the call: the same
 * breaker behind a std::mutex, and the floor, a call that does one atomic operation. */
#pragma once
#include <cstdint>

extern "C" {
struct Twin;
struct TwinTicket {
  std::uint64_t generation;
  std::int64_t delay;
};

enum TwinRule { kConsecutive, kTotals, kInterval };
/* Never trips unless `trip_at` failures in a row come; open for `open_ns`. */
Twin* twin_new(TwinRule rule, std::uint64_t trip_at, std::int64_t open_ns);
/* 0 admitted, 1 open, 2 too many. The clock is read only where gobreaker's answer depends on it. */
int twin_begin(Twin* twin, TwinTicket* ticket);
/* 0 done, 1 retry after ticket->delay. */
int twin_end(Twin* twin, TwinTicket* ticket, int failed);

std::uint64_t floor_load(const std::uint64_t* word);
std::uint64_t floor_add(std::uint64_t* word);
}

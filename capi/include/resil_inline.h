/* resil_inline.h - the word of resil.h, inlined: for C and C++ hosts whose calls are themselves nanoseconds.
 *
 *     const uint64_t *word = resil_word(engine, endpoint);      once
 *     uint64_t seen;
 *     if (resil_fast_begin(word, &seen)) {                      an attempt that needs no begin
 *         int failed = call(resil_fast_timeout(seen));
 *         if (!failed && resil_fast_end(word, seen)) return;    and no end
 *         resil_adopt(engine, endpoint, seen, RESIL_NOW, &ticket);
 *         resil_end(engine, &ticket, failed ? RESIL_FAILURE : RESIL_SUCCESS, RESIL_NOW);
 *     }
 *
 * A rule over requests (a rate) has no fast word but a counted one. resil_counted_begin takes both, given a cell:
 *
 *     uint64_t *cell = NULL;                                    one for each endpoint and thread
 *     if (cell == NULL) cell = resil_tally(engine, endpoint, thread_number);
 *     if (resil_counted_begin(word, cell, &seen)) { ... as above ... }
 *
 * Count the calls that took the short way yourself and tell them with resil_credit before you take a snapshot. */
#ifndef RESIL_INLINE_H
#define RESIL_INLINE_H
#include "resil.h"
#if !defined(__GNUC__) && !defined(__clang__)
#error "resil_inline.h needs __atomic builtins: call resil_begin and resil_end instead"
#endif

/* 1: the attempt may be made without resil_begin; keep `seen`. 0: call resil_begin. */
static inline int resil_fast_begin(const uint64_t* word, uint64_t* seen) {
  *seen = __atomic_load_n(word, __ATOMIC_ACQUIRE);
  return (int)(*seen & RESIL_FAST);
}

/* The same for fast and counted words; a counted request is added to `cell` (resil_tally), which may be NULL. */
static inline int resil_counted_begin(const uint64_t* word, uint64_t* cell, uint64_t* seen) {
  uint64_t count, zero;
  *seen = __atomic_load_n(word, __ATOMIC_ACQUIRE);
  if (*seen & RESIL_FAST) return 1;
  if ((*seen & 3) != RESIL_COUNTED || !cell) return 0;
  zero = *seen & ~RESIL_TALLY_MOST;
  count = __atomic_load_n(cell, __ATOMIC_ACQUIRE);
  /* One comparison: it counts this generation, and there is room. */
  while (count - zero < RESIL_TALLY_MOST) {
    if (__atomic_compare_exchange_n(cell, &count, count + 1, 1, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return 1;
  }
  return 0;
}

/* The attempt's budget in nanoseconds, 0 = none. */
static inline int64_t resil_fast_timeout(uint64_t seen) {
  return (int64_t)(seen >> (seen & RESIL_FAST ? 1 : 2) & 0xFFFFFF) * 1000000;
}

/* After a success. 1: nothing happened meanwhile, skip resil_end. 0: resil_adopt, then resil_end. */
static inline int resil_fast_end(const uint64_t* word, uint64_t seen) {
  return __atomic_load_n(word, __ATOMIC_ACQUIRE) == seen;
}
#endif

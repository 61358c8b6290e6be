'use strict';
// Rows are measured in turn, a few milliseconds each, round after round, so that a machine that speeds up or slows down does
// so for all of them; a row is the median of its rounds.

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** `rows`: {name: {loop, count}}, where loop(count) makes `count` calls and may answer a promise. Answers ns per call by name. */
async function measure(rows, { rounds, warmups = 10 } = {}) {
  const samples = new Map(Object.keys(rows).map((name) => [name, []]));
  for (let round = -warmups; round < rounds; round++) {
    for (const [name, { loop, count }] of Object.entries(rows)) {
      const start = process.hrtime.bigint();
      await loop(count);
      const ns = Number(process.hrtime.bigint() - start) / count;
      if (round >= 0) samples.get(name).push(ns);
    }
  }
  return new Map(
    [...samples].map(([name, values]) => [
      name,
      { median: median(values), low: Math.min(...values), high: Math.max(...values) },
    ]),
  );
}

module.exports = { measure, median };

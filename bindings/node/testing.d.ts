import { Clock } from './index.js';

/** Time that moves when it is told to. */
export class VirtualClock implements Clock {
  constructor(startMs?: number);
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: any): void;
  /** Moves time. */
  sleepSync(ms: number): void;
  /** Sets the time without running a timer. */
  set(ms: number): void;
  /** Lets time pass: runs every timer that comes due, at its time, and what follows from it. */
  advance(ms: number): Promise<void>;
  /** Lets as much time pass as the promise needs, and answers like it. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** How many timers are set. */
  readonly pending: number;
}

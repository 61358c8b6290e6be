/// <reference types="node" />
import { EventEmitter } from 'events';
import { RejectedError, RejectionCode } from './lib/errors.js';
import { EngineEvents, ResilEvent } from './lib/events.js';

export * from './lib/errors.js';
export * from './lib/events.js';

/** The version of the engine inside the binary. */
export const version: string;

/** Where time comes from, in milliseconds with fractions (down to the nanosecond). It must never run backwards. */
export interface Clock {
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: any): void;
  /** Only for `executeSync` with `blocking`. */
  sleepSync?(ms: number): void;
}

export interface EngineOptions {
  /** Who is calling: documents whose `scopes` do not list it do not apply. None: every document applies. */
  appId?: string | undefined;
  /** A file of `kind: Configuration` that must enable the feature `Resiliency`; without it enabled, every call passes through. */
  config?: string | URL | undefined;
  /** What Dapr ignores (unknown fields, undefined policies ...) is a `warning` event, not an error. */
  lenient?: boolean | undefined;
  /** A `reject` event for each rejection, not only for the first since the breaker changed state. */
  everyRejection?: boolean | undefined;
  /** How many endpoints there may be; 1 048 576 if not given. */
  maxEndpoints?: number | undefined;
  /** How many events are kept for whoever reads late; 1024 if not given. */
  eventCapacity?: number | undefined;
  /** The most bytes of policy text; 262 144 if not given. */
  maxBytes?: number | undefined;
  /** Anything but 0 makes the delays of exponential policies repeatable. */
  jitterSeed?: number | undefined;
  /** Time for tests; see `resil/testing`. */
  clock?: Clock | undefined;
  /** Where the lines go that Dapr would log: `true` is the console, off by default. */
  log?: boolean | ((line: string, event: ResilEvent) => void) | { info(line: string): void } | undefined;
}

/** What separates the endpoints: each has a circuit breaker of its own. */
export type Target =
  | { app: string; method?: string | undefined }
  | { actor: string; id?: string | undefined }
  | { component: string; direction?: Direction | undefined; type?: ComponentType | undefined }
  | { builtin: string };
export type Direction = 'outbound' | 'inbound';
/** Only chooses default policies. */
export type ComponentType =
  'Binding' | 'Configuration' | 'Lock' | 'Pubsub' | 'Crypto' | 'Conversation' | 'Secretstore' | 'Statestore';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** What a function that makes an attempt is given. */
export interface AttemptContext {
  /** 1, 2, ... */
  readonly attempt: number;
  /** The budget of this attempt; undefined = none. */
  readonly timeoutMs: number | undefined;
  /** Aborts when the budget ends or the caller's signal aborts. Made when it is read. */
  readonly signal: AbortSignal;
}

export interface CallOptions<T = any> {
  /**
   * The caller's. When it aborts, the operation ends at once with its reason, whatever it was doing. An attempt in flight counts for
   * nothing, unless the reason is a TimeoutError (`AbortSignal.timeout`): then it is a timeout of the target.
   */
  signal?: AbortSignal | null | undefined;
  /** When the whole operation must be over: a Date, or milliseconds from now. */
  deadline?: Date | number | undefined;
  /** Wait until an attempt could be admitted instead of throwing, if the deadline is not sooner. Waiting is no attempt. */
  waitWhenOpen?: boolean | undefined;
  /**
   * What an attempt means, where resil cannot know: called with what was thrown, or with what was returned. Undefined leaves it
   * to resil: a throw is a failure (with the HTTP status or gRPC code that the error carries, or a timeout if it says so), a
   * response is judged by its status, all else is a success. What it throws ends the operation, and the attempt counts for nothing.
   */
  outcome?(error: unknown, value: T | undefined): number | undefined;
  /** Why the function cannot be called again, or a function that says so (undefined: it can). */
  refuseRetry?: string | (() => string | undefined) | undefined;
  /** Called with a result that a retry replaces, or that came after its budget had ended. */
  discard?(value: T): void;
  /**
   * The same for what was thrown: where it holds something open, as axios's error of a status does whose answer was asked for as a
   * stream. The error itself may still become the `cause` of what the caller gets.
   */
  discardError?(error: unknown): void;
}

export interface SyncOptions<T = any> extends CallOptions<T> {
  /** Wait by blocking the thread: for a retry, and with `waitWhenOpen` for an open breaker. Otherwise nothing is waited for. */
  blocking?: boolean | undefined;
}

export type Result<T> = Success<T> | Rejection | Failure;
export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}
/** The circuit breaker, a limit or the deadline admitted no attempt. Nothing was thrown. */
export interface Rejection {
  readonly ok: false;
  readonly code: RejectionCode;
  /** The engine's own word for it, and its number. */
  readonly reason: string;
  readonly reasonCode: number;
  readonly retryAfterMs: number;
  readonly endpoint: Endpoint;
  /** The failure of the attempt before, if there was one. */
  readonly cause: unknown;
  /** Made when it is read. */
  readonly error: RejectedError;
}
/** What `execute` would have thrown. */
export interface Failure {
  readonly ok: false;
  /** The error's code, if it has one. */
  readonly code: string | undefined;
  readonly retryAfterMs: undefined;
  readonly error: unknown;
}

/** Numbers for what an attempt came to. */
export const Outcome: {
  readonly SUCCESS: 0;
  readonly FAILURE: 1;
  readonly TIMEOUT: 2;
  readonly CANCELLED: 3;
  http(status: number): number;
  grpc(code: number): number;
  /** The same outcome, of an attempt that no other one could better: it counts, and is not retried, whatever the policy says. */
  noRetry(outcome: number): number;
  /**
   * What `execute` makes of a thrown error: its HTTP status or gRPC code, a timeout if a client says that its own time has run out,
   * or else a failure. After `signal` has aborted: a timeout if its reason is one (`AbortSignal.timeout`), or else cancelled.
   */
  ofError(error: unknown, signal?: AbortSignal): number;
};

/** What the engine answers when an attempt begins. */
export type BeginAnswer = 'allow' | 'reject';
/** What the engine answers when an attempt ends: it is over; wait, and begin again; it failed, and is over. */
export type EndAnswer = 'done' | 'retry' | 'giveUp';

/** Interned once, it lives as long as its engine. */
export class Endpoint {
  private constructor();
  readonly engine: Engine;
  /** The engine's number for it. */
  readonly id: number;
  /** Undefined where no policy gives this endpoint a breaker. */
  readonly state: BreakerState | undefined;
  /** How often its circuit breaker changed into each state since the engine was loaded. */
  readonly transitions: { closed: number; open: number; halfOpen: number };
  /** Calls `fn`, again if need be, under this endpoint's policies. */
  execute<T>(fn: (attempt: AttemptContext) => T, options?: CallOptions<Awaited<T>>): Promise<Awaited<T>>;
  /** The same, with everything that would be thrown as a value. */
  tryExecute<T>(fn: (attempt: AttemptContext) => T, options?: CallOptions<Awaited<T>>): Promise<Result<Awaited<T>>>;
  /** For a function that answers at once. Without `blocking` it is not retried, for that would mean to wait. */
  executeSync<T>(fn: (attempt: AttemptContext) => T, options?: SyncOptions<T>): T;
  tryExecuteSync<T>(fn: (attempt: AttemptContext) => T, options?: SyncOptions<T>): Result<T>;
  /** A function with the same arguments that runs under this endpoint's policies. */
  wrap<This, A extends unknown[], T>(
    fn: (this: This, ...args: A) => T,
    options?: CallOptions<Awaited<T>>,
  ): (this: This, ...args: A) => Promise<Awaited<T>>;
  /** One attempt by hand. */
  begin(options?: { deadline?: Date | number | undefined }): Attempt;
  toString(): string;
  toJSON(): string;
}

/** One attempt by hand: if `allowed`, make it within `timeoutMs` and end() it exactly once, whatever happened. */
export class Attempt {
  private constructor();
  readonly endpoint: Endpoint;
  /** What the engine answered when it began. */
  readonly answer: BeginAnswer;
  /** Whether that was 'allow', and the attempt is in flight. */
  readonly allowed: boolean;
  readonly attempt: number;
  readonly timeoutMs: number | undefined;
  /** After 'retry': how long to wait before begin(). */
  readonly delayMs: number;
  /** After a rejection: how long until an attempt could be admitted. */
  readonly retryAfterMs: number;
  /** After a rejection: whether waiting so long and beginning again can be of use. */
  readonly mayWait: boolean;
  /**
   * Why not: 'breaker-open', 'breaker-half-open-full', 'busy', 'rate-limited', 'held', 'deadline' of a rejection; 'retries-exhausted',
   * 'retry-budget', 'not-retriable', 'cancelled', 'deadline' of an end. A newer engine may have others.
   */
  readonly reason: string | undefined;
  /** The number of `reason`. */
  readonly reasonCode: number | undefined;
  /** The rejection as an error, for who wants to throw it. */
  readonly error: RejectedError | undefined;
  /** Tells what came of it. `retryAfterMs` is the server's own hint. */
  end(outcome: number, options?: { retryAfterMs?: number | undefined }): EndAnswer;
  /** The next attempt of the same operation, after 'retry' or a rejection. Answers `allowed`. */
  begin(): boolean;
  /** No further attempt; one in flight counts as cancelled, or as a timeout if the deadline has passed. */
  dispose(): void;
  [Symbol.dispose](): void;
}

export interface Snapshot {
  endpoints: EndpointSnapshot[];
  /** Every target that a ResiliencyExtension limits, over all of its endpoints. */
  targets: TargetSnapshot[];
}
/** How full a target's limits are; one that it has not is absent. `rejected` and `refused` count since the limit came in force. */
export interface TargetSnapshot {
  kind: string;
  name: string;
  direction?: 'inbound' | 'outbound';
  deadlineNs?: number;
  rateLimit?: { rate: number; perNs: number; burst: number; available: number; rejected: number };
  concurrency?: { limit: number; inFlight: number; rejected: number };
  budget?: { ratio: number; minPerSecond: number; windowNs: number; operations: number; retries: number; refused: number };
  hold?: { leftNs: number; rejected: number };
}
export interface EndpointSnapshot {
  endpoint: number;
  kind: string;
  name: string;
  breaker?: {
    name: string;
    state: BreakerState;
    /** A count that the trip rule does not read is null while the breaker is closed. */
    counts: Record<
      'requests' | 'totalSuccesses' | 'totalFailures' | 'consecutiveSuccesses' | 'consecutiveFailures',
      number | null
    >;
    [more: string]: unknown;
  } | null;
  [more: string]: unknown;
}

/** Policies, and the endpoints they govern. Belongs to the thread that made it. */
export class Engine extends EventEmitter {
  private constructor();
  /** Loads a file, or every .yaml and .yml of a folder. Throws a ConfigError that says where the mistake is and what to write instead. */
  static load(path: string | URL, options?: EngineOptions): Engine;
  static fromText(yaml: string, options?: EngineOptions): Engine;
  /** Everything that load would complain about, an error or warning each. */
  static check(path: string | URL, options?: EngineOptions): string[];
  static checkText(yaml: string, options?: EngineOptions): string[];

  app(id: string, method?: string): Endpoint;
  actor(type: string, id?: string): Endpoint;
  component(name: string, options?: { direction?: Direction | undefined; type?: ComponentType | undefined }): Endpoint;
  /** One of Dapr's reserved policies, by name. */
  builtin(name: string): Endpoint;
  endpoint(target: Target): Endpoint;
  /** `engine.endpoint(target).execute(fn, options)` */
  execute<T>(
    target: Target,
    fn: (attempt: AttemptContext) => T,
    options?: CallOptions<Awaited<T>>,
  ): Promise<Awaited<T>>;

  /** Replaces all policies, or none if there is a mistake. Breakers whose settings are equal keep their state. */
  reload(path?: string | URL): void;
  reloadText(yaml: string): void;
  snapshot(): Snapshot;

  readonly disposed: boolean;
  /** Ends waits at once (with a ClosedError), admits no call, and frees the engine when the last one in flight is over. */
  dispose(): void;
  [Symbol.dispose](): void;

  on<K extends keyof EngineEvents>(event: K, listener: (...args: EngineEvents[K]) => void): this;
  on(event: string | symbol, listener: (...args: any[]) => void): this;
  once<K extends keyof EngineEvents>(event: K, listener: (...args: EngineEvents[K]) => void): this;
  once(event: string | symbol, listener: (...args: any[]) => void): this;
  off<K extends keyof EngineEvents>(event: K, listener: (...args: EngineEvents[K]) => void): this;
  off(event: string | symbol, listener: (...args: any[]) => void): this;
}

import { BreakerState, Endpoint } from '../index.js';

interface EventBase {
  /** Of a circuit breaker that the ids of an actor type share: the endpoint of the type, as `engine.actor(type)` gives it. */
  endpoint: Endpoint;
  /** Of the engine's clock. */
  timeMs: number;
}
export interface StateChangeEvent extends EventBase {
  type: 'stateChange';
  from: BreakerState;
  to: BreakerState;
}
export interface RetryEvent extends EventBase {
  type: 'retry';
  attempt: number;
  outcome: string;
  delayMs: number;
}
export interface RecoveredEvent extends EventBase {
  type: 'recovered';
  attempts: number;
}
export interface RejectEvent extends EventBase {
  type: 'reject';
  attempts: number;
  reason: string;
  reasonCode: number;
  retryAfterMs: number;
  /** Only told, by a breaker in `mode: shadow`: the attempt was admitted. */
  shadow: boolean;
}
export interface TimeoutEvent extends EventBase {
  type: 'timeout';
  attempt: number;
  timeoutMs: number;
}
export interface GiveUpEvent extends EventBase {
  type: 'giveUp';
  attempts: number;
  reason: string;
  reasonCode: number;
  outcome: string;
}
export interface WarningEvent extends Omit<EventBase, 'endpoint'> {
  type: 'warning';
  /** Undefined if the warning is not about an endpoint. */
  endpoint: Endpoint | undefined;
  number: number;
  message: string;
}
/** A kind of event that this package does not know yet, as the engine told it. */
export interface OtherEvent extends EventBase {
  type: 'other';
  kind: number;
  name: string;
  before: number;
  after: number;
  value: number;
}
export type ResilEvent =
  StateChangeEvent | RetryEvent | RecoveredEvent | RejectEvent | TimeoutEvent | GiveUpEvent | WarningEvent | OtherEvent;
/** The engine would have asked for a retry that the caller had refused; it told the engine so by a deadline. */
export interface RetryRefusedEvent {
  type: 'retryRefused';
  endpoint: Endpoint;
  reason: string;
  error: unknown;
}

export interface EngineEvents {
  stateChange: [event: StateChangeEvent];
  retry: [event: RetryEvent];
  recovered: [event: RecoveredEvent];
  reject: [event: RejectEvent];
  timeout: [event: TimeoutEvent];
  giveUp: [event: GiveUpEvent];
  warning: [event: WarningEvent];
  other: [event: OtherEvent];
  retryRefused: [event: RetryRefusedEvent];
  /** A line that Dapr would log. */
  log: [line: string, event: ResilEvent];
  /** How many events were overwritten before they could be read. */
  lost: [count: number];
}

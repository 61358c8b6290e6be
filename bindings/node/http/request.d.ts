import { CallOptions, Target } from '../index.js';

export interface RequestDescription {
  url: string;
  /** In capitals. */
  method: string;
  /** As the client was given them: Headers, an object, pairs or a flat list. */
  headers: unknown;
}

export interface AdapterOptions extends Pick<CallOptions, 'deadline' | 'waitWhenOpen' | 'outcome'> {
  /**
   * Whose policies a request gets; undefined = none. By default the app is the host (or what the header `dapr-app-id` says) and
   * its method the path, in which parts that are ids (digits, UUIDs, hex of eight digits or more) are `{id}`: `orders/{id}/items`.
   */
  target?(request: RequestDescription): Target | undefined | null;
  /**
   * How many methods of one app get an endpoint, and so a circuit breaker, of their own; 256 if not given. Requests with further
   * ones go by the app's own endpoint, and a warning says so once.
   */
  maxPaths?: number | undefined;
}

import { Engine } from '../index.js';
import { AdapterOptions } from './request.js';

export { AdapterOptions, RequestDescription } from './request.js';

/**
 * A fetch under the engine's policies. A response whose status fails is retried as the policy says; the last one is returned, as
 * fetch does. A body that is a stream is sent once: then a retry is refused (RESIL_RETRY_REFUSED, event `retryRefused`).
 *
 * An attempt, and with it its budget, ends with the response's head: the body is the caller's to read, and the caller's signal ends it.
 */
export function wrapFetch(
  engine: Engine,
  options?: AdapterOptions & { fetch?: typeof globalThis.fetch | undefined },
): typeof globalThis.fetch;

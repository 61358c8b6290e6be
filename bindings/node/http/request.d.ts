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
   * its method the path.
   */
  target?(request: RequestDescription): Target | undefined | null;
}

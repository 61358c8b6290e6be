import { Engine } from '../index.js';
import { AdapterOptions } from './request.js';

export { AdapterOptions, RequestDescription } from './request.js';

/** For `dispatcher.compose(interceptor(engine))`, undici 6 and later. */
export function interceptor(
  engine: Engine,
  options?: AdapterOptions,
): (dispatch: any) => (opts: any, handler: any) => boolean;

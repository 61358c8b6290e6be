import { Engine } from '../index.js';
import { AdapterOptions } from './request.js';

export { AdapterOptions, RequestDescription } from './request.js';

type AxiosAdapter = (config: any) => Promise<any>;

/** An axios adapter under the engine's policies, around `adapter` (a function, a name, or several; axios's own by default). */
export function adapter(
  engine: Engine,
  options?: AdapterOptions & { adapter?: AxiosAdapter | string | string[] | undefined },
): AxiosAdapter;

/** Puts an axios instance (or axios itself) under the engine's policies; the function it answers takes it out again. */
export function attach(instance: { defaults: { adapter?: any } }, engine: Engine, options?: AdapterOptions): () => void;

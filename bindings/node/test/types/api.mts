// Compiled, never run: what must type-check does, and what must not is marked.
import resil, {
  Engine,
  Outcome,
  OpenError,
  RejectedError,
  ResilError,
  BusyError,
  type AttemptContext,
  type EndAnswer,
  type BeginAnswer,
  type Endpoint,
  type Result,
  type StateChangeEvent,
} from 'resil';
import { VirtualClock } from 'resil/testing';
import { wrapFetch } from 'resil/fetch';
import { interceptor } from 'resil/undici';
import { attach, adapter } from 'resil/axios';
import axios from 'axios';
import { Agent } from 'undici';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Equal<A, B>) => {};

const engine: Engine = Engine.load('resources', {
  appId: 'checkout',
  config: new URL('file:///x'),
  clock: new VirtualClock(),
  log: (line, event) => line + event.type,
});
const endpoint = engine.app('order-processor', 'orders');

const number = endpoint.execute(async ({ signal, attempt, timeoutMs }) =>
  signal.aborted ? attempt : (timeoutMs ?? 1),
);
same<typeof number, Promise<number>>(true);
const plain = endpoint.execute(() => 'text');
same<typeof plain, Promise<string>>(true);
const value = endpoint.executeSync(() => 1, { blocking: true });
same<typeof value, number>(true);

const result: Result<number> = await endpoint.tryExecute(async (context: AttemptContext) => context.attempt, {
  signal: AbortSignal.timeout(1),
  deadline: new Date(),
  waitWhenOpen: true,
});
if (result.ok) {
  same<typeof result.value, number>(true);
} else {
  const error: unknown = result.error;
  // @ts-expect-error: a failure has no value
  result.value;
  void error;
}

// Options that are handed on may be undefined.
function send(order: string, signal?: AbortSignal, deadline?: number, appId?: string) {
  Engine.load('resources', { appId, maxEndpoints: undefined });
  engine.endpoint({ app: order, method: appId }).begin({ deadline }).dispose();
  return endpoint.execute(() => order, { signal, deadline, discardError: (error) => void error });
}
void send;

class Store {
  name = 'x';
  get = endpoint.wrap(async function (this: Store, key: string, n?: number) {
    return this.name + key + n;
  });
}
const got = new Store().get('k');
same<typeof got, Promise<string>>(true);
// @ts-expect-error: a key is a string
new Store().get(1);

endpoint.execute(async () => new Response(), {
  outcome: (error, response) => (error ? Outcome.FAILURE : Outcome.http(response!.status)),
  discard: (response) => void response.body,
});

engine.on('stateChange', (event) => same<typeof event, StateChangeEvent>(true));
engine.on('log', (line) => line.length);
engine.once('retry', ({ delayMs, endpoint }) => delayMs + endpoint.id);
engine.on('warning', ({ endpoint }) => same<typeof endpoint, Endpoint | undefined>(true));

try {
  await endpoint.execute(async () => 1);
} catch (error) {
  if (error instanceof OpenError) same<typeof error.code, 'RESIL_OPEN'>(true);
  if (error instanceof RejectedError) error.retryAfterMs.toFixed() + error.reason.length + error.reasonCode.toFixed();
  if (error instanceof BusyError) same<typeof error.code, 'RESIL_BUSY'>(true);
  if (error instanceof ResilError) error.code.length;
}

{
  using attempt = endpoint.begin({ deadline: 1000 });
  const began: BeginAnswer = attempt.answer;
  const ended: EndAnswer = attempt.end(Outcome.noRetry(Outcome.ofError(new Error(), AbortSignal.abort())));
  void [began, ended, attempt.mayWait, endpoint.transitions.halfOpen.toFixed()];
  if (attempt.allowed && attempt.end(Outcome.grpc(14), { retryAfterMs: 10 }) === 'retry') attempt.begin();
}

engine.endpoint({ actor: 'T', id: '1' });
engine.component('store', { direction: 'inbound', type: 'Statestore' });
// @ts-expect-error: no such direction
engine.component('store', { direction: 'sideways' });
// @ts-expect-error: no such option
Engine.load('x', { appid: 'checkout' });
// @ts-expect-error: endpoints come from an engine
new resil.Endpoint();
engine.snapshot().endpoints[0]?.breaker?.counts.requests?.toFixed();

const fetched: Promise<Response> = wrapFetch(engine, {
  target: ({ url }) => ({ app: url }),
  maxPaths: 10,
  waitWhenOpen: true,
})('http://x');
new Agent().compose(interceptor(engine));
const client = axios.create({ adapter: adapter(engine, { adapter: 'http' }) });
const detach: () => void = attach(client, engine);
void [fetched, detach, number, plain, value, got, Engine.check('x').length];

'use strict';
// While the body of an answer is read, its attempt is over, but the caller may still cancel. Callers' signals can live as long as the
// process, and a body may never be read to its end: so a signal carries one listener, and knows what follows it weakly.

const followed = new WeakMap(); // signal -> {followers, listener}
const kept = new WeakMap(); // an answer, or its body -> the controller that aborts it

const gone = new FinalizationRegistry(({ signal, follower }) => leave(signal, follower));

/** Aborts `controller` when the caller's signal aborts, for as long as one of the answers is in use. */
function follow(signal, controller, ...answers) {
  if (signal.aborted) {
    controller.abort(signal.reason);
    return;
  }
  for (const answer of answers) if (typeof answer === 'object' && answer !== null) kept.set(answer, controller);
  let entry = followed.get(signal);
  if (entry === undefined) {
    const followers = new Set();
    const listener = () => {
      followed.delete(signal);
      for (const follower of followers) follower.deref()?.abort(signal.reason);
    };
    followed.set(signal, (entry = { followers, listener }));
    signal.addEventListener('abort', listener, { once: true });
  }
  const follower = new WeakRef(controller);
  entry.followers.add(follower);
  gone.register(controller, { signal, follower });
}

function leave(signal, follower) {
  const entry = followed.get(signal);
  if (entry === undefined || !entry.followers.delete(follower) || entry.followers.size > 0) return;
  followed.delete(signal);
  signal.removeEventListener('abort', entry.listener);
}

module.exports = { follow };

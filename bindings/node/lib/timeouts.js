'use strict';
// How clients say that their own time has run out: AbortSignal.timeout and whatever follows it, undici (and the platform's fetch, whose
// TypeError has undici's error as its cause), axios, got, node:net.

const NAMES = new Set(['TimeoutError', 'HeadersTimeoutError', 'BodyTimeoutError', 'ConnectTimeoutError']);
const CODES = new Set([
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const DEEPEST = 5; // a chain of causes may be a ring

/** Whether an error, or what caused it, says so. The cause of an error of resil's own is of an attempt before: it says nothing. */
function isTimeout(error, depth = 0) {
  if (typeof error !== 'object' || error === null) return false;
  if (NAMES.has(error.name) || CODES.has(error.code) || isAxiosTimeout(error)) return true;
  if (depth === DEEPEST || (typeof error.code === 'string' && error.code.startsWith('RESIL_'))) return false;
  return isTimeout(error.cause, depth + 1);
}

// axios gives one code to its timeout and to a request that was broken off.
const isAxiosTimeout = (error) =>
  error.code === 'ECONNABORTED' && error.syscall === undefined && error.message !== 'Request aborted';

module.exports = { isTimeout };

import { setMaxListeners } from 'node:events';

/**
 * Calls `act` once the signal aborts, unless what is returned was called before. Who has one calls it when the work has ended, so that any
 * number of works can share a signal.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (!signal) return () => undefined;
  // Node takes more than ten listeners for a leak. These are as many as there are works at once.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', act, { once: true });
  return () => signal.removeEventListener('abort', act);
}

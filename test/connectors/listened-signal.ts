import { getEventListeners, getMaxListeners } from 'node:events';

/** The signal, and whether Node has taken its listeners for a leak: it says so once, in the process's own warnings, which no test sees. */
export function listenedSignal(controller = new AbortController()): {
  readonly signal: AbortSignal;
  readonly state: () => { readonly leaks: boolean; readonly listeners: number };
} {
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal) as AbortSignal['addEventListener'];
  const listeners = () => getEventListeners(signal, 'abort').length;
  let leaks = false;
  signal.addEventListener = (...args: Parameters<AbortSignal['addEventListener']>) => {
    add(...args);
    leaks ||= listeners() > mostOf(signal);
  };
  return { signal, state: () => ({ leaks, listeners: listeners() }) };
}

/** Node throws where any number is allowed. */
function mostOf(signal: AbortSignal): number {
  try {
    return getMaxListeners(signal);
  } catch {
    return Infinity;
  }
}

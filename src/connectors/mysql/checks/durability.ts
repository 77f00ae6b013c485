import { undurableDelay } from '../../../engine/undurable-delay.js';
import type { Warehouse } from '../../../engine/warehouse.js';
import { checkDurability } from './check-server.js';

/** Milliseconds; an administrator may change the server's variables while workers run. */
const looksEvery = 10_000;

/** Says how many seconds sources have to stay on this server, by a look that is at most some seconds old. */
export function watchDurability(warehouse: Warehouse): () => Promise<number> {
  let last: { readonly at: number; readonly delay: Promise<number> } | undefined;
  return () => {
    if (last !== undefined && performance.now() - last.at < looksEvery) return last.delay;
    const delay = checkDurability(warehouse).then((findings) => (findings.length > 0 ? undurableDelay : 0));
    last = { at: performance.now(), delay };
    delay.catch(() => (last = undefined));
    return delay;
  };
}

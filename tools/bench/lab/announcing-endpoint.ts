import { freePort } from '../../servers/ports.js';
import { withFreshPorts } from '../../run/process.js';
import type { Bench } from '../context.js';
import type { Lab } from './lab.js';

/** Starts a `strata serve` of the lab's, and gives its host and port. */
export function startServing(lab: Lab): Promise<string> {
  return withFreshPorts(async () => {
    const free = `127.0.0.1:${await freePort()}`;
    await lab.startStrata('serve', free, { STRATA_SERVE_ADDRESS: free });
    return free;
  });
}

/** A `strata serve` of the lab's and a gateway to its bucket that tells it of every put by webhook; both end with the lab. Gives the gateway's endpoint. */
export async function announcingEndpoint(bench: Bench, lab: Lab): Promise<string> {
  const address = await startServing(lab);
  // The gateway tries its webhook when it starts.
  const gateway = await bench.servers.store.beside(['--event-webhook-url', `http://${address}/events/s3`]);
  lab.own('store', gateway.process());
  return gateway.endpoint;
}

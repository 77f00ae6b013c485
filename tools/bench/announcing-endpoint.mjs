import { freePorts } from '../servers/ports.mjs';
import { withFreshPorts } from '../servers/process.mjs';

/**
 * A `strata serve` of the lab's and a gateway to its bucket that tells it of every put by webhook; both end with the lab.
 * @param {import('./context.mjs').Bench} bench
 * @param {import('./lab.mjs').Lab} lab
 * @returns {Promise<string>} the gateway's endpoint
 */
export async function announcingEndpoint(bench, lab) {
  const address = await withFreshPorts(async () => {
    const [port] = await freePorts(1);
    const free = `127.0.0.1:${port}`;
    await lab.startStrata('serve', free, { STRATA_SERVE_ADDRESS: free });
    return free;
  });
  // The gateway tries its webhook when it starts.
  const gateway = await bench.servers.store.beside(['--event-webhook-url', `http://${address}/events/s3`]);
  lab.own('store', gateway.process());
  return gateway.endpoint;
}

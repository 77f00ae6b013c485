import { freePorts } from '../servers/ports.mjs';

/**
 * A `strata serve` of the lab's and a gateway to its bucket that tells it of every put by webhook.
 * @param {import('./context.mjs').Bench} bench
 * @param {import('./lab.mjs').Lab} lab
 * @returns {Promise<string>} the gateway's endpoint
 */
export async function announcingEndpoint(bench, lab) {
  const [port] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  // The gateway tries its webhook when it starts.
  await lab.startStrata(['serve'], address, { STRATA_SERVE_ADDRESS: address });
  const { endpoint } = await bench.servers.store.beside(['--event-webhook-url', `http://${address}/events/s3`]);
  return endpoint;
}

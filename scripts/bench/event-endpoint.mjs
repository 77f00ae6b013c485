import { freePorts } from '../servers/ports.mjs';

/** A `strata serve` of the lab's, and how it is told of an object as a store's webhook tells it. */
export async function eventEndpoint(lab) {
  const [port] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  await lab.startStrata(['serve'], address, { STRATA_SERVE_ADDRESS: address });
  return {
    async notify(key) {
      const record = { eventVersion: '2.1', eventSource: 'aws:s3', eventTime: new Date().toISOString(), eventName: 'ObjectCreated:Put' };
      const s3 = { bucket: { name: lab.bucket }, object: { key: encodeURIComponent(key) } };
      const response = await fetch(`http://${address}/events/s3`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ Records: [{ ...record, s3 }] }),
      });
      if (!response.ok) throw new Error(`/events/s3 answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
    },
  };
}

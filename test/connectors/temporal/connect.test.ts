import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Client } from '@temporalio/client';
import { connectTemporal, temporalSettings } from '../../../src/connectors/temporal/connect.js';
import { explainRequest } from '../../../src/connectors/temporal/explain-request.js';
import { temporal } from '../../support/servers/servers.js';

it('a client that is closed while a call waits for its next attempt ends the call and lets the process go on', async () => {
  const { address, cut } = await startDoor(temporal.address);
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  process.on('uncaughtException', note);
  try {
    const client = await connectTemporal(temporalSettings({ TEMPORAL_ADDRESS: address }));
    await cut();
    const call = client.workflowService.describeNamespace({ namespace: 'default' }).then(
      () => 'answered',
      () => 'ended',
    );
    // Its first attempt has failed by then, its next one is to come.
    await sleep(300);
    await client.connection.close();
    expect(await Promise.race([call, sleep(10_000, 'hangs', { ref: false })])).toBe('ended');
    expect(uncaught).toEqual([]);
  } finally {
    process.off('uncaughtException', note);
  }
});

it('a namespace that the server does not know yet though it was found is no unexpected error', async () => {
  const settings = { ...temporalSettings({ TEMPORAL_ADDRESS: temporal.address }), namespace: 'new-one' };
  const { connection } = await connectTemporal({ ...settings, namespace: 'default' });
  const client = new Client({ connection, namespace: 'new-one' });
  const refused: unknown = await client.schedule
    .getHandle('none')
    .describe()
    .catch((error: unknown) => error);
  expect(await explainRequest(refused, client, settings)).toMatchObject({
    type: 'unavailable',
    message: expect.stringContaining('does not know its namespace new-one yet') as unknown,
  });
  await connection.close();
});

/** A way to the server that can be closed for good. */
async function startDoor(address: string): Promise<{ readonly address: string; readonly cut: () => Promise<void> }> {
  const [host, port] = address.split(':') as [string, string];
  const sockets = new Set<Socket>();
  const door = createServer((socket) => {
    const server = connect(Number(port), host);
    for (const [from, to] of [
      [socket, server],
      [server, socket],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  return {
    address: `127.0.0.1:${(door.address() as AddressInfo).port}`,
    cut: async () => {
      door.close();
      for (const socket of sockets) socket.destroy();
      await once(door, 'close');
    },
  };
}

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A TCP port of 127.0.0.1 that nothing listens on right now, held until `release`. */
async function heldPort(): Promise<{ port: number; release: () => Promise<unknown> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server that listens on TCP has no port');
  return { port: address.port, release: () => new Promise((resolve) => server.close(resolve)) };
}

/** A TCP port of 127.0.0.1 that nothing listens on right now. */
export async function freePort(): Promise<number> {
  const { port, release } = await heldPort();
  await release();
  return port;
}

/** Three different ones. */
export async function threeFreePorts(): Promise<[number, number, number]> {
  const held = await Promise.all([heldPort(), heldPort(), heldPort()]);
  await Promise.all(held.map(({ release }) => release()));
  const [first, second, third] = held;
  return [first.port, second.port, third.port];
}

/** True when something accepts connections there. */
export function answers(host: string, port: number, timeoutMs = 1000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once('error', () => end(false));
    socket.once('connect', () => end(true));
  });
}

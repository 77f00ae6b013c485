import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { objectStore } from '../../support/servers/servers.js';
import { freePort } from '../../../tools/servers/ports.js';

/** An S3 server of the test's own, which it may kill. */
export interface OwnServer {
  readonly endpoint: string;
  /** Its buckets are folders in here. */
  readonly folder: string;
  kill(): Promise<void>;
  drop(): Promise<void>;
}

/** `flags` go before those of the backend. */
export async function startOwnServer(flags: readonly string[] = []): Promise<OwnServer> {
  const root = await mkdtemp(join(tmpdir(), 'strata-s3-'));
  const [folder, versions] = [join(root, 'buckets'), join(root, 'versions')];
  await Promise.all([mkdir(folder), mkdir(versions)]);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const env = { ...process.env, ROOT_ACCESS_KEY: objectStore.accessKeyId, ROOT_SECRET_KEY: objectStore.secretAccessKey };
  const server = spawn(
    objectStore.program,
    [
      '--port',
      `127.0.0.1:${port}`,
      '--region',
      objectStore.region,
      '--health',
      '/health',
      '--quiet',
      ...flags,
      'posix',
      '--versioning-dir',
      versions,
      folder,
    ],
    { env, stdio: 'ignore' },
  );
  const exited = once(server, 'exit');
  const kill = async () => {
    server.kill('SIGKILL');
    await exited;
  };
  for (let tries = 0; ; tries += 1) {
    const healthy = await fetch(`${endpoint}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) break;
    if (tries === 600 || server.exitCode !== null) throw new Error('the S3 server of the test does not start');
    await sleep(100);
  }
  return {
    endpoint,
    folder,
    kill,
    async drop() {
      if (server.exitCode === null && server.signalCode === null) await kill();
      await rm(root, { recursive: true });
    },
  };
}

/** A proxy to a server that passes on so many bytes of each connection's answers, then ends it in good order. */
export async function startCuttingProxy(target: string, bytes: number): Promise<{ endpoint: string; close(): Promise<void> }> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    let left = bytes;
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.pipe(server);
    server.on('data', (data) => {
      client.write(data.subarray(0, left));
      left -= Math.min(left, data.length);
      if (left === 0) {
        client.end();
        server.destroy();
      }
    });
    server.on('end', () => client.end());
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

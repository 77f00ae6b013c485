import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { objectStore } from '../servers/servers.js';
import type { ProxiedRequest } from './http-proxy.js';

export interface DenyingStore {
  /** With which programs reach it. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** Stands before the tests' object store, and answers what it denies with 403. */
export async function startDenyingStore(denies: (asked: ProxiedRequest) => boolean): Promise<DenyingStore> {
  const { hostname, port } = new URL(objectStore.endpoint);
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    if (denies({ method, path: decodeURIComponent(url.split('?')[0] ?? '') })) {
      incoming.resume();
      outgoing.writeHead(403, { 'content-type': 'application/xml' });
      outgoing.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
      return;
    }
    const forwarded = request({ host: hostname, port, method, path: url, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    env: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: objectStore.region,
      AWS_ACCESS_KEY_ID: objectStore.accessKeyId,
      AWS_SECRET_ACCESS_KEY: objectStore.secretAccessKey,
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

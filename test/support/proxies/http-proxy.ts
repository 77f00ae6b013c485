import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Moment, Verdict } from './mysql-proxy.js';

export interface ProxiedRequest {
  readonly method: string;
  /** Decoded path of the address, without its query. */
  readonly path: string;
}

type Matches = (request: ProxiedRequest) => boolean;

export interface HttpProxy {
  /** http://127.0.0.1:port */
  readonly endpoint: string;
  /** Does something once, at the first request that matches: before the server gets it, or when it was done and before its answer goes on. */
  at(moment: Moment, matches: Matches, act: () => Promise<Verdict>): void;
  /** Does something once in the middle of an answer: after so many bytes of its body. */
  midBody(matches: Matches, afterBytes: number, act: () => Promise<Verdict>): void;
  close(): Promise<void>;
}

interface Rule {
  readonly moment: Moment | 'body';
  readonly matches: Matches;
  readonly afterBytes: number;
  readonly act: () => Promise<Verdict>;
}

/** Stands between a worker and its object store. Headers pass as they are, so that signatures, which cover Host, stay valid. */
export async function startHttpProxy(serverUrl: string): Promise<HttpProxy> {
  const { hostname, port } = new URL(serverUrl);
  const agent = new Agent({ keepAlive: true });
  const rules: Rule[] = [];
  const ruleFor = (asked: ProxiedRequest, moment: Rule['moment']) => {
    const index = rules.findIndex((rule) => rule.moment === moment && rule.matches(asked));
    return index < 0 ? undefined : rules.splice(index, 1)[0];
  };

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const asked = { method: incoming.method ?? '', path: decodeURIComponent((incoming.url ?? '').split('?')[0] ?? '') };
    if ((await ruleFor(asked, 'before')?.act()) === 'cut') return void incoming.socket.destroy();
    const forwarded = request({ agent, host: hostname, port, method: asked.method, path: incoming.url, headers: incoming.rawHeaders });
    outgoing.once('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    if ((await ruleFor(asked, 'after')?.act()) === 'cut') return void incoming.socket.destroy();
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    const rule = ruleFor(asked, 'body');
    let left = rule?.afterBytes ?? Infinity;
    for await (const bytes of answer as AsyncIterable<Buffer>) {
      if (bytes.length >= left) {
        outgoing.write(bytes.subarray(0, left));
        if ((await rule?.act()) === 'cut') return void incoming.socket.destroy();
        outgoing.write(bytes.subarray(left));
        left = Infinity;
      } else {
        left -= bytes.length;
        await new Promise<void>((resolve) => outgoing.write(bytes, () => resolve()));
      }
    }
    outgoing.end();
  };

  const proxy = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    at: (moment, matches, act) => void rules.push({ moment, matches, afterBytes: 0, act }),
    midBody: (matches, afterBytes, act) => void rules.push({ moment: 'body', matches, afterBytes, act }),
    close: async () => {
      const closed = once(proxy, 'close');
      proxy.close();
      proxy.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

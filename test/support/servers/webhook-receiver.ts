import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
  /** The status that it was answered with; undefined while there was none. */
  status: number | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real HTTP server on loopback that keeps what is posted to it. */
export interface WebhookReceiver {
  readonly port: number;
  readonly url: string;
  readonly posts: readonly Posted[];
  /** The answer to each post, 204 when it is undefined; `'never'` leaves the sender without one. */
  answer: ((post: Posted, number: number) => Answer | 'never' | undefined | Promise<Answer | 'never' | undefined>) | undefined;
  close(): Promise<void>;
}

/** With a port: takes one that was free a moment ago. */
export async function startWebhookReceiver(port = 0): Promise<WebhookReceiver> {
  const posts: Posted[] = [];
  const receiver = { answer: undefined as WebhookReceiver['answer'] };
  const server: Server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const post: Posted = { headers: request.headers, body, path: request.url ?? '', status: undefined };
      posts.push(post);
      reply(response, post, (await receiver.answer?.(post, posts.length)) ?? { status: 204 });
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  return Object.assign(receiver, {
    ...{ port: own, url: `http://127.0.0.1:${own}/hook`, posts },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

function reply(response: ServerResponse, post: Posted, answer: Answer | 'never'): void {
  if (answer === 'never') return;
  post.status = answer.status;
  response.writeHead(answer.status, answer.headers).end();
}

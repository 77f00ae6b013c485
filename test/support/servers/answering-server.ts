import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answering = (response: ServerResponse, request: IncomingMessage) => void;

/** Rates of a day, as a server of them writes them. */
export function ratesOf(date: string, rates: Readonly<Record<string, unknown>> = { EUR: 1.17 }): string {
  return JSON.stringify({ base: 'GBP', date, rates });
}

/** A real HTTP server on a free port of the loopback, which answers each path in turn as it is told, and then as it does usually. */
export class AnsweringServer {
  /** Paths with their queries, in the order of the requests. */
  readonly asked: string[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  /** The most requests that were open at a time. */
  mostOpen = 0;
  #open = 0;
  readonly #planned = new Map<string, Answering[]>();

  private constructor(
    private readonly server: Server,
    private readonly usual: (path: string) => Answering,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const path = request.url ?? '';
      this.asked.push(path);
      this.headers.push(request.headers);
      this.#open += 1;
      this.mostOpen = Math.max(this.mostOpen, this.#open);
      response.once('close', () => (this.#open -= 1));
      (this.#planned.get(path.split('?')[0] ?? '')?.shift() ?? this.usual(path))(response, request);
    });
  }

  /** `usual`: rates of the day that the path ends with, where it is left out. */
  static async open(
    usual: (path: string) => Answering = (path) => json(ratesOf(/\d{4}-\d{2}-\d{2}/.exec(path)?.[0] ?? '')),
  ): Promise<AnsweringServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AnsweringServer(server, usual);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next answers to a path, whatever its query. */
  plan(path: string, ...answers: readonly Answering[]): void {
    this.#planned.set(path, [...(this.#planned.get(path) ?? []), ...answers]);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

export const json =
  (text: string, headers: Readonly<Record<string, string>> = {}): Answering =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text);
  };

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answering =>
  (response) => {
    response.writeHead(code, headers).end('no');
  };

/** The headers say more bytes than come. */
export const cut =
  (text: string, chunked = false): Answering =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...(!chunked && { 'content-length': String(text.length + 10) }) });
    response.write(text, () => response.destroy());
  };

/** No answer, or only its beginning. */
export const silent =
  (beginning?: string): Answering =>
  (response) => {
    if (beginning === undefined) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(beginning);
  };

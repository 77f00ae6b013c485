import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { RunFolder } from '../run/run-folder.js';
import type { DemoPipeline } from './pipelines.js';

/** What pipelines need of the web: a server of rates, and a receiver of alerts, which shows what it would send on. */
export interface DemoWeb {
  /** Settings; none where no pipeline of the demo needs any. */
  readonly env: Readonly<Record<string, string>>;
  /** The summary of the next alert, also of one that came before it was asked for. */
  nextAlert(): Promise<string>;
  /** From now on every alert is shown by this. */
  show(line: (summary: string) => void): void;
}

const currencies = { EUR: 1.17, USD: 1.29, JPY: 189.4 };

export async function demoWeb(run: RunFolder, pipelines: readonly DemoPipeline[]): Promise<DemoWeb> {
  const waiting: string[] = [];
  let take: ((summary: string) => void) | undefined;
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      const [, date = ''] = /^\/rates\/(\d{4}-\d{2}-\d{2})/.exec(request.url ?? '') ?? [];
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ratesOf(date)));
      return;
    }
    void summaryOf(request).then((summary) => {
      response.writeHead(204).end();
      if (take) take(summary);
      else waiting.push(summary);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  run.onClose(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const alerts = pipelines.flatMap(({ web, definition }) => (web ? (definition.alerts ?? []).flatMap(({ to }) => to) : []));
  const rates = pipelines.flatMap(({ web, definition }) =>
    web ? (definition.extracts ?? []).filter(({ kind }) => kind === 'http').map(({ setting }) => setting) : [],
  );
  return {
    env: {
      ...Object.fromEntries(alerts.map((name) => [name, `${url}/alerts`])),
      ...Object.fromEntries(rates.map((name) => [name, `${url}/rates`])),
      ...(alerts.length > 0 && { STRATA_WEBHOOK_SECRET: randomBytes(24).toString('hex') }),
    },
    nextAlert: async () => waiting.shift() ?? new Promise<string>((resolve) => (take = resolve)).finally(() => (take = undefined)),
    show: (line) => {
      take = line;
      for (const summary of waiting.splice(0)) line(summary);
    },
  };
}

async function summaryOf(request: IncomingMessage): Promise<string> {
  const { type, data } = JSON.parse(await text(request)) as { readonly type: string; readonly data: { readonly summary: string } };
  return type.endsWith('.over') ? `over: ${data.summary}` : data.summary;
}

/** They move a little from day to day, and are the same in each demo. */
function ratesOf(date: string): object {
  const day = Math.floor(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
  const rates = Object.entries(currencies).map(([name, rate], index) => [
    name,
    Number((rate * (1 + Math.sin(day / (7 + index)) / 50)).toFixed(6)),
  ]);
  return { base: 'GBP', date, rates: Object.fromEntries(rates) as Record<string, number> };
}

import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createProgressApp } from '../../../src/serve/progress/progress-app.js';
import { ProgressLog } from '../../../src/serve/progress/progress-log.js';
import type { ProgressListener, WorkProgress } from '../../../src/status/progress/work-progress.js';
import { until } from '../../support/until.js';

const token = 'a-token-of-some-length';
const work = (workflowId: string, rows: number): WorkProgress => ({
  pipeline: workflowId.split('/')[0]!,
  workflowId,
  state: 'running',
  message: 'landing',
  started: '2026-01-01T00:00:00.000Z',
  rows,
});

describe('GET /api/progress', () => {
  const works = new Map<string, WorkProgress>();
  const listeners = new Set<ProgressListener>();
  const change = (each: WorkProgress) => {
    works.set(each.workflowId, each);
    for (const listener of listeners) listener(each);
  };
  let ending: AbortController;
  let log: ProgressLog;
  let server: ReturnType<typeof createAdaptorServer>;
  let port: number;
  const open: ClientRequest[] = [];

  beforeEach(async () => {
    works.clear();
    ending = new AbortController();
    log = new ProgressLog({
      get current() {
        return [...works.values()];
      },
      listen: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    const app = createProgressApp({
      token,
      pipelines: ['trips', 'b2b'],
      log,
      logger: pino({ enabled: false }),
      signal: ending.signal,
      heartbeat: 50,
    });
    server = createAdaptorServer({ fetch: app.fetch }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    ending.abort();
    for (const each of open.splice(0)) each.destroy();
    log.close();
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });

  /** A reader; what it has heard so far is in `heard`. */
  async function read(path = '/api/progress', headers: Record<string, string> = {}) {
    const asking = request({ host: '127.0.0.1', port, path, headers: { Authorization: `Bearer ${token}`, ...headers } }).end();
    asking.on('error', () => undefined);
    open.push(asking);
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    const reader = { response, asking, text: '', isOver: false };
    response.setEncoding('utf8').on('data', (text: string) => (reader.text += text));
    response.on('close', () => (reader.isOver = true)).on('error', () => undefined);
    return reader;
  }
  const idsOf = (text: string) => [...text.matchAll(/^id: (\S+)$/gm)].map(([, id]) => id!);

  it('sends what runs, then each change, and signs of life between', async () => {
    change(work('trips/trips/land/1', 5));
    const reader = await read();
    expect(reader.response.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    await until(async () => reader.text.includes('event: snapshot'));
    change(work('trips/trips/land/1', 6));
    await until(async () => reader.text.includes('"rows":6'));
    await until(async () => reader.text.includes(': still here'));
    expect(reader.text.indexOf('"rows":5')).toBeLessThan(reader.text.indexOf('event: progress'));
  });

  it('sends to who comes back what was missed, and a snapshot where that is not known any more', async () => {
    const first = await read();
    await until(async () => listeners.size === 1 && first.text !== '');
    change(work('trips/trips/land/1', 1));
    await until(async () => first.text.includes('"rows":1'));
    const last = idsOf(first.text).at(-1)!;
    first.asking.destroy();
    await until(async () => log.readerCount === 0);
    change(work('b2b/run', 2));
    const second = await read('/api/progress', { 'Last-Event-ID': last });
    await until(async () => second.text.includes('"rows":2'));
    expect(second.text).not.toContain('snapshot');
    expect(second.text).not.toContain('"rows":1');
    for (const unknown of ['0-0', 'nonsense', `${last.split('-')[0]}-999`]) {
      const third = await read('/api/progress', { 'Last-Event-ID': unknown });
      await until(async () => third.text.includes('event: snapshot'));
    }
  });

  it('sends what is of one pipeline alone, where that is asked for', async () => {
    const reader = await read('/api/progress?pipeline=b2b');
    change(work('trips/run', 1));
    change(work('b2b/run', 2));
    await until(async () => reader.text.includes('"rows":2'));
    expect(reader.text).not.toContain('trips/run');
    expect((await read('/api/progress?pipeline=none')).response.statusCode).toBe(404);
  });

  it('keeps the last state alone for who reads slowly, and lets go of who has left', async () => {
    const slow = await read();
    slow.response.pause();
    const text = 'x'.repeat(10_000);
    for (let rows = 1; rows <= 3_000; rows++) {
      change({ ...work('trips/run', rows), message: text });
      if (rows % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    slow.response.resume();
    await until(async () => slow.text.includes('"rows":3000'));
    expect(idsOf(slow.text).length).toBeLessThan(2_500);
    slow.asking.destroy();
    await until(async () => log.readerCount === 0);
  });

  it('needs the token, and ends with the server', async () => {
    expect((await read('/api/progress', { Authorization: 'Bearer wrong' })).response.statusCode).toBe(401);
    const reader = await read(`/api/progress?token=${token}`, { Authorization: '' });
    expect(reader.response.statusCode).toBe(200);
    ending.abort();
    await until(async () => reader.isOver);
  });
});

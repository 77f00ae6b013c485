import { Hono } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { Logger } from 'pino';
import { onAbort } from '../../connectors/on-abort.js';
import { askedFromElsewhere, presentsToken } from '../events/senders.js';
import type { LoggedProgress, ProgressLog } from './progress-log.js';

/** Proxies cut a stream that says nothing for a minute or so; in milliseconds. */
const heartbeat = 15_000;
/** Each holds a connection. */
const mostReaders = 100;
const comeAgainAfter = 3_000;

export interface ProgressAppDeps {
  readonly token: string | undefined;
  readonly pipelines: readonly string[];
  readonly log: ProgressLog;
  readonly logger: Logger;
  /** Ends the streams. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly heartbeat?: number;
}

const noToken = 'the token is missing or wrong: send STRATA_EVENTS_TOKEN as a bearer token or as ?token=';

/**
 * `GET /api/progress`: server-sent events, of one pipeline or of all. A `snapshot` comes first, the list of what runs, then `progress` each
 * time that a work has changed: the work as it is then. Who comes back with `Last-Event-ID` hears what was missed. Who reads slowly misses
 * states in between, and never holds more than one state of each work here.
 */
export function createProgressApp(deps: ProgressAppDeps): Hono {
  const { token, pipelines, log, logger } = deps;
  const app = new Hono();
  app.get('/api/progress', (context) => {
    const { req: request } = context;
    const elsewhere = token === undefined ? askedFromElsewhere(request) : undefined;
    if (elsewhere) return context.json({ error: elsewhere.text }, elsewhere.status);
    if (token !== undefined && !presentsToken(request, token)) return context.json({ error: noToken }, 401);
    const pipeline = request.query('pipeline');
    if (pipeline !== undefined && !pipelines.includes(pipeline))
      return context.json({ error: `there is no pipeline of that name. There are: ${pipelines.join(', ') || 'none'}` }, 404);
    if (log.readerCount >= mostReaders) {
      context.header('Retry-After', String(comeAgainAfter / 1_000));
      return context.json({ error: `${mostReaders} others watch already. Come again later` }, 503);
    }
    // Proxies such as nginx hold back what they take for an ordinary answer.
    context.header('X-Accel-Buffering', 'no');
    context.header('Cache-Control', 'no-cache, no-transform');
    return streamSSE(
      context,
      (stream) => send(stream, deps, { pipeline, lastId: request.header('Last-Event-ID') }),
      async (error) => logger.warn({ error }, 'a stream of progress broke off'),
    );
  });
  return app;
}

interface Reading {
  readonly pipeline: string | undefined;
  readonly lastId: string | undefined;
}

async function send(stream: SSEStreamingApi, deps: ProgressAppDeps, { pipeline, lastId }: Reading): Promise<void> {
  const { log, signal } = deps;
  const isWanted = ({ work }: Pick<LoggedProgress, 'work'>) => pipeline === undefined || work.pipeline === pipeline;
  /** By work: of one that changes faster than it is read, the last state alone. */
  const waiting = new Map<string, LoggedProgress>();
  const take = (change: LoggedProgress) => {
    if (!isWanted(change)) return;
    waiting.delete(change.work.workflowId);
    waiting.set(change.work.workflowId, change);
    wake();
  };
  let wake = () => {};
  const stop = log.read(take);
  const forget = onAbort(signal, () => wake());
  stream.onAbort(() => wake());
  try {
    const missed = lastId === undefined ? undefined : log.since(lastId);
    if (missed) for (const change of missed) take(change);
    else {
      const { id, works } = log.now;
      const shown = works.filter((work) => isWanted({ work }));
      await stream.writeSSE({ event: 'snapshot', id, data: JSON.stringify(shown), retry: comeAgainAfter });
    }
    while (!stream.aborted && !stream.closed && !signal.aborted) {
      const [next] = waiting.values();
      if (next) {
        waiting.delete(next.work.workflowId);
        await stream.writeSSE({ event: 'progress', id: next.id, data: JSON.stringify(next.work) });
        continue;
      }
      const isQuiet = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(true), deps.heartbeat ?? heartbeat);
        wake = () => {
          clearTimeout(timer);
          resolve(false);
        };
      });
      if (isQuiet) await stream.write(': still here\n\n');
    }
  } finally {
    stop();
    forget();
  }
}

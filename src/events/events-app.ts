import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import type { ArrivalSignals } from './arrival-signals.js';
import type { FeedRouter } from './feed-router.js';
import { createdObjects } from './s3-events.js';
import { snsMessage, type SnsMessage, type SnsTopics } from './sns-message.js';

/** Bytes; SNS, SQS and EventBridge send 256 KiB at most. */
const largestBody = 1 << 20;
/** Seconds. */
const comeAgainAfter = '5';

export interface EventsAppDeps {
  /** Undefined: everybody who reaches the server may send events. */
  readonly token: string | undefined;
  readonly router: FeedRouter;
  readonly signals: Pick<ArrivalSignals, 'tell'>;
  readonly topics: SnsTopics;
  readonly logger: Logger;
}

/**
 * `POST /events/s3` takes S3 event notifications. 200: Temporal has taken what there was to tell; 503: it has not, send it again. Events
 * only say where to look: what is there is read from the store, so a false or a repeated one costs a look and nothing else.
 */
export function createEventsApp(deps: EventsAppDeps): Hono {
  const { token, logger } = deps;
  const app = new Hono();
  app.post(
    '/events/s3',
    async (context, next) => {
      if (token !== undefined && !isSame(presented(context), token)) {
        context.header('WWW-Authenticate', 'Bearer');
        return context.json({ error: 'the token is missing or wrong: send STRATA_EVENTS_TOKEN as a bearer token or as ?token=' }, 401);
      }
      return next();
    },
    bodyLimit({ maxSize: largestBody, onError: (context) => context.json({ error: `the body is longer than ${largestBody} bytes` }, 413) }),
    async (context) => {
      const body = parsed(await context.req.text());
      const sns = snsMessage(body);
      return sns ? takeFromSns(context, deps, sns) : take(context, deps, body);
    },
  );
  app.onError((error, context) => {
    logger.error({ error }, 'an event was not taken');
    return context.json({ error: 'this was not foreseen; see the log' }, 500);
  });
  return app;
}

async function take(context: Context, { router, signals, logger }: EventsAppDeps, message: unknown): Promise<Response> {
  const objects = createdObjects(message);
  if (!objects) return context.json({ error: 'this is no S3 event notification' }, 400);
  const arrivals = objects.flatMap((object) => router.ofObject(object));
  try {
    await signals.tell(arrivals);
  } catch (error) {
    logger.warn({ error }, 'Temporal does not take events; their senders are told to come again');
    context.header('Retry-After', comeAgainAfter);
    return context.json({ error: 'Temporal does not answer; send it again' }, 503);
  }
  return context.json({ objects: objects.length, feeds: [...new Set(arrivals.map(({ pipeline, feed }) => `${pipeline}/${feed}`))] });
}

async function takeFromSns(context: Context, deps: EventsAppDeps, sns: SnsMessage): Promise<Response> {
  const { topics, logger } = deps;
  try {
    if (!(await topics.isGenuine(sns))) return context.json({ error: 'SNS has not signed this' }, 400);
    if (sns.Type === 'Notification') return await take(context, deps, parsed(sns.Message));
    if (sns.Type === 'UnsubscribeConfirmation') return context.json({ objects: 0, feeds: [] });
    if (!(await topics.confirm(sns))) return context.json({ error: 'the address to confirm is not one of SNS' }, 400);
    logger.info({ topic: sns.TopicArn }, 'the subscription to a topic is confirmed');
    return context.json({ confirmed: sns.TopicArn });
  } catch (error) {
    logger.warn({ error, topic: sns.TopicArn }, 'SNS does not answer: its message can not be checked');
    context.header('Retry-After', comeAgainAfter);
    return context.json({ error: 'SNS does not answer; send it again' }, 503);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Gateways that can't set a header send the token in the address. */
function presented(context: Context): string {
  const [, bearer] = /^Bearer (.+)$/i.exec(context.req.header('Authorization') ?? '') ?? [];
  return bearer ?? context.req.query('token') ?? '';
}

/** Takes as long for any token of any length. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import type { ArrivalSignals } from './arrival-signals.js';
import type { FeedRouter } from './feed-router.js';
import { RefusedRequests } from './refused-requests.js';
import { createdObjects } from './s3-events.js';
import { notFromHere, presentsToken } from './senders.js';
import { snsMessage, type SnsMessage, type SnsTopics } from './sns-message.js';

/** Bytes; SNS, SQS and EventBridge send 256 KiB at most. */
const largestBody = 1 << 20;
/** Seconds. */
const comeAgainAfter = '5';

export interface EventsAppDeps {
  /** Undefined: everybody on this machine may send events, web pages apart. */
  readonly token: string | undefined;
  readonly router: FeedRouter;
  readonly signals: Pick<ArrivalSignals, 'publish'>;
  readonly topics: SnsTopics;
  readonly logger: Logger;
}

interface Env {
  readonly Bindings: Partial<HttpBindings>;
  /** Whether the sender has shown who it is; else only what SNS has signed is taken from it. */
  readonly Variables: { isKnown: boolean };
}
type Request = Context<Env>;
type Refuse = (context: Request, status: 400 | 401 | 403 | 413 | 415, reason: string) => Response;
type TakeDeps = EventsAppDeps & { readonly refuse: Refuse };

const noToken = 'the token is missing or wrong: send STRATA_EVENTS_TOKEN as a bearer token or as ?token=';

/**
 * `POST /events/s3` takes S3 event notifications. 200: Temporal has taken it; 503: it has not, send it again. Events
 * only say where to look: what is there is read from the store, so a false or a repeated one costs a look and nothing else.
 */
export function createEventsApp(given: EventsAppDeps): Hono<Env> {
  const { token, topics, logger } = given;
  const refused = new RefusedRequests(logger);
  const refuse: Refuse = (context, status, error) => {
    // Without a server there is no environment at all.
    const { incoming } = (context.env as Partial<HttpBindings> | undefined) ?? {};
    refused.note(status, error, incoming?.socket.remoteAddress);
    if (status === 401) context.header('WWW-Authenticate', 'Bearer');
    return context.json({ error }, status);
  };
  const deps = { ...given, refuse };
  const app = new Hono<Env>();
  app.post(
    '/events/s3',
    async (context, next) => {
      if (token === undefined) {
        const reason = notFromHere(context.req);
        if (reason) return refuse(context, reason.status, reason.text);
      }
      const isKnown = token === undefined || presentsToken(context.req, token);
      // SNS can't set headers: where its topics are listed, its signature does what else a token in its address would have to.
      const maySign = topics.listed.length > 0 && context.req.header('x-amz-sns-message-type') !== undefined;
      if (!isKnown && !maySign) return refuse(context, 401, noToken);
      context.set('isKnown', isKnown);
      return next();
    },
    bodyLimit({
      maxSize: largestBody,
      onError: (context: Request) => refuse(context, 413, `the body is longer than ${largestBody} bytes`),
    }),
    async (context) => {
      const body = parsed(await context.req.text());
      const sns = snsMessage(body);
      if (sns) return takeFromSns(context, deps, sns);
      return context.get('isKnown') ? take(context, deps, body) : refuse(context, 401, noToken);
    },
  );
  app.onError((error, context) => {
    logger.error({ error }, 'an unexpected error: an event was not taken');
    return context.json({ error: 'an unexpected error: see the log of strata serve' }, 500);
  });
  return app;
}

async function take(context: Request, { router, signals, logger, refuse }: TakeDeps, message: unknown): Promise<Response> {
  let strange = 0;
  const objects = createdObjects(message, (count) => (strange = count));
  if (!objects) return refuse(context, 400, 'this is no S3 event notification');
  if (strange > 0) logger.warn({ records: strange }, 'records of a notification are no S3 events. The other records were taken');
  const arrivals = objects.flatMap((object) => router.ofObject(object));
  try {
    await signals.publish(arrivals);
  } catch (error) {
    logger.warn({ error }, 'Temporal does not take events. Their senders are asked to send them again');
    context.header('Retry-After', comeAgainAfter);
    return context.json({ error: 'Temporal does not answer. Send the event again' }, 503);
  }
  const feeds = [...new Set(arrivals.map(({ pipeline, feed }) => `${pipeline}/${feed}`))];
  return context.json({ objects: objects.length, feeds, ...(strange > 0 && { notUnderstood: strange }) });
}

async function takeFromSns(context: Request, deps: TakeDeps, sns: SnsMessage): Promise<Response> {
  const { topics, logger, refuse } = deps;
  try {
    const unwanted = topics.unwanted(sns);
    if (unwanted !== undefined) return refuse(context, 400, unwanted);
    if (!(await topics.isGenuine(sns))) return refuse(context, 400, 'this message has no valid signature of SNS');
    if (sns.Type === 'Notification') return await take(context, deps, parsed(sns.Message));
    if (sns.Type === 'UnsubscribeConfirmation') return context.json({ objects: 0, feeds: [] });
    if (!(await topics.confirm(sns))) return refuse(context, 400, 'the address to confirm does not confirm a subscription to this topic');
    logger.info({ topic: sns.TopicArn }, 'the subscription to a topic is confirmed');
    return context.json({ confirmed: sns.TopicArn });
  } catch (error) {
    logger.warn({ error, topic: sns.TopicArn }, 'SNS does not answer, so the signature of its message can not be checked');
    context.header('Retry-After', comeAgainAfter);
    return context.json({ error: 'SNS does not answer. Send the message again' }, 503);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

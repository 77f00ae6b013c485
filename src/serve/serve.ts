import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import type { Client } from '@temporalio/client';
import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Project } from '../config/load-project.js';
import { openWarehouse } from '../connectors/mysql/warehouse.js';
import { openStore } from '../connectors/open-store.js';
import { openQueue } from '../connectors/sqs/message-queue.js';
import { connectTemporal, temporalSettings } from '../connectors/temporal/connect.js';
import { signalArrivals } from '../connectors/temporal/signal-arrivals.js';
import { arrivalSignals } from '../contracts/names.js';
import { mayHoldFiles } from '../engine/definition/match/list-scope.js';
import { shownAddress } from '../engine/shown-address.js';
import { StrataError } from '../engine/strata-error.js';
import type { Warehouse } from '../engine/warehouse.js';
import { answerArea } from '../status/areas/answer-area.js';
import { areaDensity } from '../status/areas/area-density.js';
import { describeArea } from '../status/areas/describe-area.js';
import { ProgressWatch } from '../status/progress/progress-watch.js';
import { createProgressApp } from './progress/progress-app.js';
import { ProgressLog } from './progress/progress-log.js';
import { createAreaPages } from './areas/area-pages.js';
import { createAreasApp, type AreasAppDeps } from './areas/areas-app.js';
import { ArrivalSignals } from './events/arrival-signals.js';
import { createEventsApp } from './events/events-app.js';
import { FeedRouter } from './events/feed-router.js';
import { isThisMachine } from './events/senders.js';
import { fetchFromSns } from './events/sns-certificates.js';
import { SnsTopics } from './events/sns-message.js';
import { takeFromQueue } from './events/take-from-queue.js';
import { watchFolder } from './events/watch-folder.js';

/** Milliseconds that Temporal has to take a signal; senders of events wait a few seconds themselves. */
const signalDeadline = 5_000;

export interface ServeOptions {
  /** Where to listen. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Address of an SQS queue to take events from, too. */
  readonly queueUrl: string | undefined;
}

/**
 * Serves HTTP until the signal aborts, then ends in good order: requests that are being answered get their answer. Takes events from a
 * queue, where one is named, and watches the folders of `file:///` sources. Throws StrataError, before anything was served, when
 * something that it needs is not there.
 */
export async function serve(project: Project, options: ServeOptions, logger: Logger, signal: AbortSignal): Promise<void> {
  const { settings } = project;
  if (settings.eventsToken === undefined && !isThisMachine(options.host)) {
    throw new StrataError(
      'misconfigured',
      `events that come from other machines need a token: set STRATA_EVENTS_TOKEN, or serve on 127.0.0.1 instead of ${options.host}`,
    );
  }
  const router = new FeedRouter(sourcesOf(project));
  const client = await connectTemporal(temporalSettings(settings.environment));
  try {
    const signals = new ArrivalSignals((pipeline, feeds) =>
      client.withDeadline(Date.now() + signalDeadline, () =>
        signalArrivals(client, settings.taskQueue, pipeline, arrivalSignals.arrived, feeds),
      ),
    );
    await serveWith({ project, options, logger, signal, router, signals, client });
  } finally {
    await client.connection.close();
  }
}

interface Serving {
  readonly project: Project;
  readonly options: ServeOptions;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly router: FeedRouter;
  readonly signals: ArrivalSignals;
  readonly client: Client;
}

async function serveWith({ project, options, logger, signal, router, signals, client }: Serving): Promise<void> {
  const { eventsToken: token, eventsTopics, environment } = project.settings;
  const queue = options.queueUrl === undefined ? undefined : openQueue(options.queueUrl, environment);
  const publish = (arrivals: Parameters<ArrivalSignals['publish']>[0]) =>
    void signals
      .publish(arrivals)
      .catch((error: unknown) => logger.warn({ error }, 'Temporal does not take events, so the schedules pick the files up'));
  const app = new Hono();
  const areas = [...project.pipelines.values()].flatMap((pipeline) => pipeline.areas);
  const warehouse = areas.length > 0 ? warehouseOf(project) : undefined;
  app.get('/healthz', (context) => context.text('ok'));
  const topics = new SnsTopics(fetchFromSns, { listed: eventsTopics });
  app.route('/', createEventsApp({ token, router, signals, topics, logger }));
  if (warehouse) {
    app.route('/', areaAnswers(warehouse, { token, areas, logger }));
    app.route('/', await createAreaPages({ token, areas }));
  }
  const pipelines = [...project.pipelines.keys()];
  const watch = new ProgressWatch(client, pipelines, (error) => logger.warn({ error }, 'Temporal does not say what runs'));
  const log = new ProgressLog(watch);
  app.route('/', createProgressApp({ token, pipelines, log, logger, signal }));
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new StrataError(
      'misconfigured',
      `strata serve can not listen on ${options.host}:${options.port} (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Name another address with --address`,
    );
  });

  const taking = queue && takeFromQueue(queue, { router, signals, logger }, signal);
  const folders = sourcesOf(project).filter(({ url }) => url.startsWith('file:'));
  for (const { url, isWanted } of folders) {
    const onFailure = (error: unknown) =>
      logger.warn({ error, folder: url }, 'the folder can not be watched, so the schedules pick its files up');
    const onFile = (name: string) => publish(router.ofFile(url, name));
    const onGap = () => publish(router.all);
    watchFolder(fileURLToPath(url), { isWanted, onFile, onGap, onFailure, times: project.settings.folderTimes }, signal);
  }
  const { port } = server.address() as AddressInfo;
  logger.info(
    {
      address: `${options.host}:${port}`,
      queue: options.queueUrl === undefined ? undefined : shownAddress(options.queueUrl),
      folders: folders.map(({ url }) => url),
    },
    'serving',
  );
  // What was put while nobody listened.
  publish(router.all);

  if (!signal.aborted) await once(signal, 'abort');
  log.close();
  const closed = once(server, 'close');
  server.close();
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  await Promise.all([closed, taking]);
  queue?.close();
  await warehouse?.close();
  logger.info('no longer serving');
}

function areaAnswers(warehouse: Warehouse, deps: Pick<AreasAppDeps, 'token' | 'areas' | 'logger'>): Hono {
  return createAreasApp({
    ...deps,
    answer: (area, request) => answerArea(warehouse, area, request),
    density: (area, request) => areaDensity(warehouse, area, request),
    describe: (area) => describeArea(warehouse, area),
  });
}

/** Answers about areas come from it; nothing else that is served needs one. */
function warehouseOf({ settings }: Project): Warehouse {
  if (settings.mysqlUrl === undefined)
    throw new StrataError('misconfigured', 'questions about areas are answered from the warehouse: set STRATA_MYSQL_URL');
  return openWarehouse({ url: settings.mysqlUrl, prefix: settings.schemaPrefix, connections: 8 });
}

/** The pipelines with the canonical addresses of their sources; files of those with a daily schedule wait for the run of their date. */
function sourcesOf({ pipelines, settings: { environment } }: Project) {
  const taking = [...pipelines.values()].filter(({ definition: { schedules } }) => !('daily' in schedules));
  return taking.map(({ definition }) => ({
    definition,
    url: openStore(environment[definition.sourceSetting] ?? '', environment).url,
    isWanted: mayHoldFiles(definition.feeds),
  }));
}

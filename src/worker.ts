import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createAlertActivities } from './activities/alerts/alert-activities.js';
import { createExtractActivities } from './activities/extract/extract-activities.js';
import { createExportActivities } from './activities/exports/export-activities.js';
import { createLandingActivities } from './activities/landing/landing-activities.js';
import { createMartActivities } from './activities/marts/mart-activities.js';
import { createOutputActivities } from './activities/outputs/output-activities.js';
import { createPickupActivities } from './activities/pickup/pickup-activities.js';
import { createPlanActivities } from './activities/plan-activities.js';
import { createProcessedActivities } from './activities/processed/processed-activities.js';
import { createProcessingActivities } from './activities/processing/processing-activities.js';
import type { Stores } from './engine/stores.js';
import { createVaultActivities } from './activities/vault/vault-activities.js';
import type { Project } from './config/load-project.js';
import { projectStores } from './config/project-stores.js';
import { createEnrichments } from './connectors/enrichments.js';
import { requireServer } from './connectors/mysql/checks/check-server.js';
import { watchDurability } from './connectors/mysql/checks/durability.js';
import { checkSchema } from './gear/migrate/migrate.js';
import { openWarehouse } from './connectors/mysql/warehouse.js';
import { announceWorker, type Presence } from './gear/worker-rows.js';
import { connectTemporal, explain, temporalSettings, type TemporalSettings } from './connectors/temporal/connect.js';
import { requireSearchAttributes } from './connectors/temporal/search-attributes.js';
import type { Activities } from './contracts/activities/activities.js';
import { StrataError } from './engine/strata-error.js';
import type { Warehouse } from './engine/warehouse.js';
import { watchWork } from './connectors/work-watch.js';
import { installRuntime } from './observability/install-runtime.js';

/** Built by `npm run build`; absent when the worker runs from its sources. */
const bundle = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
/** Cancellation and pauses reach an activity within this time. */
const maxHeartbeatThrottleInterval = '5 seconds';
/** Connections beyond one an activity: transactions that are rolled back, statements that are killed. */
const spareConnections = 4;

/**
 * Runs a worker until a signal ends it (SIGTERM, SIGINT): it takes no new work, gives running activities the grace time, then cancels
 * them. Throws StrataError, before any work was taken, when something that it needs is not there.
 */
export async function runWorker(project: Project, logger: Logger): Promise<void> {
  const { settings, pipelines } = project;
  const temporal = temporalSettings(settings.environment);
  const client = await connectTemporal(temporal);
  const warehouse = openProjectWarehouse(project);
  try {
    await requireServer(warehouse, (message) => logger.warn(message));
    await refuseToStart(client, warehouse, project);
    startRuntime(logger, settings.metricsAddress);
    const connection = await connectNatively(temporal);
    try {
      const stores = projectStores(project);
      const worker = await Worker.create({
        connection,
        namespace: temporal.namespace,
        taskQueue: settings.taskQueue,
        activities: createActivities(project, warehouse, stores),
        maxConcurrentActivityTaskExecutions: settings.activitySlots,
        maxHeartbeatThrottleInterval,
        interceptors: { activity: [() => ({ inbound: { execute: (input, next) => watchWork(settings.stallTime, () => next(input)) } })] },
        shutdownGraceTime: `${settings.shutdownGraceSeconds} seconds`,
        ...(await workflowCode()),
        ...deployment(settings.deployment),
      });
      const { address, namespace } = temporal;
      const presence = await announce(project, warehouse, { worker, namespace, logger });
      try {
        logger.info({ address, namespace, taskQueue: settings.taskQueue, pipelines: [...pipelines.keys()] }, 'the worker is ready');
        await worker.run();
      } finally {
        await presence.end();
      }
      logger.info('the worker has ended');
    } finally {
      await connection.close();
    }
  } finally {
    await warehouse.close();
    await client.connection.close();
  }
}

interface Announced {
  readonly worker: Worker;
  readonly namespace: string;
  readonly logger: Logger;
}

/** From now on `strata doctor`, `status` and `run` know that this worker is there. */
function announce({ settings, pipelines }: Project, warehouse: Warehouse, { worker, namespace, logger }: Announced): Promise<Presence> {
  const { identity } = worker.options;
  const fingerprints = Object.fromEntries([...pipelines].map(([name, { fingerprint }]) => [name, fingerprint]));
  const facts = { identity, namespace, taskQueue: settings.taskQueue, build: settings.deployment?.buildId, pipelines: fingerprints };
  return announceWorker(warehouse, facts, {
    isLeaving: () => !['INITIALIZED', 'RUNNING'].includes(worker.getState()),
    onChange: (error) =>
      error === undefined
        ? logger.info('the warehouse takes the sign of life of this worker again')
        : logger.warn(
            { error },
            'the warehouse does not take the sign of life of this worker, so strata doctor reports it as dead until it does',
          ),
  });
}

/** The warehouse of the settings, for code that runs activities. */
export function openProjectWarehouse({ settings }: Project): Warehouse {
  const connections = Math.max(settings.mysqlConnections, settings.activitySlots + spareConnections);
  return openWarehouse({ url: settings.mysqlUrl ?? '', prefix: settings.schemaPrefix, connections, stallTime: settings.stallTime });
}

/** Every activity, wired to the outside. */
export function createActivities({ pipelines, settings }: Project, warehouse: Warehouse, stores: Stores): Activities {
  const times = settings.releaseUndurable ? {} : { releaseDelay: watchDurability(warehouse) };
  return {
    ...createPlanActivities({ warehouse, pipelines, stores }),
    ...createAlertActivities({
      ...{ warehouse, pipelines, environment: settings.environment },
      senders: { mail: settings.mail, webhookSecret: settings.webhookSecret },
    }),
    ...createExtractActivities({ warehouse, pipelines, stores, environment: settings.environment }),
    ...createPickupActivities({ warehouse, pipelines, stores, bundleBytes: settings.bundleBytes, ...times }),
    ...createLandingActivities({
      warehouse,
      pipelines,
      stores,
      enrichments: createEnrichments(settings.geoDatabase),
      chunkBytes: settings.chunkBytes,
      rangeBytes: settings.rangeBytes,
      runBytes: settings.runBytes,
      ...times,
    }),
    ...createProcessingActivities({ warehouse, pipelines, stores }),
    ...createVaultActivities({ warehouse, pipelines }),
    ...createMartActivities({ warehouse, pipelines, stores }),
    ...createProcessedActivities({ warehouse, pipelines, stores }),
    ...createExportActivities({ warehouse, pipelines, stores }),
    ...createOutputActivities({ warehouse, pipelines, stores }),
  };
}

async function refuseToStart(client: Client, warehouse: Warehouse, { settings, schema }: Project): Promise<void> {
  await requireSearchAttributes(client);
  const differences = await checkSchema(warehouse, settings.schemaPrefix, schema);
  if (differences.length > 0) {
    const shown = differences.slice(0, 10).map((line) => `  ${line}`);
    const more = differences.length > shown.length ? [`  and ${differences.length - shown.length} more`] : [];
    throw new StrataError(
      'misconfigured',
      ['the tables of the warehouse are not what the definitions say. Run: strata migrate', ...shown, ...more].join('\n'),
    );
  }
}

function startRuntime(logger: Logger, metricsAddress: string | undefined): void {
  try {
    installRuntime(logger, metricsAddress);
  } catch (error) {
    if (metricsAddress === undefined) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `no metrics can be served at ${metricsAddress}, the address in STRATA_METRICS_ADDRESS: ${reason}`;
    throw new StrataError('misconfigured', `${message}. Set it to an address of this machine with a free port`, { cause: error });
  }
}

async function connectNatively(temporal: TemporalSettings): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ ...temporal.config.connectionOptions, address: temporal.address });
  } catch (error) {
    throw explain(error, temporal);
  }
}

async function workflowCode(): Promise<Pick<WorkerOptions, 'workflowBundle'>> {
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowBundle: await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('./workflows/', import.meta.url)) }) };
}

/** Versions of workers differ for Temporal only where a deployment is named. Workflows go on in the current version, because only it has the definitions that were applied last. */
function deployment(version: Project['settings']['deployment']): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (!version) return {};
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: version.name, buildId: version.buildId },
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { SqlRow, Warehouse } from '../engine/warehouse.js';

/** Milliseconds between two renewals of a worker's row. */
const renewal = 10_000;
/** Seconds. A worker that was not seen for longer does no work: it was killed, stopped or cut off. */
const aliveFor = 30;
/** Milliseconds that an ending worker waits for a warehouse that does not answer. */
const farewell = 5_000;

export interface WorkerFacts {
  /** In Temporal. */
  readonly identity: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly build: string | undefined;
  /** Fingerprints of its definitions by pipeline. */
  readonly pipelines: Readonly<Record<string, string>>;
}

export interface KnownWorker extends WorkerFacts {
  readonly host: string;
  readonly processId: number;
  readonly startedAt: string;
  /** By the warehouse's clock. */
  readonly secondsSinceSeen: number;
  /** It was seen within the last 30 s. */
  readonly isAlive: boolean;
  /** Seconds by which its clock is ahead of the warehouse's. */
  readonly secondsAhead: number;
}

export interface Presence {
  end(): Promise<void>;
}

/**
 * Keeps a row for this worker in the warehouse, until it ends or takes no more work. `onChange` is called with the error when the row can't
 * be renewed, so that others take the worker for dead, and with undefined when it can be renewed again.
 */
export async function announceWorker(
  warehouse: Warehouse,
  facts: WorkerFacts,
  watch: { isLeaving(): boolean; onChange(failure: unknown): void },
): Promise<Presence> {
  const id = randomUUID();
  await warehouse.execute('delete from gear.workers where seen_at < utc_timestamp(6) - interval 1 day');
  await renew(warehouse, id, facts);
  let failing = false;
  const work = async () => {
    try {
      await (watch.isLeaving() ? forget(warehouse, id) : renew(warehouse, id, facts));
      if (failing) watch.onChange(undefined);
      failing = false;
    } catch (error) {
      if (!failing) watch.onChange(error);
      failing = true;
    }
  };
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work().finally(() => (running = undefined));
  }, renewal);
  return {
    end: async () => {
      clearInterval(timer);
      await within(farewell, async () => {
        await running;
        await forget(warehouse, id);
      });
    },
  };
}

/** All known workers of the namespace, the one seen last first. */
export async function listWorkers(warehouse: Warehouse, namespace: string): Promise<KnownWorker[]> {
  const rows = await warehouse.query<WorkerRow>(
    `select identity, host, process_id, task_queue, build, pipelines, started_at,
       timestampdiff(microsecond, seen_at, utc_timestamp(6)) as since_seen, timestampdiff(microsecond, seen_at, worker_time) as ahead
     from gear.workers where namespace = ? order by seen_at desc`,
    [namespace],
  );
  return rows.map((row) => ({
    identity: row.identity,
    namespace,
    taskQueue: row.task_queue,
    build: row.build ?? undefined,
    pipelines: JSON.parse(row.pipelines) as Record<string, string>,
    host: row.host,
    processId: Number(row.process_id),
    startedAt: `${row.started_at.replace(' ', 'T')}Z`,
    secondsSinceSeen: Number(row.since_seen) / 1_000_000,
    isAlive: Number(row.since_seen) / 1_000_000 <= aliveFor,
    secondsAhead: Number(row.ahead) / 1_000_000,
  }));
}

interface WorkerRow extends SqlRow {
  identity: string;
  host: string;
  process_id: number;
  task_queue: string;
  build: string | null;
  pipelines: string;
  started_at: string;
  since_seen: string | number;
  ahead: string | number;
}

/** Writes the whole row, so that it is there again if somebody deleted it. */
async function renew(warehouse: Warehouse, id: string, { identity, namespace, taskQueue, build, pipelines }: WorkerFacts): Promise<void> {
  const now = new Date().toISOString().replace('T', ' ').replace('Z', '');
  await warehouse.execute(
    `insert into gear.workers (worker_id, identity, host, process_id, namespace, task_queue, build, pipelines, worker_time, started_at, seen_at)
     select d.worker_id, d.identity, d.host, d.process_id, d.namespace, d.task_queue, d.build, d.pipelines, d.worker_time, utc_timestamp(6), utc_timestamp(6)
     from (select ? as worker_id, ? as identity, ? as host, ? as process_id, ? as namespace, ? as task_queue, ? as build, ? as pipelines, ? as worker_time) d
     on duplicate key update worker_time = d.worker_time, seen_at = utc_timestamp(6)`,
    [
      id,
      identity.slice(0, 255),
      hostname().slice(0, 255),
      process.pid,
      namespace,
      taskQueue,
      build ?? null,
      JSON.stringify(pipelines),
      now,
    ],
  );
}

async function forget(warehouse: Warehouse, id: string): Promise<void> {
  await warehouse.execute('delete from gear.workers where worker_id = ?', [id]);
}

/** Ends without an error in any case: a row that stays is that of a worker that was last seen then. */
async function within(milliseconds: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([work().catch(() => undefined), late]);
  clearTimeout(timer);
}

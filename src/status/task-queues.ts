import type { Client } from '@temporalio/client';
import type { Project } from '../config/load-project.js';
import { listWorkers, type KnownWorker } from '../gear/worker-rows.js';
import type { Warehouse } from '../engine/warehouse.js';
import { duration } from '../contracts/format-times.js';

/** TaskQueueType of Temporal's API. */
const workflowTasks = 1;
/** A worker asks Temporal again at least so often, in seconds; who did not has gone. */
const longestPoll = 70;

/** Opens the warehouse of the settings for a piece of work. */
export interface WarehouseAccess {
  withWarehouse<Result>(project: Project, work: (warehouse: Warehouse) => Promise<Result>): Promise<Result>;
}

export interface QueueState {
  readonly taskQueue: string;
  readonly isServed: boolean;
  /** For people: that no worker serves the queue, and what is known of the last one that did. Empty when it is served. */
  readonly problem: string;
  /** How to get it served: for the queue of the settings. */
  readonly remedy: string;
}

/** Which task queues have a worker that is alive now. */
export class TaskQueues {
  private constructor(
    private readonly client: Client,
    /** As the warehouse knows them; undefined where it can't be asked. */
    readonly workers: readonly KnownWorker[] | undefined,
  ) {}

  /** Asks once. Without the warehouse Temporal knows it, a minute late. */
  static async look(access: WarehouseAccess, project: Project, client: Client): Promise<TaskQueues> {
    const { namespace } = client.options;
    const known =
      project.settings.mysqlUrl === undefined ? undefined : access.withWarehouse(project, (warehouse) => listWorkers(warehouse, namespace));
    // Commands that only start and watch runs need no warehouse. If it does not answer, the commands that need it say so.
    return new TaskQueues(client, await known?.catch(() => undefined));
  }

  async state(taskQueue: string): Promise<QueueState> {
    const isServed = this.workers ? this.alive(taskQueue).length > 0 : await this.isPolled(taskQueue);
    if (isServed) return { taskQueue, isServed, problem: '', remedy: '' };
    return { taskQueue, isServed, problem: `no worker serves the task queue ${taskQueue}${this.lastOf(taskQueue)}`, remedy: this.remedy() };
  }

  /** Of these queues, those that no worker serves. */
  async unserved(taskQueues: Iterable<string>): Promise<ReadonlyMap<string, QueueState>> {
    const states = await Promise.all([...new Set(taskQueues)].map((taskQueue) => this.state(taskQueue)));
    return new Map(states.filter(({ isServed }) => !isServed).map((state) => [state.taskQueue, state]));
  }

  /** Workers that serve the queue now; empty where the warehouse can't be asked. */
  alive(taskQueue: string): readonly KnownWorker[] {
    return (this.workers ?? []).filter((worker) => worker.isAlive && worker.taskQueue === taskQueue);
  }

  private lastOf(taskQueue: string): string {
    const last = this.workers?.find((worker) => worker.taskQueue === taskQueue);
    return last ? `, and the last one (process ${last.processId} on ${last.host}) was seen ${duration(last.secondsSinceSeen)} ago` : '';
  }

  private remedy(): string {
    const others = [...new Set((this.workers ?? []).filter(({ isAlive }) => isAlive).map(({ taskQueue }) => taskQueue))];
    const misspelled = others.length === 0 ? '' : `set STRATA_TASK_QUEUE to that of the workers that are alive (${others.join(', ')}), or `;
    return `${misspelled}run: strata worker`;
  }

  private async isPolled(taskQueue: string): Promise<boolean> {
    const { namespace } = this.client.options;
    const { pollers } = await this.client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: workflowTasks,
    });
    const recent = Date.now() / 1_000 - longestPoll;
    return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) > recent);
  }
}

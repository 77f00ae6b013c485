import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { closableCalls } from '../../../src/connectors/temporal/closable-calls.js';
import type { HeartbeatDetails } from '../../../src/contracts/progress.js';
import { ProvisionError } from '../../programs/run-program.js';
import { type Execution, executionsOf, type WorkflowRun } from '../measure/history.js';

/** A run of a workflow that ended. */
export interface Executed<Result> extends WorkflowRun {
  readonly result: Result;
}

/** Milliseconds, to the second. */
const readingFor = 2_000;

/** A range of a file that an activity reads. */
export interface ReadingRange {
  /** Undefined of a file that is one stream, and where it is not known. */
  readonly range: number | undefined;
  /** The process of its worker. */
  readonly worker: number;
}

/** A Temporal namespace, which the server makes. */
export class Namespace {
  static async make(address: string, name: string): Promise<Namespace> {
    // Ctrl-C closes it in the middle of calls.
    const connection = await Connection.connect({ address, interceptors: closableCalls });
    const namespace = new Namespace(new Client({ connection, namespace: name }));
    await connection.workflowService.registerNamespace({ namespace: name, workflowExecutionRetentionPeriod: msToTs('1 day') });
    await namespace.#ready();
    return namespace;
  }

  private constructor(private readonly client: Client) {}

  /** A server learns of a namespace within seconds. */
  async #ready(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.client.workflow.count();
        return;
      } catch (error) {
        if (tries === 100) throw error;
        await sleep(200);
      }
    }
  }

  /**
   * Runs a workflow to its end, or to the failure of `lost`; one of that id that runs already is waited for instead, as `strata run`
   * does.
   */
  async execute<Result>(type: string, workflowId: string, input: object, lost: readonly Promise<never>[]): Promise<Executed<Result>> {
    const options = { taskQueue: 'strata', workflowId, args: [input], workflowIdConflictPolicy: 'USE_EXISTING' } as const;
    const handle = await this.client.workflow.start(type, options);
    try {
      const result: Result = await Promise.race([handle.result(), ...lost]);
      return { workflowId, runId: handle.firstExecutionRunId, result };
    } catch (error) {
      throw error instanceof ProvisionError ? error : failed(workflowId, error);
    }
  }

  /** Ranges that have been read for a moment. Which ones they are is known once their activities have beaten. */
  async readingRanges(): Promise<ReadingRange[]> {
    const found: ReadingRange[] = [];
    for await (const { workflowId } of this.client.workflow.list({
      query: "WorkflowType = 'landObject' and ExecutionStatus = 'Running'",
    })) {
      const { raw } = await this.client.workflow.getHandle(workflowId).describe();
      for (const { activityType, heartbeatDetails, lastStartedTime, lastWorkerIdentity } of raw.pendingActivities ?? []) {
        if (activityType?.name !== 'landRange' || !lastStartedTime || !lastWorkerIdentity) continue;
        if (Date.now() - Number(lastStartedTime.seconds) * 1_000 < readingFor) continue;
        const [details] = heartbeatDetails?.payloads ?? [];
        const range = details && defaultPayloadConverter.fromPayload<HeartbeatDetails>(details).range;
        found.push({ range, worker: Number(lastWorkerIdentity.split('@')[0]) });
      }
    }
    return found;
  }

  /** Waits for the end of a workflow that something else started; one that the server does not know has ended. */
  async ended(workflowId: string): Promise<void> {
    try {
      await this.client.workflow.getHandle(workflowId).result();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw failed(workflowId, error);
    }
  }

  /** The histories of what a run did. */
  executions(run: WorkflowRun): Promise<Execution[]> {
    return executionsOf(this.client, run);
  }

  close(): Promise<void> {
    return this.client.connection.close();
  }
}

const failed = (workflowId: string, error: unknown) => new Error(`${workflowId} failed: ${innermost(error)}`, { cause: error });

/** The innermost message: Temporal wraps what failed. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}

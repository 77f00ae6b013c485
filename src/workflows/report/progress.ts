import { condition, allHandlersFinished, defaultPayloadConverter, getExternalWorkflowHandle, type Workflow } from '@temporalio/workflow';
import {
  encodePayloadWire,
  WorkflowStream,
  workflowStreamPublishSignal,
  type WorkflowStreamState,
} from '@temporalio/workflow-streams/workflow';
import type { ProgressTarget } from '../../contracts/activities/refs.js';
import { progressTopic, type ProgressEvent } from '../../contracts/progress.js';

/**
 * Events that are carried over when a workflow continues as new, for subscribers that have not heard them. All events would make its input
 * too large.
 */
const keptEvents = 100;

export type Publish = (event: ProgressEvent) => void;

export interface HostedStream {
  readonly publish: Publish;
  /** Continues the workflow as new. Its subscribers go on, and may hear the last events again. */
  continueAs<Type extends Workflow>(args: (state: WorkflowStreamState) => Parameters<Type>): Promise<never>;
  /** Answers the waiting subscribers. A subscriber that comes later learns the end from the workflow's result. */
  close(): Promise<void>;
}

/** Makes this workflow the host of a progress stream. Call it before the first await, or early subscribers are refused. */
export function hostStream(before?: WorkflowStreamState): HostedStream {
  const stream = new WorkflowStream(before);
  const topic = stream.topic<ProgressEvent>(progressTopic);
  return {
    publish: (event) => topic.publish(event),
    continueAs: (args) => {
      const { log, base_offset: begin } = stream.getState();
      stream.truncate(begin + Math.max(0, log.length - keptEvents));
      return stream.continueAsNew(args);
    },
    close: async () => {
      stream.detachPollers();
      await condition(allHandlersFinished);
    },
  };
}

/** Says that the work has ended, and how many parts of it failed. */
export function publishEnd(publish: Publish, failures: readonly string[]): void {
  publish({ phase: 'done', message: failures.length === 0 ? 'done' : `${failures.length} failed` });
}

/** Sends one event to the stream of another workflow. Does nothing if that workflow has ended. */
export async function publishTo(target: ProgressTarget, event: ProgressEvent): Promise<void> {
  const item = { topic: progressTopic, data: encodePayloadWire(defaultPayloadConverter.toPayload(event)) };
  const host = getExternalWorkflowHandle(target.workflowId);
  await host.signal(workflowStreamPublishSignal, { items: [item], publisher_id: '', sequence: 0 }).catch(() => undefined);
}

import { condition, allHandlersFinished, defaultPayloadConverter, getExternalWorkflowHandle } from '@temporalio/workflow';
import { encodePayloadWire, WorkflowStream, workflowStreamPublishSignal } from '@temporalio/workflow-streams/workflow';
import type { ProgressTarget } from '../../contracts/activities.js';
import { progressTopic, type ProgressEvent } from '../../contracts/progress.js';

export type Publish = (event: ProgressEvent) => void;

export interface HostedStream {
  readonly publish: Publish;
  /** Answers the subscribers that wait; one that comes just then learns the end by the workflow's result. */
  close(): Promise<void>;
}

/** Makes this workflow the host of a progress stream; call it before the first await, or early subscribers are refused. */
export function hostStream(): HostedStream {
  const stream = new WorkflowStream();
  const topic = stream.topic<ProgressEvent>(progressTopic);
  return {
    publish: (event) => topic.publish(event),
    close: async () => {
      stream.detachPollers();
      await condition(allHandlersFinished);
    },
  };
}

/** Sends one event to the stream of another workflow; a host that ended already needs none. */
export async function publishTo(target: ProgressTarget, event: ProgressEvent): Promise<void> {
  const item = { topic: progressTopic, data: encodePayloadWire(defaultPayloadConverter.toPayload(event)) };
  const host = getExternalWorkflowHandle(target.workflowId);
  await host.signal(workflowStreamPublishSignal, { items: [item], publisher_id: '', sequence: 0 }).catch(() => undefined);
}

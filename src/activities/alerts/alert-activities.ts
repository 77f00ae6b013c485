import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { AlertActivities, SendAlertInput } from '../../contracts/alerts/incidents.js';
import { deliverAlert, type AlertSenders } from '../../connectors/deliver-alert.js';
import type { Delivery } from '../../engine/alerts/delivery.js';
import { findReceiver } from '../../engine/alerts/receivers.js';
import { StrataError } from '../../engine/strata-error.js';
import type { ChangeConsumer } from '../../engine/change-consumer.js';
import type { Warehouse } from '../../engine/warehouse.js';
import type { KnownPipeline } from '../pipeline-set.js';
import { runActivity } from '../run-activity.js';
import { watchPipeline } from './watch-pipeline.js';

export interface AlertPipeline extends KnownPipeline {
  readonly martRefreshes: readonly ChangeConsumer[];
}

export interface AlertDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: ReadonlyMap<string, AlertPipeline>;
  readonly senders: AlertSenders;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Watching for trouble, and telling people. Neither asks the warehouse first: that may be the trouble. */
export function createAlertActivities({ warehouse, pipelines, senders, environment }: AlertDeps): AlertActivities {
  return {
    watchPipeline: ({ pipeline }) =>
      runActivity({}, () => {
        const known = pipelines.get(pipeline);
        if (!known)
          throw new StrataError(
            'definition',
            `this worker has no pipeline ${pipeline}, only ${[...pipelines.keys()].join(', ')}. Check STRATA_PIPELINES of the worker`,
          );
        const { client, info } = Context.current();
        const { definition, martRefreshes: marts } = known;
        return watchPipeline({ client, warehouse, definition, marts, taskQueue: info.taskQueue, environment });
      }),
    sendAlert: (input) =>
      runActivity({}, async ({ signal }) => {
        const failure = failureOf(await send(senders, environment, input, signal));
        if (failure) throw failure;
      }),
  };
}

function send(
  senders: AlertSenders,
  environment: AlertDeps['environment'],
  { receiver, message }: SendAlertInput,
  signal: AbortSignal,
): Promise<Delivery> {
  const addressed = findReceiver(receiver, environment);
  if (addressed) return deliverAlert(senders, addressed, message, signal);
  const why = `${receiver.setting} does not name this receiver (${receiver.shown}) any more, at least not for the worker that was to send the message`;
  return Promise.resolve({ outcome: 'never', type: 'misconfigured', why });
}

/** Temporal tries again when the receiver says so, or else after the times of the activity's profile. */
function failureOf(delivery: Delivery): ApplicationFailure | undefined {
  switch (delivery.outcome) {
    case 'taken':
      return undefined;
    case 'later': {
      const { why: message, after } = delivery;
      return ApplicationFailure.create({ type: 'unavailable', message, ...(after === undefined ? {} : { nextRetryDelay: after }) });
    }
    case 'never':
      return ApplicationFailure.create({ type: delivery.type, message: delivery.why, nonRetryable: true });
  }
}

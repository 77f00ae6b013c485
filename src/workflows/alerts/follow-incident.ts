import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  incidentMemo,
  incidentSignals,
  type AlertMessage,
  type CloseNote,
  type IncidentDelivery,
  type IncidentEnd,
  type IncidentInput,
  type IncidentState,
  type Receiver,
  type Seen,
} from '../../contracts/alerts/incidents.js';
import { messageText } from '../../contracts/alerts/message-text.js';
import { keys } from '../../contracts/search-attributes.js';
import { delivering, profiles } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { failureMessage } from '../report/failure-message.js';

const seenSignal = defineSignal<[Seen]>(incidentSignals.seen);
const healthySignal = defineSignal(incidentSignals.healthy);
const closeSignal = defineSignal<[CloseNote]>(incidentSignals.close);

/** Milliseconds: so long a receiver that takes no message may keep the others from hearing that the trouble is back. */
const usualGrace = 5 * 60_000;

/**
 * One incident from its begin to its end: each receiver gets one message when it begins and, where that was taken, one when it is over.
 * One that was closed while its trouble lasts says nothing more until the trouble is gone, or has another cause: that is a new incident.
 */
export async function followIncident({ trouble: begun, receivers, carried, grace = usualGrace }: IncidentInput): Promise<IncidentState> {
  showRetries();
  const id = carried?.id ?? `${workflowInfo().workflowId}/${workflowInfo().runId}`;
  const since = carried?.since ?? begun.at;
  const deliveries: IncidentDelivery[] = [
    ...(carried?.deliveries ?? receivers.map((receiver) => ({ receiver, state: 'waiting' as const }))),
  ];
  let trouble = begun;
  let noted = new Date().toISOString();
  let end: IncidentEnd | undefined = carried?.end;
  let isGone = end?.how === 'healthy';
  /** A trouble that came up after this incident's end began. */
  let next: Seen | undefined;
  /** What was not delivered by then is given up for the trouble that came after. */
  let isStopped = false;
  let shown = '';

  const current = (): IncidentState => ({
    ...{ id, trouble, since, noted, deliveries: [...deliveries] },
    state: end === undefined ? 'open' : isGone ? 'over' : 'closed',
    ...(end && { end }),
    ...(next && { next: next.trouble.cause }),
  });
  const show = () => {
    const state = current();
    const text = JSON.stringify(state);
    if (text === shown) return;
    shown = text;
    upsertMemo({ [incidentMemo]: state });
    if (workflowInfo().typedSearchAttributes.get(keys.outcome) !== state.state)
      upsertSearchAttributes([{ key: keys.outcome, value: state.state }]);
    showDetails(details(state));
  };

  setHandler(seenSignal, (seen) => {
    if (end === undefined) {
      trouble = seen.trouble;
      noted = new Date().toISOString();
    } else if (end.how === 'healthy' || isGone || seen.trouble.cause !== trouble.cause) next = seen;
    show();
  });
  setHandler(healthySignal, () => {
    next = undefined;
    isGone = true;
    end ??= { how: 'healthy', at: new Date().toISOString() };
    show();
  });
  setHandler(closeSignal, ({ note }) => {
    end ??= { how: 'closed', at: new Date().toISOString(), note };
    show();
  });
  show();

  const isLong = () => workflowInfo().continueAsNewSuggested && deliveries.every(({ state }) => state !== 'waiting');
  /** To one receiver: never its end before its begin, and none where the begin was not taken. */
  const notify = async (index: number): Promise<void> => {
    const { receiver } = deliveries[index]!;
    const note = (delivery: Omit<IncidentDelivery, 'receiver'>) => {
      deliveries[index] = { receiver, ...delivery };
      show();
    };
    const sent = (about: AlertMessage, taken: Sent['taken']) => send({ receiver, message: about, taken, isStopped: () => isStopped });
    const message = (event: AlertMessage['event']): AlertMessage => ({ incident: id, event, trouble: begun, since, end });
    if (deliveries[index]!.state === 'waiting') note(await sent(message('began'), 'begun'));
    if (deliveries[index]!.state === 'given up') return;
    await condition(() => end !== undefined || isLong());
    if (end !== undefined && deliveries[index]!.state === 'begun') note(await sent({ ...message('over'), end }, 'ended'));
  };
  let isTold = false;
  const deliver = new CancellationScope();
  const telling = deliver.run(async () => {
    await Promise.all(deliveries.map((_delivery, index) => notify(index)));
    isTold = true;
  });
  const isBack = () => next !== undefined;
  const watching = async (): Promise<void> => {
    while (!isTold) {
      await condition(() => isTold || isBack());
      if (isTold || (await condition(() => isTold || !isBack(), grace))) continue;
      isStopped = true;
      return deliver.cancel();
    }
  };
  await Promise.all([telling, watching()]);
  await condition(() => isGone || next !== undefined || workflowInfo().continueAsNewSuggested);
  if (next !== undefined) await continueAsNew<typeof followIncident>(next);
  if (!isGone || deliveries.some(({ state }) => state === 'begun'))
    await continueAsNew<typeof followIncident>({ trouble, receivers, carried: { id, since, deliveries, ...(end && { end }) } });
  return current();
}

interface Sent {
  readonly receiver: Receiver;
  readonly message: AlertMessage;
  /** What it is when it was taken. */
  readonly taken: 'begun' | 'ended';
  /** Whether it was stopped on purpose. */
  isStopped(): boolean;
}

async function send({ receiver, message, taken, isStopped }: Sent): Promise<Omit<IncidentDelivery, 'receiver'>> {
  try {
    const summary = `${message.event}: ${receiver.shown}`;
    await delivering.sendAlert.executeWithOptions({ ...profiles.delivery, summary }, [{ receiver, message }]);
    return { state: taken };
  } catch (error) {
    if (!isCancellation(error)) return { state: 'given up', why: failureMessage(error) };
    if (!isStopped()) throw error;
    return { state: 'given up', why: 'it took no message before the trouble was back, which is another incident' };
  }
}

/** What Temporal Web shows: the message, and what became of it at each receiver. */
function details({ id, trouble, since, state, end, deliveries }: IncidentState): string {
  const text = messageText({ incident: id, event: end === undefined ? 'began' : 'over', trouble, since, end });
  const words = { waiting: 'is being sent', begun: 'has been notified', ended: 'knows that it is over', 'given up': '**was not reached**' };
  const lines = deliveries.map(
    ({ receiver, state: delivered, why }) =>
      `- ${receiver.shown} (\`${receiver.setting}\`) ${words[delivered]}${why === undefined ? '' : `: ${why}`}`,
  );
  return [
    `**${state}**`,
    '```',
    text.trimEnd(),
    '```',
    lines.length === 0 ? 'Nobody is notified: no setting names a receiver.' : lines.join('\n'),
  ].join('\n');
}

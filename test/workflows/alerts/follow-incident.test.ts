import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { listIncidents, signalClose, signalHealthy, signalSeen } from '../../../src/connectors/temporal/incidents/incidents.js';
import type { Receiver, SendAlertInput, Trouble } from '../../../src/contracts/alerts/incidents.js';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import { attributesOf } from '../../../src/contracts/search-attributes.js';
import { until } from '../../support/until.js';
import { hostWorkflows } from '../workflow-host.js';

const receivers: Receiver[] = ['one', 'two'].map((key) => ({ setting: 'OPS', key, kind: 'webhook', shown: `webhook, ${key}` }));
let subjects = 0;

describe('an incident', () => {
  const host = hostWorkflows();

  /** What was delivered, as `<receiver> <event> <cause>`; `fail` may throw in place of a delivery. */
  function inbox(fail: (input: SendAlertInput, tries: number) => void = () => undefined) {
    const sent: string[] = [];
    const ids = new Set<string>();
    const tries = new Map<string, number>();
    const sendAlert = async (input: SendAlertInput): Promise<void> => {
      const name = `${input.receiver.key} ${input.message.event} ${input.message.trouble.cause}`;
      tries.set(name, (tries.get(name) ?? 0) + 1);
      fail(input, tries.get(name)!);
      sent.push(name);
      ids.add(input.message.incident);
    };
    return { sent, ids, sendAlert };
  }

  function trouble(cause = 'c1'): {
    readonly id: string;
    readonly of: (cause: string) => Trouble;
    readonly see: (cause?: string) => Promise<void>;
  } {
    subjects += 1;
    const subject = `feed${subjects}`;
    const of = (each: string): Trouble => ({
      ...{ pipeline: host.pipeline, kind: 'quarantined', subject, feed: subject, cause: each, at: '2026-03-01T09:00:00.000Z' },
      ...{ summary: `1 row of ${subject} is in quarantine`, details: [], commands: [] },
    });
    return {
      id: workflowIds.incident(host.pipeline, 'quarantined', subject),
      of,
      see: (each = cause) => signalSeen(host.client, host.taskQueue, { trouble: of(each), receivers }),
    };
  }

  it('notifies each receiver once when it begins and once when it is over, however often it is seen', async () => {
    const { sent, sendAlert } = inbox();
    await host.withWorker({ sendAlert }, async () => {
      const { id, see } = trouble();
      await see();
      await see();
      await until(() => sent.length === 2);
      await see('c2');
      const listed = async () => (await listIncidents(host.client, host.pipeline)).find(({ workflowId }) => workflowId === id);
      await until(async () => (await listed())?.trouble.cause === 'c2');
      expect(await listed()).toMatchObject({ state: 'open', isRunning: true, since: '2026-03-01T09:00:00.000Z' });
      await signalHealthy(host.client, id);
      const end = await host.client.workflow.getHandle(id).result();
      expect(end).toMatchObject({ state: 'over', end: { how: 'healthy' } });
    });
    expect(sent.sort()).toEqual(['one began c1', 'one over c1', 'two began c1', 'two over c1']);
  });

  it('tries again what a receiver does not take, and the other receivers do not wait', async () => {
    const { sent, sendAlert } = inbox(({ receiver }, tries) => {
      if (receiver.key === 'two' && tries < 3)
        throw ApplicationFailure.create({ type: 'unavailable', message: 'two answered 503', nextRetryDelay: 200 });
    });
    await host.withWorker({ sendAlert }, async () => {
      const { id, see } = trouble();
      await see();
      await signalHealthy(host.client, id);
      await host.client.workflow.getHandle(id).result();
    });
    expect(sent.filter((each) => each.startsWith('two'))).toEqual(['two began c1', 'two over c1']);
    expect(sent).toHaveLength(4);
  });

  it('sends no end to a receiver that did not take the begin, and shows that it did not', async () => {
    const { sent, sendAlert } = inbox(({ receiver }) => {
      if (receiver.key === 'two')
        throw ApplicationFailure.create({ type: 'misconfigured', nonRetryable: true, message: 'two answered 410' });
    });
    await host.withWorker({ sendAlert }, async () => {
      const { id, see } = trouble();
      await see();
      await until(async () => {
        const found = (await listIncidents(host.client, host.pipeline)).find(({ workflowId }) => workflowId === id);
        return found?.deliveries.some(({ state, why }) => state === 'given up' && why === 'two answered 410') ?? false;
      });
      await signalHealthy(host.client, id);
      await host.client.workflow.getHandle(id).result();
    });
    expect(sent).toEqual(['one began c1', 'one over c1']);
  });

  it('is quiet after it was closed until the trouble has another cause, which is a new incident', async () => {
    const { sent, ids, sendAlert } = inbox();
    await host.withWorker({ sendAlert }, async () => {
      const { id, see } = trouble();
      await see();
      await until(() => sent.length === 2);
      expect(await signalClose(host.client, id, { note: 'known' })).toBe(true);
      await until(() => sent.length === 4);
      await see();
      const listed = async () => (await listIncidents(host.client, host.pipeline)).find(({ workflowId }) => workflowId === id);
      await until(async () => (await listed())?.state === 'closed');
      expect(await listed()).toMatchObject({ end: { how: 'closed', note: 'known' } });
      expect(sent).toHaveLength(4);
      await see('c2');
      await until(() => sent.length === 6);
      expect(ids.size).toBe(2);
      await signalHealthy(host.client, id);
      await host.client.workflow.getHandle(id).result();
      expect(sent.slice(4).sort()).toEqual(['one began c2', 'one over c2', 'two began c2', 'two over c2']);
    });
  });

  it('that comes back while its end is being sent is a new incident', async () => {
    let seeAgain: (() => Promise<void>) | undefined;
    const { sent, ids, sendAlert } = inbox();
    await host.withWorker(
      {
        sendAlert: async (input) => {
          if (input.message.event === 'over' && seeAgain) {
            const again = seeAgain;
            seeAgain = undefined;
            await again();
          }
          await sendAlert(input);
        },
      },
      async () => {
        const { id, see } = trouble();
        seeAgain = () => see('c2');
        await see();
        await signalHealthy(host.client, id);
        await until(() => sent.filter((each) => each.endsWith('began c2')).length === 2);
        expect(ids.size).toBe(2);
        await signalHealthy(host.client, id);
        await host.client.workflow.getHandle(id).result();
        expect(sent).toHaveLength(8);
      },
    );
  });

  it('that comes back is heard of, although a receiver has not taken the end of the one before', async () => {
    const { sent, sendAlert } = inbox(({ receiver, message }) => {
      if (receiver.key === 'two' && message.event === 'over')
        throw ApplicationFailure.create({ type: 'unavailable', message: 'two answered 503' });
    });
    await host.withWorker({ sendAlert }, async () => {
      const { id, of, see } = trouble();
      const args = [{ trouble: of('c1'), receivers, grace: 1_000 }];
      const typedSearchAttributes = attributesOf({ pipeline: host.pipeline });
      const first = await host.client.workflow.start(workflowTypes.incident, {
        ...{ taskQueue: host.taskQueue, workflowId: id, args, typedSearchAttributes },
      });
      await until(() => sent.length === 2);
      await signalHealthy(host.client, id);
      await until(() => sent.includes('one over c1'));
      await see('c2');
      // The next look knows that it need not say so again.
      await until(async () =>
        (await listIncidents(host.client, host.pipeline)).some(
          ({ workflowId, state, next }) => workflowId === id && state === 'over' && next === 'c2',
        ),
      );
      await until(() => sent.includes('one began c2') && sent.includes('two began c2'));
      expect(sent).not.toContain('two over c1');
      const { runId } = await host.client.workflow.getHandle(id).describe();
      expect(runId).not.toBe(first.firstExecutionRunId);
      await host.terminate(id);
    });
  });

  it('runs no activity where nobody is notified', async () => {
    await host.withWorker({}, async () => {
      const { id, of } = trouble();
      await signalSeen(host.client, host.taskQueue, { trouble: of('c1'), receivers: [] });
      await signalHealthy(host.client, id);
      const handle = host.client.workflow.getHandle(id);
      await handle.result();
      const { events } = await handle.fetchHistory();
      expect(events?.some((event) => event.activityTaskScheduledEventAttributes)).toBe(false);
    });
  });
});

describe('an incident that lasts', () => {
  const host = hostWorkflows({ continueAfter: 60 });

  it('continues as new, and still sends one begin and one end', async () => {
    const sent: string[] = [];
    const sendAlert = async ({ message }: SendAlertInput) => void sent.push(`${message.event} ${message.incident}`);
    await host.withWorker({ sendAlert }, async () => {
      const of = (cause: string): Trouble => ({
        ...{ pipeline: host.pipeline, kind: 'failed', subject: 'run', cause, at: '2026-03-01T09:00:00.000Z' },
        ...{ summary: 'it failed', details: [], commands: [] },
      });
      const id = workflowIds.incident(host.pipeline, 'failed', 'run');
      const see = (cause: string) => signalSeen(host.client, host.taskQueue, { trouble: of(cause), receivers: receivers.slice(0, 1) });
      await see('0');
      const first = (await host.client.workflow.getHandle(id).describe()).runId;
      for (let cause = 1; cause < 40; cause += 1) {
        await see(String(cause));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await until(async () => (await host.client.workflow.getHandle(id).describe()).runId !== first);
      await signalHealthy(host.client, id);
      await host.client.workflow.getHandle(id).result();
      expect(sent.map((each) => each.split(' ')[0])).toEqual(['began', 'over']);
      expect(new Set(sent.map((each) => each.split(' ')[1])).size).toBe(1);
    });
  });
});

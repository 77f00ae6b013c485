import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workflowTypes } from '../../src/contracts/names.js';
import { bundleWorkflows } from '../workflows/workflow-host.js';
import { historiesFolder } from './recorded-histories.js';

const { History } = proto.temporal.api.history.v1;
const folder = historiesFolder;

interface Recorded {
  readonly workflowId: string;
  readonly history: {
    readonly events: readonly { readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { readonly name: string } } }[];
  };
}

const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
const recorded = await Promise.all(
  names.map(async (name) => ({ name, ...(JSON.parse(await readFile(new URL(name, folder), 'utf8')) as Recorded) })),
);
const typeOf = ({ history }: Recorded) => history.events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name;

describe('recorded histories', () => {
  it('cover every type of workflow', () => {
    expect(new Set(recorded.map(typeOf))).toEqual(new Set(Object.values(workflowTypes)));
  });

  it('replay against the workflows as they are now', async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });
    const histories = recorded.map(({ workflowId, history }) => ({ workflowId, history: History.fromObject(history as object) }));
    const failures: string[] = [];
    for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: await bundleWorkflows() }, histories)) {
      if (error) failures.push(`${workflowId}: ${error.message}`);
    }
    expect(failures).toEqual([]);
  });

  it('are small', () => {
    for (const { history } of recorded) expect(JSON.stringify(history).length).toBeLessThan(1_000_000);
  });
});

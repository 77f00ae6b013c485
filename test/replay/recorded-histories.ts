import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;

/** Where the histories lie, a file each. */
export const historiesFolder = new URL('./histories/', import.meta.url);
const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/** Writes the history of a workflow that has ended. */
export async function recordHistory(client: Client, name: string, workflowId: string, runId?: string): Promise<void> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const recorded = History.toObject(History.fromObject(history as object), { longs: String, bytes: String, enums: String });
  // Which process did it, and where its program lies, says nothing to a replay, and names a machine.
  const text = JSON.stringify({ workflowId, history: recorded })
    .replace(/\d+@[\w.-]+/g, 'worker')
    .replaceAll(projectFolder, '');
  await mkdir(historiesFolder, { recursive: true });
  await writeFile(new URL(`${name}.json`, historiesFolder), `${text}\n`);
}

// Records histories of finished workflows for the replay test:
//   TEMPORAL_ADDRESS=host:port node scripts/record-histories.mjs NAME=WORKFLOW_ID[@RUN_ID] ...
// Record them on a machine whose files hold no data of others: inputs and results are part of a history.
import { mkdir, writeFile } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { loadClientConnectConfig } from '@temporalio/envconfig';

const folder = new URL('../test/replay/histories/', import.meta.url);
const wanted = process.argv.slice(2).map((argument) => /^([a-z0-9-]+)=([^@]+)(?:@(.+))?$/.exec(argument));
if (wanted.length === 0 || wanted.includes(null)) {
  console.error('usage: node scripts/record-histories.mjs NAME=WORKFLOW_ID[@RUN_ID] ...');
  process.exit(2);
}
const { connectionOptions, namespace } = loadClientConnectConfig();
const connection = await Connection.connect(connectionOptions);
const client = new Client({ connection, namespace });
await mkdir(folder, { recursive: true });
for (const [, name, workflowId, runId] of wanted) {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  // The replay test needs no line of where it ran.
  for (const event of history.events ?? []) {
    for (const attributes of Object.values(event)) if (attributes && typeof attributes === 'object' && 'identity' in attributes) attributes.identity = 'worker';
  }
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify({ workflowId, history: JSON.parse(historyToJSON(history)) })}\n`);
  console.log(`${name}: ${history.events?.length ?? 0} events of ${workflowId}`);
}
await connection.close();

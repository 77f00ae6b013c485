// Records histories of finished workflows for the replay test:
//   TEMPORAL_ADDRESS=host:port node scripts/record-histories.mjs NAME=WORKFLOW_ID[@RUN_ID] ...
// Record them on a machine whose files hold no data of others: inputs and results are part of a history.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import proto from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;
const folder = new URL('../test/replay/histories/', import.meta.url);
const projectFolder = fileURLToPath(new URL('../', import.meta.url));
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
  const recorded = History.toObject(History.fromObject(history), { longs: String, bytes: String, enums: String });
  // Which process did it, and where its program lies, says nothing to a replay, and names a machine.
  const text = JSON.stringify({ workflowId, history: recorded }).replace(/\d+@[\w.-]+/g, 'worker').replaceAll(projectFolder, '');
  await writeFile(new URL(`${name}.json`, folder), `${text}\n`);
  console.log(`${name}: ${history.events?.length ?? 0} events of ${workflowId}`);
}
await connection.close();

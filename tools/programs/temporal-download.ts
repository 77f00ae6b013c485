// Downloads the Temporal CLI with the SDK into the folder given, and prints the program's path. A process of its own, because
// the SDK has no deadline for it and would go on after one.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';

/** What it downloads does not change by itself. The SDK has no checksum to compare it with. */
const version = 'v1.5.1';

const folder = process.argv[2] ?? '.';
const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir: folder, version }, log: { format: 'pretty', level: 'error' } },
});
await environment.teardown();
const name = (await readdir(folder)).find((file) => !file.endsWith('.downloading'));
if (!name) throw new Error('the SDK left no program');
process.stdout.write(`${path.join(folder, name)}\n`);
process.exit(0);

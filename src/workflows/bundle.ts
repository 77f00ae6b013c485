import { writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Where `npm run build` puts the bundle: beside this file's compiled form. */
export const bundlePath = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/** Bundles the workflows of this folder (compiled or not) and writes them to `path`. */
export async function writeBundle(path: string): Promise<void> {
  const logger = new DefaultLogger('WARN');
  const { code } = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('./', import.meta.url)), logger });
  await writeFile(path, code);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await writeBundle(bundlePath);

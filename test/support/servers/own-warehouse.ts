import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { root } from '../mart-warehouse.js';

interface RunFolder {
  close(): Promise<void>;
}

const script = async <Exports>(path: string): Promise<Exports> =>
  (await import(pathToFileURL(join(root, 'tools', 'servers', path)).href)) as Exports;

interface Options {
  readonly program: unknown;
  readonly bufferPool: string;
  readonly settings: readonly string[];
}

interface Server {
  readonly url: string;
  process(): { kill(): Promise<void> };
  restart(): Promise<void>;
}

export interface OwnWarehouse {
  readonly url: string;
  /** Stops it in good order and starts it again. */
  restart(): Promise<void>;
  /** SIGKILL, and started again. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** A database server of the test's own, for what would disturb others: settings (`--name=value`), restarts. Ends with `close`. */
export async function ownWarehouse(settings: readonly string[] = []): Promise<OwnWarehouse> {
  const { createRunFolder } = await script<{ createRunFolder(kind: string): Promise<RunFolder> }>('run-folder.mjs');
  const { warehouseProgram } = await script<{ warehouseProgram(options: { say: (line: string) => void }): Promise<unknown> }>(
    'warehouse-program.mjs',
  );
  const { startWarehouse } = await script<{ startWarehouse(run: RunFolder, options: Options): Promise<Server> }>('warehouse.mjs');
  const run = await createRunFolder('test');
  try {
    const server = await startWarehouse(run, { program: await warehouseProgram({ say: () => undefined }), bufferPool: '64M', settings });
    const crash = async () => {
      await server.process().kill();
      await server.restart();
    };
    return { url: server.url, restart: () => server.restart(), crash, close: () => run.close() };
  } catch (error) {
    await run.close();
    throw error;
  }
}

import { warehouseProgram } from '../../../tools/programs/warehouse-program.js';
import { createRunFolder } from '../../../tools/run/run-folder.js';
import { startWarehouse } from '../../../tools/servers/warehouse.js';

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

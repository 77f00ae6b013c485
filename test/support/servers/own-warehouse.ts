import { mkdir, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { warehouseProgram, type WarehouseProgram } from '../../../tools/programs/warehouse-program.js';
import { createRunFolder, type Place, type RunFolder } from '../../../tools/run/run-folder.js';
import { startWarehouse } from '../../../tools/servers/warehouse.js';
import { smallDisk, type SmallDisk } from '../small-disk.js';

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
  return inRunFolder({ inMemory: true }, (run) => start(run, settings));
}

/**
 * The same with its data on the disk, so that a crash can lose commits: in memory MariaDB writes its log by a memory map, and a killed
 * server has lost nothing.
 */
export async function forgetfulWarehouse(): Promise<OwnWarehouse> {
  const settings = ['--innodb-flush-log-at-trx-commit=0', '--innodb-flush-log-at-timeout=2700'];
  return inRunFolder({}, (run) => start(run, settings));
}

/** The same with its data on a disk that holds so many bytes (`200m`) and can be filled up. */
export async function warehouseOnDisk(
  size: string,
  settings: readonly string[] = [],
): Promise<OwnWarehouse & { readonly disk: SmallDisk }> {
  return inRunFolder({}, async (run) => {
    const folder = run.path('warehouse');
    await mkdir(folder);
    const disk = await smallDisk(`size=${size}`, folder);
    run.onClose(() => disk.close());
    return { ...(await start(run, settings, (program) => withDisk(run, program, disk))), disk };
  });
}

async function inRunFolder<Result>(place: Place, begin: (run: RunFolder) => Promise<Result>): Promise<Result> {
  const run = await createRunFolder('test', place);
  try {
    return await begin(run);
  } catch (error) {
    await run.close();
    throw error;
  }
}

async function start(
  run: RunFolder,
  settings: readonly string[],
  change: (program: WarehouseProgram) => Promise<WarehouseProgram> = (program) => Promise.resolve(program),
): Promise<OwnWarehouse> {
  const program = await change(await warehouseProgram({ say: () => undefined }));
  const server = await startWarehouse(run, { program, bufferPool: '64M', settings });
  const crash = async () => {
    await server.process().kill();
    await server.restart();
  };
  return { url: server.url, restart: () => server.restart(), crash, close: () => run.close() };
}

/** Its programs, started where the disk can be seen. */
async function withDisk(run: RunFolder, program: WarehouseProgram, { inside }: SmallDisk): Promise<WarehouseProgram> {
  // Whoever this user is, there it is root, as which the servers run only when told so.
  const asRoot = process.getuid?.() === 0 ? '' : ' --user=root';
  const wrapped = async (command: string) => {
    const script = run.path(`${basename(command)}-on-disk`);
    await writeFile(script, `#!/bin/sh\nexec ${inside.join(' ')} sh -c 'cd "$0" && exec "$@"' "$PWD" '${command}' "$@"${asRoot}\n`, {
      mode: 0o700,
    });
    return script;
  };
  const server = await wrapped(program.server);
  return program.product === 'mariadb' ? { ...program, server, install: await wrapped(program.install) } : { ...program, server };
}

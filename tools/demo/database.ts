import { postgresProgram } from '../programs/postgres-program.js';
import type { ProvisionOptions } from '../programs/run-program.js';
import type { RunFolder } from '../run/run-folder.js';
import { startPostgres } from '../servers/postgres.js';
import type { DemoPipeline } from './pipelines.js';

/** A database that a pipeline extracts; it changes as an application would change it. */
export interface DemoDatabase {
  change(changes: number): Promise<void>;
  /** A row that does not fit its feed; returns what is wrong with it. */
  mistake(): Promise<string>;
  end(): Promise<void>;
}

export interface DemoDatabases {
  /** Addresses by their settings; always a server of the demo's own, for the demo writes into it. */
  readonly env: Readonly<Record<string, string>>;
  /** The server's name; none where no pipeline extracts a database. */
  readonly names: readonly string[];
}

/** The databases of the pipelines that extract some. */
export async function demoDatabases(
  run: RunFolder,
  pipelines: readonly DemoPipeline[],
  { say, signal }: ProvisionOptions,
): Promise<DemoDatabases> {
  const settings = pipelines.flatMap(({ definition }) =>
    (definition.extracts ?? []).filter(({ kind }) => kind === 'postgres').map(({ setting }) => setting),
  );
  if (settings.length === 0) return { env: {}, names: [] };
  const server = await startPostgres(run, { program: await postgresProgram({ say, signal }) });
  return { env: Object.fromEntries(settings.map((setting) => [setting, server.url])), names: [server.productName] };
}

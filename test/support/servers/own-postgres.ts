import { randomBytes } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { Client } from 'pg';
import { postgresProgram } from '../../../tools/programs/postgres-program.js';
import { createRunFolder } from '../../../tools/run/run-folder.js';
import { startPostgres, type Postgres } from '../../../tools/servers/postgres.js';

/** A PostgreSQL server of the test file's own, which ends after its tests. */
export async function ownPostgres(settings: readonly string[] = []): Promise<Postgres> {
  const run = await createRunFolder('test');
  afterAllOnce.push(() => run.close());
  return startPostgres(run, { program: await postgresProgram({ say: () => undefined }), settings });
}

const afterAllOnce: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of afterAllOnce) await end();
}, 60_000);

/** All values come as text. */
export async function connectPostgres(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, types: { getTypeParser: () => (value: string) => value } });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** A database of its own on the server; its address. */
export async function freshDatabase({ url }: Postgres): Promise<string> {
  const name = `d${randomBytes(4).toString('hex')}`;
  const client = await connectPostgres(url);
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

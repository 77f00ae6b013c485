import { dirname, join } from 'node:path';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { freePort } from '../../../tools/servers/ports.js';
import { until } from '../until.js';
import { connectPostgres } from './own-postgres.js';

/** A standby that follows a server by streaming. */
export interface Standby {
  readonly port: number;
  readonly data: string;
  /** The address of a database of the primary, on the standby. */
  urlOf(url: string): string;
  /** Waits until it has taken in all that the primary has written. */
  follow(): Promise<void>;
  /** To be called in the test: its folder goes with that of the primary, before other hooks run. */
  stop(): Promise<unknown>;
}

/** `settings` are of the standby alone. */
export async function ownStandby(primary: Postgres, settings: readonly string[] = []): Promise<Standby> {
  // Where the primary's own user may write.
  const data = join(dirname(primary.data), 'replica');
  const port = await freePort();
  const done = async (name: string, ...args: readonly string[]) => {
    const { code, output } = await primary.run(name, args);
    if (code !== 0) throw new Error(output);
  };
  await done('pg_basebackup', '-D', data, '-R', '-c', 'fast', '-d', primary.url);
  const own = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off', 'max_connections=100', ...settings];
  const options = own.map((setting) => `-c ${setting.replace(/=$/, "=''")}`).join(' ');
  await done('pg_ctl', '-D', data, '-o', options, '-l', join(dirname(data), 'replica.log'), '-w', 'start');
  const urlOf = (url: string) => Object.assign(new URL(url), { port: String(port) }).href;
  return {
    port,
    data,
    urlOf,
    follow: async () => {
      const [there, here] = [await connectPostgres(primary.url), await connectPostgres(urlOf(primary.url))];
      try {
        const written = await there.query<{ at: string }>('select pg_current_wal_lsn() as at');
        await until(async () => {
          const { rows } = await here.query<{ done: string }>('select pg_last_wal_replay_lsn() >= $1 as done', [written.rows[0]!.at]);
          return rows[0]?.done === 't';
        });
      } finally {
        await Promise.all([there.end(), here.end()]);
      }
    },
    stop: () => primary.run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']),
  };
}

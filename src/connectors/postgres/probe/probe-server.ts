import type { Client } from 'pg';
import { sourceFailure } from '../failures.js';

/** What is asked of a database before it is extracted. */
export interface ServerProbe {
  /** Such as 150018. */
  readonly versionNumber: number;
  readonly version: string;
  /** The server's clock ahead of this machine's; seconds. */
  readonly ahead: number;
  /** A pooler between shares sessions: the session has another number than the server named when it began. */
  readonly isPooled: boolean;
  readonly isSuperuser: boolean;
  /** Undefined where the schema is not there. */
  readonly mayUseSchema: boolean | undefined;
  /** The statement that lets the account use the schema. */
  readonly grant: string;
  /** Of a standby. */
  readonly standby:
    | {
        /** Seconds since the last transaction that it has taken in; null where it has taken in none. */
        readonly behind: number | null;
        readonly feedback: boolean;
        /** As PostgreSQL writes it, such as 30s; -1 is for ever. */
        readonly delay: string;
      }
    | undefined;
}

const question = `select current_setting('server_version_num') as number, current_setting('server_version') as version,
  extract(epoch from clock_timestamp())::text as now, pg_backend_pid()::text as pid,
  (select rolsuper from pg_roles where rolname = current_user)::text as super,
  (select has_schema_privilege(n.oid, 'usage') from pg_namespace n where n.nspname = $1::text)::text as usable,
  format('grant usage on schema %I to %I', $1::text, current_user) as right_to_use, pg_is_in_recovery()::text as standby, current_setting('hot_standby_feedback') as feedback,
  current_setting('max_standby_streaming_delay') as delay,
  extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::text as behind`;

type Row = Record<'number' | 'version' | 'now' | 'pid' | 'super' | 'right_to_use' | 'standby' | 'feedback' | 'delay', string> &
  Record<'usable' | 'behind', string | null>;

/** Throws StrataError. */
export async function probeServer(client: Client, setting: string, schema: string): Promise<ServerProbe> {
  try {
    const began = Date.now();
    const { rows } = await client.query<Row>(question, [schema]);
    const here = (began + Date.now()) / 2_000;
    const row = rows[0]!;
    const told = (client as Client & { readonly processID?: number | null }).processID;
    return {
      versionNumber: Number(row.number),
      version: row.version,
      ahead: Number(row.now) - here,
      isPooled: typeof told === 'number' && told !== Number(row.pid),
      isSuperuser: row.super === 'true',
      mayUseSchema: row.usable === null ? undefined : row.usable === 'true',
      grant: row.right_to_use,
      standby:
        row.standby === 'true'
          ? { behind: row.behind === null ? null : Number(row.behind), feedback: row.feedback === 'on', delay: row.delay }
          : undefined,
    };
  } catch (error) {
    throw sourceFailure(error, 'looking at the source database', setting);
  }
}

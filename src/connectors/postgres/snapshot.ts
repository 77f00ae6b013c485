import { escapeIdentifier, type Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { duration } from '../../contracts/format-times.js';
import type { OpenSnapshot, SnapshotFacts, SourceSnapshot, SourceTable } from '../../engine/extract/source-snapshot.js';
import { StrataError } from '../../engine/strata-error.js';
import { codeOf } from '../../engine/system-errors.js';
import { onAbort } from '../on-abort.js';
import { watchCall, workWatch } from '../work-watch.js';
import { readTable } from './catalogue.js';
import { connectSource, type Connected } from './connect.js';
import { sourceFailure } from './failures.js';
import { refuseOldServer } from './server-version.js';

/** Rolling back frees the lock on the table, which a release would keep until the snapshot ends: an ALTER TABLE waits for one COPY alone. */
const endOfCopy = 'rollback to savepoint strata; release savepoint strata';

/** Milliseconds that a snapshot may be open. The server's vacuum keeps every row version that the snapshot may still see. */
const longestSnapshot = 3 * 3_600_000;

/** Later than that, so a table that is read for long ends with the snapshot. The server ends statements of workers that are gone. */
const longestStatement = longestSnapshot + 10 * 60_000;

/**
 * All that changes how values look in COPY, which a role may set otherwise, is set for the transaction: so a pooler that shares sessions
 * gets them back as they were. Row-level security fails instead of hiding rows. A lock that is waited for would make the
 * statements of others wait behind it.
 */
const begin = (encoding: string) => `begin isolation level repeatable read, read only;
set local datestyle = 'ISO, YMD'; set local timezone = 'UTC'; set local bytea_output = 'hex'; set local extra_float_digits = 3;
set local intervalstyle = 'iso_8601'; set local lc_monetary = 'C'; set local quote_all_identifiers = off; set local client_encoding = '${encoding}'; set local row_security = off; set local search_path = pg_catalog;
set local lock_timeout = '10s'; set local statement_timeout = ${longestStatement}; set local idle_in_transaction_session_timeout = '30min'`;

/** The time is asked for before the snapshot is taken, so the snapshot has every transaction up to it. Null on a primary. */
const server = `select current_setting('server_version_num') as number, current_setting('server_version') as version, current_setting('server_encoding') as encoding,
  case when pg_is_in_recovery() then to_char(pg_last_xact_replay_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as replayed`;

type ServerRow = Record<'number' | 'version' | 'encoding', string> & { readonly replayed: string | null };

const facts = `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  pg_snapshot_xmin(pg_current_snapshot())::text as xmin, pg_snapshot_xmax(pg_current_snapshot())::text as xmax,
  (select system_identifier from pg_control_system())::text as system_identifier,
  (case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
    else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end)::text as timeline`;

/** `longest`: milliseconds after which an open snapshot is given up. */
export function snapshotOpener(longest: number): OpenSnapshot {
  return async ({ url, setting, schema }, signal) => {
    const connected = await connectSource(url, setting, signal);
    const snapshot = new PostgresSnapshot(connected, { setting, schema, longest }, signal);
    try {
      await snapshot.begin();
      return snapshot;
    } catch (error) {
      await snapshot.close();
      throw error;
    }
  };
}

/** Opens a snapshot on a connection of its own, in a transaction that only reads. After 3 hours it is given up, as `misconfigured`. */
export const openSnapshot: OpenSnapshot = snapshotOpener(longestSnapshot);

class PostgresSnapshot implements SourceSnapshot {
  private known: SnapshotFacts | undefined;
  private readonly client: Client;
  private readonly forget: () => void;
  private copying = false;
  private readonly began = performance.now();
  private ended: number | undefined;
  private readonly setting: string;
  private readonly schema: string;
  private readonly longest: number;
  private readonly limit: NodeJS.Timeout;
  private isTooOld = false;

  constructor(
    private readonly connected: Connected,
    { setting, schema, longest }: { readonly setting: string; readonly schema: string; readonly longest: number },
    private readonly signal: AbortSignal,
  ) {
    this.client = connected.client;
    this.setting = setting;
    this.schema = schema;
    this.longest = longest;
    this.forget = onAbort(signal, () => connected.cut());
    this.limit = setTimeout(() => {
      this.isTooOld = true;
      connected.cut();
    }, longest);
  }

  get heldSeconds(): number {
    return ((this.ended ?? performance.now()) - this.began) / 1_000;
  }

  get facts(): SnapshotFacts {
    if (!this.known) throw new Error('the snapshot has not begun');
    return this.known;
  }

  async begin(): Promise<void> {
    const [before] = await this.ask<ServerRow>('looking at the version of the server', server);
    refuseOldServer(Number(before?.number), before?.version ?? '', this.setting);
    // Of a database that checks no encoding, a row that is not UTF-8 would fail its whole table: it comes as it is, and landing sees it.
    await this.ask('beginning a snapshot', begin(before?.encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8'));
    const [row] = await this.ask<Record<'at' | 'xmin' | 'xmax' | 'system_identifier' | 'timeline', string>>('taking a snapshot', facts);
    if (!row) throw new StrataError('unexpected', 'the source database gave no snapshot');
    const { at, xmin, xmax, system_identifier: systemIdentifier, timeline } = row;
    // What a standby shows is as old as the last transaction that it has taken in.
    this.known = { at: before?.replayed ?? at, xmin: BigInt(xmin), xmax: BigInt(xmax), systemIdentifier, timeline: Number(timeline) };
  }

  table(name: string): Promise<SourceTable | undefined> {
    return readTable((sql, values) => this.ask(`looking at ${name}`, sql, values), this.schema, name);
  }

  async *copy(select: string, of: string): AsyncGenerator<Buffer> {
    const doing = `reading ${of}`;
    await this.ask(doing, 'savepoint strata');
    const stream = this.client.query(copyTo(`copy (${select}) to stdout (format csv)`));
    const work = workWatch();
    const beat = setInterval(() => work?.sign(doing), 3_000);
    this.copying = true;
    try {
      for await (const piece of stream) {
        work?.sign(doing, (piece as Buffer).length);
        yield piece as Buffer;
      }
      this.copying = false;
    } catch (error) {
      this.copying = false;
      this.signal.throwIfAborted();
      // An error of the server ends the statement, and one of the connection everything.
      await this.client.query(endOfCopy).catch(() => undefined);
      throw this.failure(error, doing);
    } finally {
      clearInterval(beat);
    }
    await this.ask(doing, endOfCopy);
  }

  quoted(name: string): string {
    return escapeIdentifier(name);
  }

  quotedTable(name: string): string {
    return `${escapeIdentifier(this.schema)}.${escapeIdentifier(name)}`;
  }

  async close(): Promise<void> {
    this.forget();
    clearTimeout(this.limit);
    this.ended ??= performance.now();
    // A COPY that is given up midway would keep its backend, and the end of the connection, waiting.
    if (this.copying || this.signal.aborted) this.connected.cut();
    else await this.client.query('commit').catch(() => undefined);
    await this.client.end().catch(() => undefined);
  }

  private async ask<Row>(doing: string, sql: string, values?: readonly string[]): Promise<Row[]> {
    try {
      const { rows } = await watchCall(doing, () => this.client.query(sql, values && [...values]));
      return rows as Row[];
    } catch (error) {
      this.signal.throwIfAborted();
      throw this.failure(error, doing);
    }
  }

  private failure(error: unknown, doing: string): StrataError {
    // What follows the end of a connection says only that it has ended.
    if (!this.isTooOld) return sourceFailure(codeOf(error) === undefined ? (this.connected.lost() ?? error) : error, doing, this.setting);
    return new StrataError(
      'misconfigured',
      `${doing}: the snapshot was open for ${duration(this.longest / 1_000)}, and the server's vacuum waits for it. Divide the tables over several extracts, or extract from a faster server`,
      { cause: error },
    );
  }
}

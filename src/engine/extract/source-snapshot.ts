import type { LakeColumn } from '../../contracts/lake/manifest.js';
import { StrataError } from '../strata-error.js';

/** One table can't be read, and the others can. Its message names the table and says what to do. */
export class UnreadableTableError extends StrataError {}

/** What identifies a snapshot of a database, and how its row versions compare with others. */
export interface SnapshotFacts {
  /**
   * When it was taken, by the source's clock: ISO 8601 in UTC with microseconds. Of a standby: the time of the last transaction that it had
   * taken in.
   */
  readonly at: string;
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** Every transaction below it had ended; 64 bits. */
  readonly xmin: bigint;
  /** Every transaction from it on had not begun, or is not seen. */
  readonly xmax: bigint;
}

/** A table as the catalogue of the source has it. */
export interface SourceTable {
  /** Identifies the table: another one of the same name has another number. */
  readonly oid: bigint;
  /** Changes when PostgreSQL rewrites the whole table, or another table comes to hold rows of it. 64 bits. */
  readonly fileNode: bigint;
  readonly columns: readonly SourceColumn[];
  /** The statement that lets the account read it. */
  readonly grant: string;
}

export interface SourceColumn extends LakeColumn {
  /** It stays when the column is renamed, and no later column of the table gets it. */
  readonly number: number;
  /** The type without the domains around it, and without a modifier. */
  readonly baseType: string;
  /** Whether the account may read it. */
  readonly readable: boolean;
}

/** One snapshot of a database: all that is read of it is of the same moment. Implementation: connectors/postgres. */
export interface SourceSnapshot {
  readonly facts: SnapshotFacts;
  /** For how long it has been open, or was. */
  readonly heldSeconds: number;
  /** Of the schema that the snapshot was opened for; undefined where there is no table of that name. Throws UnreadableTableError. */
  table(name: string): Promise<SourceTable | undefined>;
  /**
   * The rows of a select as PostgreSQL's CSV, in pieces that may end anywhere. If a select fails or is given up, the snapshot stays open
   * for other selects. Throws StrataError. After an UnreadableTableError other tables can still be read. A missing piece never looks like
   * the end. The locks of the select are free once it ends.
   */
  copy(select: string, of: string): AsyncIterable<Buffer>;
  /** A name of the source, quoted; a table's with its schema. */
  quoted(name: string): string;
  quotedTable(name: string): string;
  /** Ends the transaction and the connection. Safe to call more than once. `facts` stay. */
  close(): Promise<void>;
}

/** Opens a snapshot; aborting cuts its connection. */
export type OpenSnapshot = (
  source: { readonly url: string; readonly setting: string; readonly schema: string },
  signal: AbortSignal,
) => Promise<SourceSnapshot>;

import type { TableColumn } from '../bulk/tables.js';
import type { AdditiveMart } from '../additive/additive-mart.js';
import type { DatedMart } from '../dated/dated-output.js';

/** A file of a pipeline's `bus` folder; the path is what messages show. */
export interface MartFile {
  readonly path: string;
  readonly text: string;
}

/** A table computed from bulk and from other marts, by keys or as a whole, with the same SQL. */
export interface Mart {
  readonly kind: 'mart';
  readonly path: string;
  /** Schema and table without the prefix, e.g. `bus.daily_users`. */
  readonly target: string;
  /** The table's name alone. */
  readonly name: string;
  readonly description: string;
  readonly columns: readonly TableColumn[];
  /** The primary key, in the order in which rows lie. */
  readonly key: readonly string[];
  /** The part of the key by which rows are recomputed; all rows of an affected value are replaced. */
  readonly refreshBy: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  /** What is kept of groups of rows, each in a table of its own, gear.<name>_by_<columns>. */
  readonly countBy: readonly Grouping[];
  /** Targets of the marts that it reads, its own count tables and itself apart. */
  readonly after: readonly string[];
  /** Entities whose changes affect it, in the order of their first SELECTs. */
  readonly reads: readonly string[];
  /** What changes affect; empty for a mart that reads nothing and so is only ever built. */
  readonly affected: readonly AffectedKeys[];
  /**
   * SELECT of rows in the order of `columns`. The text in `[[ ... ]]` is used when only some keys are computed, and left out when all are.
   */
  readonly rows: string;
  /** On which `rows` begins in the file. */
  readonly rowsLine: number;
  /** SHA-256 of everything that decides its rows, with the marts that it reads. If it differs, the mart must be rebuilt. */
  readonly checksum: Buffer;
}

/** Groups whose number of rows, and sums of some columns, move with the rows. */
export interface Grouping {
  readonly columns: readonly string[];
  /** Whole numbers and decimals, so that sums are exact. */
  readonly sums: readonly string[];
}

/** A SELECT of the keys that the changes of one entity, `changes.<entity>`, affect. A key may come often, and from several of them. */
export interface AffectedKeys {
  readonly entity: string;
  readonly select: string;
  /** On which the SELECT begins in the file. */
  readonly line: number;
}

/** What a file says by itself; the catalog adds the checksum. */
export type MartDraft = Omit<Mart, 'checksum'>;

export interface View {
  readonly kind: 'view';
  readonly path: string;
  readonly target: string;
  readonly name: string;
  readonly description: string;
  readonly select: string;
  /** On which the SELECT begins in the file. */
  readonly line: number;
}

/** A mistake in a file; line 1 is the first. */
export interface MartProblem {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** The marts and views of a pipeline, checked against its definition. */
export interface MartCatalog {
  /** A mart stands behind all that it reads; those that others wait for come first. */
  readonly marts: readonly Mart[];
  /** Computed date by date; each stands behind those that it reads. */
  readonly datedMarts: readonly DatedMart[];
  /** Marts of append entities, those that areas need first. */
  readonly additiveMarts: readonly AdditiveMart[];
  readonly views: readonly View[];
}

import type { TableColumn } from '../bulk/tables.js';

/** How a column of several groups becomes that of one. */
export const combinations = ['sum', 'min', 'max'] as const;
export type Combination = (typeof combinations)[number];

/** A number or time of a group; never null. */
export interface AdditiveValue {
  readonly name: string;
  /** Without nullability. */
  readonly type: string;
  readonly combine: Combination;
}

/**
 * A mart of an append entity whose groups add up: what a load brings is added to them once, when the load is complete. Its target is a view
 * that shows the groups of visible loads alone.
 */
export interface AdditiveMart {
  readonly kind: 'additive';
  readonly path: string;
  /** The view that shows it, in gear, e.g. `gear.trip_groups`. */
  readonly target: string;
  readonly name: string;
  readonly description: string;
  readonly entity: string;
  /** The mart of the entity whose groups it adds up instead of rows. Its key has the column `cell` at its beginning. */
  readonly from?: AdditiveMart;
  /** The table whose rows it groups: a copy of the entity's, `bulk.trips_by_destination`; its own where there is none. */
  readonly source?: string;
  /** The columns of the key, in its order. */
  readonly key: readonly TableColumn[];
  readonly values: readonly AdditiveValue[];
  readonly indexes: readonly (readonly string[])[];
  /** SELECT of groups of `landed.<entity>`, or of `added.<mart>` where it adds up one: key and values in the order of `columns`. */
  readonly rows: string;
  /** The names of the columns in the order of the SELECT. */
  readonly columns: readonly string[];
  readonly rowsLine: number;
  /** Checksum of everything that decides its rows. If it differs, the mart must be rebuilt. */
  readonly checksum: Buffer;
}

/** What a file says by itself; the catalog adds the checksum. */
export type AdditiveMartDraft = Omit<AdditiveMart, 'checksum'>;

/** The load that each group was changed by last; what it added shows once the load does. */
export const pendingLoad = 'pending_load';

/** The column that holds what that load added. */
export function pendingName(value: Pick<AdditiveValue, 'name'>): string {
  return `pending_${value.name}`;
}

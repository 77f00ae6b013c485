import type { TableColumn } from '../bulk/tables.js';
import type { ChangeConsumer, ChangeStatement } from '../change-consumer.js';

/** A mart whose changed rows go to the processed bucket. It is a consumer of changes with a watermark of its own. */
export interface ProcessedTable extends ChangeConsumer {
  /** The mart's name without its schema, which is that of its folder in the bucket. */
  readonly name: string;
  readonly kind: 'facts' | 'dimension';
  /** The mart's. */
  readonly mart: string;
  readonly columns: readonly TableColumn[];
  /** A later row of a key takes the place of an earlier one. */
  readonly key: readonly string[];
  /** Of facts. */
  readonly newest: NewestRows | undefined;
  /** All rows, of facts those that are the newest of their thing last. */
  readonly all: string;
  /** The rows that changes of its ranges affect, in the same order. */
  readonly changed: ChangeStatement;
  /** Fills the ids of an entity from the rows of the mart; undefined where the mart has none of them. */
  readonly restoreIds: string | undefined;
}

/** The mart that names the fact that is the newest of each thing: the last row of the thing's key in the bucket. */
export interface NewestRows {
  /** `bus.newest_payment` */
  readonly mart: string;
  /** Of the thing. */
  readonly key: readonly string[];
  /** The thing's key, the id of the fact, and whatever else it has of the fact. */
  readonly columns: readonly TableColumn[];
  /** The view that analysts read of it, with the columns of the facts. */
  readonly view: string | undefined;
}

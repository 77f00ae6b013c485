import type { ChangeConsumer, ChangeStatement } from '../change-consumer.js';
import type { AppendedKeys } from './appended.js';

/** A statement with the names of the values for its `?`, in order. */
export interface MartStatement {
  readonly sql: string;
  readonly binds: readonly string[];
}

/** Puts the keys that changes affect into the work table. The values of its ranges come first. */
export interface KeySearch extends ChangeStatement, MartStatement {}

/** Statements that replace rows of a mart, run in this order; `insert` computes the new ones. */
export interface RowReplacement {
  readonly before: readonly MartStatement[];
  readonly insert: MartStatement;
  readonly after: readonly MartStatement[];
}

/** How a mart is refreshed: everything that a refresh may run, rendered once. */
export interface MartRefresh extends ChangeConsumer {
  readonly after: readonly MartRefresh[];
  /** Fill the empty work table with all keys that the changes of a range of batches affect. */
  readonly findKeys: readonly KeySearch[];
  /** The number of keys in the work table, as `n`. */
  readonly countKeys: string;
  /** How many of every `step`th affected key, spread evenly, the mart has, as `n`. Binds step. */
  readonly countKnownKeys: string;
  /** The number of the mart's keys by which it is refreshed, but not beyond a limit, as `n`. Binds limit. */
  readonly countKeysUpTo: string;
  readonly emptyKeys: string;
  /** The rows of the keys in the work table, which it leaves empty. */
  readonly ofKeys: RowReplacement;
  readonly all: RowReplacement;
  /** The rows of the days `from` to `to`; undefined for a mart without a day in its key. */
  readonly ofDays: RowReplacement | undefined;
  /** New keys as ranges; undefined for a mart whose rows can't be computed so. */
  readonly appended: AppendedKeys | undefined;
}

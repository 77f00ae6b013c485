import { z } from 'zod';
import { StrataError } from './strata-error.js';

/** Objects of Strata's own in a source; no listing shows them. */
const ownFolder = '.strata/';
/** Which warehouse claims from a source. */
export const ownerKey = `${ownFolder}owner.json`;

/** Whether a key, of a source or of what holds sources, is that of an object of Strata's own. */
export function isOwnKey(key: string): boolean {
  return key.startsWith(ownFolder) || key.includes(`/${ownFolder}`);
}

const ownerShape = z.object({
  warehouse: z.string().max(64),
  schemaPrefix: z.string().max(64),
  /** The first one that claimed; others of the same warehouse may claim too. */
  pipeline: z.string().max(64),
  since: z.string().max(32),
  /** The highest load id that the warehouse was known to hold: one that holds less went back. */
  loads: z.number().int().nonnegative(),
  /** The number of the last batch by `pipeline/feed`, as far as it was told: it may lag, never lead. */
  batches: z.record(z.string().max(200), z.number().int().nonnegative()),
});
export type SourceOwner = Readonly<z.infer<typeof ownerShape>>;

const releasedShape = z.object({ released: z.string().max(32), loads: z.number().int().nonnegative() });

/** Distinguishes a warehouse from other warehouses, and from its own earlier states. */
export interface WarehouseIdentity {
  readonly uuid: string;
  readonly schemaPrefix: string;
  readonly highestLoad: number;
  /** The number of the last batch by `pipeline/feed`; those without any are left out. */
  readonly batches: Readonly<Record<string, number>>;
}

/** What the mark in a source says: its owner, or only which loads there were before the last owner released it. */
export type OwnerMark = { readonly owner: SourceOwner } | { readonly owner: undefined; readonly loads: number };

export function ownerText(owner: SourceOwner): string {
  return `${JSON.stringify(owner, undefined, 2)}\n`;
}

export function releasedText(released: string, loads: number): string {
  return `${JSON.stringify({ released, loads }, undefined, 2)}\n`;
}

/** Undefined when the text is not a mark. */
export function parseMark(text: string): OwnerMark | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  const released = releasedShape.safeParse(content);
  if (released.success) return { owner: undefined, loads: released.data.loads };
  const owner = ownerShape.safeParse(content);
  return owner.success ? { owner: owner.data } : undefined;
}

/** How people see which warehouse it is. */
export function shownWarehouse({ warehouse, schemaPrefix }: Pick<SourceOwner, 'warehouse' | 'schemaPrefix'>): string {
  return `${warehouse} (${schemaPrefix === '' ? 'no schema prefix' : `schema prefix ${schemaPrefix}`})`;
}

/** The source is another warehouse's. */
export function otherOwner(pipeline: string, url: string, owner: SourceOwner, { uuid, schemaPrefix }: WarehouseIdentity): StrataError {
  return new StrataError(
    'misconfigured',
    `${url} belongs to another warehouse: ${shownWarehouse(owner)}, whose pipeline ${owner.pipeline} claims from it since ${owner.since}. This warehouse is ${shownWarehouse({ warehouse: uuid, schemaPrefix })}. ` +
      `Two warehouses on one source would each get a part of its files, so nothing was claimed. Give this one a source of its own. If the other one is given up, or was emptied or made new, take the source over: strata source adopt ${pipeline}`,
  );
}

/** Batches that the owner had committed and does not know any more, such as `eastrock/users 12 to 14`. */
export function missingBatches(owner: SourceOwner, { batches }: WarehouseIdentity): string[] {
  return Object.entries(owner.batches).flatMap(([feed, last]) => {
    const first = (batches[feed] ?? 0) + 1;
    if (first > last) return [];
    return [first === last ? `${feed} ${last}` : `${feed} ${first} to ${last}`];
  });
}

/** The warehouse knows all loads, and not all batches that it once committed. */
export function lacksBatches(pipeline: string, missing: readonly string[]): string {
  return (
    `the warehouse went back to an earlier state: it lacks the batches ${missing.join(', ')}, which it had committed. It was restored from a backup, or its server stopped and lost its last commits. ` +
    `Loads that it knows are processed again by themselves. Run again the backfills of that time. To accept it as it is: strata source adopt ${pipeline}`
  );
}

/** The warehouse holds fewer loads than it once did. */
export function wentBack(pipeline: string, url: string, owner: SourceOwner, me: WarehouseIdentity): StrataError {
  const { highestLoad } = me;
  const missing = missingBatches(owner, me);
  const batches = missing.length === 0 ? '' : ` It also lacks the batches ${missing.join(', ')}.`;
  const unknown = highestLoad + 1 === owner.loads ? `load ${owner.loads} is` : `loads ${highestLoad + 1} to ${owner.loads} are`;
  return new StrataError(
    'misconfigured',
    `the warehouse went back to an earlier state: ${unknown} unknown to it, though ${url} names them.${batches} It was restored from a backup, or its server stopped and lost its last commits, or a copy of it claims from the same source. ` +
      `Nothing was claimed. See which of their files are gone from the source: strata source lost ${pipeline}. To go on with load ids from ${owner.loads + 1}: strata source adopt ${pipeline}`,
  );
}

/** The mark is there and says nothing. */
export function unreadableMark(pipeline: string, url: string): StrataError {
  return new StrataError(
    'misconfigured',
    `${url}${ownerKey} can not be read as the mark of a warehouse, so it is not known whose source this is. Look at it, then write it again: strata source adopt ${pipeline}`,
  );
}

/** In a column order: a column of the file that the feed does not have. */
export const extraColumn = -1;

/** Which columns a file has, in its order. */
export interface FileColumns {
  /** As indexes into the contract's columns, or `extraColumn`. */
  readonly columnOrder: readonly number[];
  /** The names of those that the feed does not have and keeps, by their places. */
  readonly keptNames?: ReadonlyMap<number, string>;
}

/** What stands for an extra column in a load's header, by its place from 0 on: no column of a definition has such a name. */
export function ignoredName(place: number): string {
  return `-${place + 1}`;
}

export function isIgnoredName(name: string): boolean {
  return name.startsWith('-');
}

/** What stands for an extra column that is kept: no column of a definition has such a name either. */
export function keptEntry(name: string): string {
  return `+${name}`;
}

/** The name in the file of an extra column that is kept; undefined for another column of a load's header. */
export function keptNameOf(entry: string): string | undefined {
  return entry.startsWith('+') ? entry.slice(1) : undefined;
}

/** Whether the feed lacks that column of a load's header. */
export function isExtra(entry: string): boolean {
  return isIgnoredName(entry) || keptNameOf(entry) !== undefined;
}

const longestName = 255;

/** Whether a column of that name is kept: without a name, or with a very long one, it is ignored. */
export function isKeepable(name: string): boolean {
  return name !== '' && name.length <= longestName;
}

/** The kept columns of a load's header, by their places. */
export function keptNamesIn(header: readonly string[]): ReadonlyMap<number, string> {
  return new Map(
    header.flatMap((entry, place) => {
      const name = keptNameOf(entry);
      return name === undefined ? [] : [[place, name] as const];
    }),
  );
}

/** In a column order: a column of the file that the feed does not have. */
export const ignoredColumn = -1;

/** What stands for it in a load's header, by its place from 0 on: no column of a definition has such a name. */
export function ignoredName(place: number): string {
  return `-${place + 1}`;
}

export function isIgnoredName(name: string): boolean {
  return name.startsWith('-');
}

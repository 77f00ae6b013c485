import { readdir } from 'node:fs/promises';

/** What a folder shows to people and producers, sorted: names that begin with a dot, as Strata's own, are hidden. */
export async function visibleFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
}

/** Why a pickup takes no file of a folder directly in the source that no feed names; undefined for that of Strata's own notes. */
export function whyFolderLeft(relativeKey: string): string | undefined {
  if (relativeKey === '.strata/') return undefined;
  return "it is a folder that no feed's match names: a pickup takes no file in it, a backfill takes those of every depth";
}

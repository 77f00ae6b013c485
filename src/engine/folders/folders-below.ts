/** Folders of a source's root that Strata fills itself. */
const ownFolders = ['quarantine/', 'archive/', '.strata/'];

/** Why a pickup takes no file of a folder directly in the source that no feed names; undefined for folders of Strata's own. */
export function whyFolderLeft(relativeKey: string): string | undefined {
  if (ownFolders.includes(relativeKey)) return undefined;
  return "it is a folder that no feed's match names: a pickup takes no file in it, a backfill takes those of every depth";
}

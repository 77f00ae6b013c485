/** Folders of a source's root that Strata fills itself. */
const ownFolders = ['quarantine/', 'archive/', '.strata/'];

/** Why a pickup takes no file of a folder directly in the source; undefined for folders of Strata's own. */
export function whyFolderLeft(relativeKey: string): string | undefined {
  if (ownFolders.includes(relativeKey)) return undefined;
  return 'it is a folder: a pickup takes files directly in the source, a backfill those of every depth';
}

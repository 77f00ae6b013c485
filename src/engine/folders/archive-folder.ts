/** Where `releaseSource` moves what was loaded, for pipelines that archive: a folder a day. */
export const archiveFolder = 'archive/';

/**
 * The folder of what was loaded on the day of a datetime in UTC. Of the load and not of the move: a move that is repeated after midnight
 * goes on where it was.
 */
export function archiveFolderOf(loadedAt: string): string {
  return `${archiveFolder}${loadedAt.slice(0, 10)}/`;
}

/** Whether a key below a source lies in its archive. */
export function isArchived(relativeKey: string): boolean {
  return /^archive\/\d{4}-\d{2}-\d{2}\//.test(relativeKey);
}

/** Whether an object of that address lies in the archive of whatever source. */
export function isInArchive(address: string): boolean {
  return /\/archive\/\d{4}-\d{2}-\d{2}\//.test(address);
}

import { link, rename, unlink } from 'node:fs/promises';
import { codeOf } from '../../engine/system-errors.js';
import { statFile } from './file-version.js';

/** What a file system without hard links, or one that refuses them for a file of another user, answers. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Renames without overwriting: false when `to` is taken by another file. */
export async function renameIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    const inTheWay = await statFile(to);
    if (inTheWay !== undefined) {
      // The same inode: an earlier attempt was cut off between link and unlink.
      if (inTheWay.ino !== (await statFile(from))?.ino) return false;
    } else if (noLinks.includes(codeOf(error) ?? '')) {
      // A name that was free a moment ago is the best there is.
      await rename(from, to);
      return true;
    } else {
      throw error;
    }
  }
  await unlink(from);
  return true;
}

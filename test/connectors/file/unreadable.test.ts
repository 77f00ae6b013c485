import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const built = new URL('../../../dist/connectors/file/file-store.js', import.meta.url).href;
/** Lists in a process of its own, which has no right to what its rights don't allow even where the tests run as root. */
const list = `
  const { FileStore } = await import(${JSON.stringify(built)});
  const [, root, recursive, unsettled] = process.argv;
  const told = { keys: [], leftAlone: [] };
  const options = { recursive: recursive === 'true', unsettled: unsettled === 'true', leftAlone: (object) => told.leftAlone.push(object.key + ': ' + object.reason) };
  for await (const page of new FileStore(root, 100).list(options)) told.keys.push(...page.map(({ key }) => key));
  console.log(JSON.stringify(told));
`;

describe('a folder with what the worker may not read', () => {
  const isRoot = process.geteuid?.() === 0;
  const nobody = 65_534;
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'strata-unreadable-'));
    await mkdir(join(root, 'closed'));
    await mkdir(join(root, 'open'));
    for (const name of ['users_good.csv', 'users_closed.csv', 'closed/users_1.csv', 'open/users_2.csv'])
      await writeFile(join(root, name), 'a\n');
    await chmod(join(root, 'users_closed.csv'), 0);
    await chmod(join(root, 'closed'), 0);
    for (const name of isRoot ? ['users_good.csv', 'users_closed.csv', 'closed', 'open', '.'] : [])
      await chown(join(root, name), nobody, nobody);
  });
  afterAll(async () => {
    await chmod(join(root, 'closed'), 0o700);
    await rm(root, { recursive: true });
  });
  const listed = async (recursive: boolean, unsettled = false) => {
    const who = isRoot ? { uid: nobody, gid: nobody } : {};
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', list, root, String(recursive), String(unsettled)],
      { ...who, cwd: '/' },
    );
    return JSON.parse(stdout) as { keys: string[]; leftAlone: string[] };
  };

  it.each([false, true])('lists the others, and tells why (unsettled: %s)', async (unsettled) => {
    const { keys, leftAlone } = await listed(false, unsettled);
    expect(keys).toEqual(['users_good.csv']);
    expect(leftAlone).toContain("users_closed.csv: it can't be read (EACCES): let the user that runs Strata read it");
  });

  it('goes on beside a sub-folder that is closed', async () => {
    const { keys, leftAlone } = await listed(true);
    expect(keys.sort()).toEqual(['open/users_2.csv', 'users_good.csv']);
    expect(leftAlone).toContain("closed/: it can't be read (EACCES): let the user that runs Strata read it");
  });
});

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** A project outside of the repository that has installed the package as `npm pack` makes it. */
export class InstalledPackage {
  private constructor(readonly folder: string) {}

  static async make(): Promise<InstalledPackage> {
    const folder = await mkdtemp(join(tmpdir(), 'strata-package-'));
    const place = join(folder, 'node_modules', '@strata-etl', 'strata');
    await mkdir(place, { recursive: true });
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, maxBuffer: 16 << 20 });
    const [packed] = JSON.parse(stdout) as [{ filename: string }];
    await run('tar', ['-xzf', join(folder, packed.filename), '-C', place, '--strip-components=1']);
    // The dependencies are those of the checkout: nothing is downloaded.
    await symlink(join(root, 'node_modules'), join(place, 'node_modules'));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    return new InstalledPackage(folder);
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Runs the compiler. Returns its mistakes, as `visits.ts(12)`; each file's JavaScript is beside it. */
  async compile(files: readonly string[], ...options: readonly string[]): Promise<string[]> {
    const args = [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--module', 'nodenext', '--strict', ...options, ...files];
    const { stdout } = await run(process.execPath, args, { cwd: this.folder }).catch((error: { stdout: string }) => error);
    const lines = stdout.split('\n').filter((line) => line.includes('error TS'));
    return lines.map((line) => line.replace(/^(\S+?\(\d+),\d+\): error TS.*/, '$1)'));
  }

  /** The installed program. */
  async strata(args: readonly string[], settings: Readonly<Record<string, string>>): Promise<string> {
    const { PATH = '', HOME = '' } = process.env;
    const program = join(this.folder, 'node_modules', '@strata-etl', 'strata', 'bin', 'strata.js');
    const { stdout } = await run(process.execPath, [program, ...args], { cwd: this.folder, env: { PATH, HOME, ...settings } });
    return stdout;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

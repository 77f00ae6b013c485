import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { messageOf } from '../run/errors.js';
import { cacheFolder, installAtomically } from './cache.js';
import { findProgram, lastLines, programAt, ProvisionError, type ProvisionOptions, runProgram } from './run-program.js';

/** A Chromium that tests can drive without a screen. */
export interface BrowserProgram {
  readonly path: string;
  /** What it needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const ofMac = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
] as const;
/** The npm package that holds a compressed Chromium and the libraries that a minimal system lacks; for Linux on x64. */
const fetched = { name: '@sparticuz/chromium', version: '153.0.0' } as const;

/** Chromium: from PATH, from where macOS has it, else the npm package that holds it, fetched once. Throws ProvisionError. */
export async function browserProgram({ say, signal }: ProvisionOptions): Promise<BrowserProgram> {
  for (const found of [await findProgram(names), ...(await Promise.all(ofMac.map(programAt)))])
    if (found !== undefined) return { path: found, env: {} };
  const before = await unpackedBrowser();
  if (before) return before;
  if (process.platform === 'linux' && process.arch === 'x64') await fetchBrowser({ say, signal });
  const unpacked = await unpackedBrowser();
  if (unpacked) return unpacked;
  throw new ProvisionError(
    'Chromium is needed, and it can neither be found nor fetched here. Install it, for example: apt-get install chromium',
  );
}

const folder = () => path.join(cacheFolder(), `chromium-${fetched.version}`);

async function unpackedBrowser(): Promise<BrowserProgram | undefined> {
  const found = await programAt(path.join(folder(), 'chromium'));
  if (found === undefined) return undefined;
  const before = process.env.LD_LIBRARY_PATH;
  // The system's own libraries first: those of the package are for systems without them.
  const libraries = [...(before ? [before] : []), '/usr/lib/x86_64-linux-gnu', '/usr/lib64', path.join(folder(), 'al2023', 'lib')];
  return { path: found, env: { LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_FILE: path.join(folder(), 'fonts.conf') } };
}

async function fetchBrowser({ say, signal }: ProvisionOptions): Promise<void> {
  const [npm, tar] = [await findProgram(['npm']), await findProgram(['tar'])];
  if (npm === undefined || tar === undefined) return;
  try {
    await installAtomically(folder(), async (work) => {
      const options = { what: 'fetching Chromium from the npm registry (67 MB, this once)', say, signal };
      const wanted = `${fetched.name}@${fetched.version}`;
      const args = ['install', '--prefix', work, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', wanted];
      const { code, output } = await runProgram(npm, args, options);
      if (code !== 0) throw new Error(lastLines(output, 4));
      const target = path.join(work, 'unpacked');
      await mkdir(target);
      await unpack(path.join(work, 'node_modules', fetched.name, 'bin'), target, { tar, signal });
      return target;
    });
  } catch (error) {
    signal?.throwIfAborted();
    say(`Chromium can't be fetched here: ${messageOf(error)}`);
  }
}

const decompressed = async (file: string) => promisify(brotliDecompress)(await readFile(file));

async function unpack(from: string, to: string, { tar, signal }: { tar: string; signal: AbortSignal | undefined }): Promise<void> {
  const program = path.join(to, 'chromium');
  await writeFile(program, await decompressed(path.join(from, 'chromium.br')));
  await chmod(program, 0o755);
  for (const name of ['al2023', 'fonts']) {
    const archive = path.join(to, `${name}.tar`);
    const inside = path.join(to, name);
    await writeFile(archive, await decompressed(path.join(from, `${name}.tar.br`)));
    await mkdir(inside);
    const { code, output } = await runProgram(tar, ['-xf', archive, '-C', inside], { signal });
    if (code !== 0) throw new Error(lastLines(output, 4));
  }
  await writeFile(path.join(to, 'fonts.conf'), fontsOf(folder()));
}

/** The system's fonts, and those of the package where it has none. */
function fontsOf(unpacked: string): string {
  const folders = ['/usr/share/fonts', path.join(unpacked, 'fonts', 'fonts')].map((each) => `  <dir>${each}</dir>`);
  const cache = `  <cachedir>${path.join(unpacked, 'fonts', 'cache')}</cachedir>`;
  return ['<?xml version="1.0"?>', '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">', '<fontconfig>', ...folders, cache, '</fontconfig>', ''].join(
    '\n',
  );
}

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { warehouse } from '../support/servers/servers.js';
import { smallPipeline } from '../support/small-pipeline.js';

/** A Node is fetched first where the cache has none. */
jest.setTimeout(600_000);

const execute = promisify(execFile);

interface JestResults {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[];
}

/** The newest Node of a major version, from the package that holds its binary; kept in the cache folder. */
async function nodeOf(major: number): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'strata', 'node', String(major));
  const program = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    await execute('npm', ['install', '--no-save', '--prefix', folder, `${name}@${major}`]);
  }
  return program;
}

/** Resolves when the process has written the text; rejects, with all that it wrote, when it ends before. */
async function says(child: ChildProcess, text: string): Promise<void> {
  let written = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (part: string) => (written += part));
  while (!written.includes(text)) {
    if (child.exitCode !== null) throw new Error(`it ended before it wrote ${text}:\n${written}`);
    await sleep(50);
  }
}

describe.each([22, 24])('on Node %i', (major) => {
  const pipeline = smallPipeline();
  const source = mkdtempSync(join(tmpdir(), 'strata-node-'));
  let worker: ChildProcess | undefined;
  afterAll(() => {
    if (worker?.exitCode === null) worker.kill('SIGKILL');
    rmSync(source, { recursive: true });
    pipeline.drop();
  });

  it('a file goes from its folder to bulk, and no command warns of anything', async () => {
    const node = await nodeOf(major);
    expect((await execute(node, ['--version'])).stdout).toMatch(new RegExp(`^v${major}\\.`));
    const { PATH = '', HOME = '' } = process.env;
    const own = { ...pipeline.settings, SMALL_SOURCE_URL: pathToFileURL(source).href };
    const env = { PATH, HOME, TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', STRATA_RELEASE_UNDURABLE: '1', ...own };
    const strata = (...args: string[]) => execute(node, ['bin/strata.js', ...args], { env });

    expect((await strata('migrate')).stderr).toBe('');
    worker = spawn(node, ['bin/strata.js', 'worker'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    await says(worker, 'the worker is ready');
    writeFileSync(join(source, 'users-1.csv'), 'UserID,Country\n1,UK\n2,DE\n');
    // A file of a folder is taken when it has rested.
    await sleep(3_000);
    const run = await strata('run', pipeline.name);
    expect([run.stdout, run.stderr]).toEqual([expect.stringContaining('is done'), expect.not.stringMatching(/warning|deprecat/i)]);

    const connection = await createConnection({ uri: warehouse.url, rowsAsArray: true });
    const [rows] = await connection.query(
      `select user_id, country from ${pipeline.settings.STRATA_SCHEMA_PREFIX}bulk.users order by user_id`,
    );
    await connection.end();
    expect(rows).toEqual([
      [1, 'UK'],
      [2, 'DE'],
    ]);
    worker.kill('SIGTERM');
    expect(await once(worker, 'close')).toEqual([0, null]);
  });

  it('files packed with zstd are read, which Node 20 can not', async () => {
    const files = [
      'test/engine/read/decode/zstd.test.ts',
      'test/activities/landing/formats.test.ts',
      'test/activities/append/append-loads.test.ts',
    ];
    const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
    const { stdout } = await execute(await nodeOf(major), [...jest, '--json', '--testNamePattern=zstd', ...files], { maxBuffer: 64 << 20 });
    const { testResults } = JSON.parse(stdout) as JestResults;
    const ran = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ fullName }) => fullName.includes('zstd'));
    expect(ran.filter(({ status }) => status !== 'passed')).toEqual([]);
    for (const name of ['zstd, on a Node that has it', 'packed by zstd, without header', 'packed by zstd are read where Node can'])
      expect(ran.map(({ fullName }) => fullName)).toContainEqual(expect.stringContaining(name));
  });
});

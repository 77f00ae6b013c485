import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';

it('a quick bench runs every scenario to its end and reports each', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'strata-quick-'));
  try {
    const report = path.join(folder, 'report.md');
    // Under npm a script also ends when npm does.
    const env = { ...process.env };
    for (const name of ['npm_lifecycle_event', 'INIT_CWD']) delete env[name];
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/start.mjs', 'bench', '--quick', '--output', report], {
      env,
      encoding: 'utf8',
    });
    expect([status, stdout, stderr]).toEqual([0, expect.stringContaining(' s in all.'), '']);
    const text = await readFile(report, 'utf8');
    expect(text.match(/^## .*/gm)).toEqual(
      [
        'landing',
        'the whole chain',
        'what the server does',
        'flat as history grows',
        'latency',
        'many small files',
        'memory',
        'scale out',
        'days of b2b',
        'from PostgreSQL to bus',
        'a table of PostgreSQL into the lake',
        'trips',
      ].map((title) => `## Quick: ${title}`),
    );
    expect(text.match(/^\|.*[\d.]+ /gm)?.length).toBeGreaterThan(30);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 1_200_000);

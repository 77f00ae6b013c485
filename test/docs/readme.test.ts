import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { loadPipelines } from '../../src/config/load-pipelines.js';
import { documentAt, fencedBlocks } from './documents.js';

it('the definition in README.md passes all checks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'strata-readme-'));
  try {
    const [definition] = fencedBlocks(documentAt('README.md')).filter(({ language }) => language === 'js');
    await mkdir(join(folder, 'sql'));
    await writeFile(join(folder, 'shop.mjs'), definition?.text ?? '');
    const [pipeline] = await loadPipelines('./shop.mjs', folder);
    expect(pipeline?.definition.feeds.map(({ name }) => name)).toEqual(['orders']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { loadPipelines } from '../../../src/config/load-pipelines.js';
import { compilePipelines } from '../../../src/engine/compile-pipelines.js';
import { renderedSql } from '../../../src/engine/schema/rendered-sql.js';

it.each(['eastrock', 'b2b', 'totesys', 'totesys_files'])(
  'the rendered SQL of %s is what the definition renders now (else run: npx strata render)',
  async (name) => {
    const pipelines = await loadPipelines(name);
    const folder = pipelines[0]!.sqlFolder;
    const rendered = renderedSql(compilePipelines(pipelines)[0]!);
    const kept = (await readdir(join(folder, 'rendered'))).map((file) => `rendered/${file}`).sort();
    expect(kept).toEqual(rendered.map(({ path }) => path).sort());
    for (const { path, text } of rendered) expect([path, await readFile(join(folder, path), 'utf8')]).toEqual([path, text]);
  },
);

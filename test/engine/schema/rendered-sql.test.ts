import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { renderedSql } from '../../../src/engine/schema/rendered-sql.js';
import { compileEastrock, root } from '../../support/mart-warehouse.js';

describe('the rendered SQL of eastrock under sql/', () => {
  it('is what the definition renders now (else run: npx strata render)', async () => {
    const pipeline = await compileEastrock();
    const folder = join(root, pipeline.definition.sqlFolder);
    const rendered = renderedSql(pipeline);
    const kept = (await readdir(join(folder, 'rendered'))).map((name) => `rendered/${name}`).sort();
    expect(kept).toEqual(rendered.map(({ path }) => path).sort());
    for (const { path, text } of rendered) expect([path, await readFile(join(folder, path), 'utf8')]).toEqual([path, text]);
  });
});

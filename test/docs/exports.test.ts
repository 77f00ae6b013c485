import { describe, expect, it } from '@jest/globals';
import { parseExportFile } from '../../src/engine/exports/parse-export.js';
import type { MartProblem } from '../../src/engine/marts/mart.js';
import { compileDated } from '../support/pipelines/dated-pipeline.js';
import { documentAt, fencedBlocks } from './documents.js';

const sqlOf = (path: string) => fencedBlocks(documentAt(path)).filter(({ language }) => language === 'sql');

it('the export of the how-to guide passes all checks', () => {
  const [sql, ...others] = sqlOf('docs/how-to/pipelines/export-files.md');
  const problems: MartProblem[] = [];
  const parsed = parseExportFile({ path: 'exports/customers_by_country.sql', text: sql?.text ?? '' }, problems);
  expect([problems, others]).toEqual([[], []]);
  expect(parsed).toMatchObject({ name: 'customers_by_country', format: 'parquet', after: ['bus.customers_by_country'] });
});

describe('the outputs by date of the how-to guide', () => {
  it('pass all checks', () => {
    const texts = sqlOf('docs/how-to/pipelines/outputs-by-date.md').map(({ text }) => text);
    const pipeline = compileDated((files) => {
      for (const path of Object.keys(files)) delete files[path];
      for (const text of texts) {
        const [, kind, name] = /^-- (mart|view|export): (?:bus\.)?(\w+)/.exec(text) ?? [];
        files[`${kind === 'export' ? 'exports' : 'bus'}/${name}.sql`] = text;
      }
    });
    expect(pipeline.datedOutputs.map(({ output }) => output)).toEqual(['bus.sales', 'bus.totals', 'sales']);
    expect(pipeline.catalog.views.map(({ target }) => target)).toEqual(['bus.latest_sales']);
  });
});

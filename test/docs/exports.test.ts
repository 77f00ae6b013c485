import { expect, it } from '@jest/globals';
import { parseExportFile } from '../../src/engine/exports/parse-export.js';
import type { MartProblem } from '../../src/engine/marts/mart.js';
import { documentAt, fencedBlocks } from './documents.js';

it('the export of the how-to guide passes all checks', () => {
  const [sql, ...others] = fencedBlocks(documentAt('docs/how-to/pipelines/export-files.md')).filter(({ language }) => language === 'sql');
  const problems: MartProblem[] = [];
  const parsed = parseExportFile({ path: 'exports/customers_by_country.sql', text: sql?.text ?? '' }, problems);
  expect([problems, others]).toEqual([[], []]);
  expect(parsed).toMatchObject({ name: 'customers_by_country', format: 'parquet', after: ['bus.customers_by_country'] });
});

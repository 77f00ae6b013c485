import { expect, test } from '@jest/globals';
import {
  manifestKey,
  objectKey,
  parseManifest,
  runOfManifest,
  writeManifest,
  type LakeManifest,
} from '../../../src/contracts/lake/manifest.js';

const manifest: LakeManifest = {
  run: 7,
  kind: 'incremental',
  snapshot_at: '2026-03-01T09:00:00.123456Z',
  source: { system_identifier: '7412345678901234567', timeline: 1, xmin: '4294967999' },
  tables: [
    {
      name: 'sales_order',
      columns: [{ name: 'unit_price', type: 'numeric(10,2)', nullable: false }],
      schema_sha256: 'a'.repeat(64),
      mark_before: null,
      mark_after: '2026-03-01 08:59:59.123456',
      rows: 3,
      objects: [
        { key: objectKey({ table: 'sales_order', date: '2026-03-01', run: 7, part: 0 }), rows: 3, bytes: 120, sha256: 'b'.repeat(64) },
      ],
      left_out: null,
    },
  ],
};

test('a manifest reads back as it was written', () => {
  expect(parseManifest(writeManifest(manifest))).toEqual(manifest);
});

test('keys sort in the order of their runs, and say which run they are of', () => {
  expect(manifestKey(7)).toBe('_runs/0000000007.json');
  expect(runOfManifest('_runs/0000000007.json')).toBe(7);
  expect(runOfManifest('_runs/7.json')).toBeUndefined();
  expect(objectKey({ table: 'sales_order', date: '2026-03-01', run: 7, part: 12 })).toBe(
    'sales_order/2026/03/01/run=0000000007/sales_order-00012.csv.gz',
  );
});

test.each([
  ['a number that a double rounds', { ...manifest, source: { ...manifest.source, system_identifier: 7412345678901234567 } }],
  ['a digest that is none', { ...manifest, tables: [{ ...manifest.tables[0], schema_sha256: 'x' }] }],
  ['a run without a number', { ...manifest, run: 0 }],
  ['a time without a zone', { ...manifest, snapshot_at: '2026-03-01T09:00:00.123456' }],
])('%s is no manifest', (_what, wrong) => {
  expect(() => parseManifest(JSON.stringify(wrong))).toThrow();
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSample } from '../../../src/cli/commands/author/read-sample.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { writeDefinition } from '../../../src/engine/guess/write-definition.js';
import { scanAll } from '../read/csv/scan-driver.js';

const folder = mkdtempSync(join(tmpdir(), 'strata-own-sample-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The definition that `strata feed add` writes, and what it makes of the sample itself. */
async function ownSample(text: string) {
  const file = join(folder, 'sample.csv');
  writeFileSync(file, text);
  const written = writeDefinition({ name: 'things', file: 'sample.csv', match: '^sample\\.csv$', ...(await readSample(file)) });
  const source = written.replace(/^import .*$/m, '').replace('export default', '');
  const [definition] = validatePipelines([runInNewContext(source, { definePipeline: (given: unknown) => given })]);
  const { header, rows, rejects } = await scanAll(definition!.feeds[0]!, [Buffer.from(text)]);
  return { written, feed: definition!.feeds[0]!, header, rows, rejects };
}

const values: readonly (readonly [kind: string, values: fc.Arbitrary<string>])[] = [
  ['text', fc.constantFrom('a', 'b c', 'é', 'x,y', '"', 'line\nbreak', 'no', '', '007', ' pad ')],
  [
    'integer',
    fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }).map(String), fc.integer({ min: -3, max: 3 }).map(String), fc.constant('-0')),
  ],
  ['decimal', fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 64n }), fc.nat(99)).map(([whole, part]) => `${whole}.${part}`)],
  ['money', fc.constantFrom('1,234.50', '0.5', '12', '1,234,567', '-3')],
  ['date', fc.constantFrom('1/2/2024', '29/2/2024', '03/04/2025')],
  ['time', fc.constantFrom('08:30', '23:59:59.123456', '00:00:00')],
  ['timestamp', fc.constantFrom('2024-02-29T10:00:00Z', '2024-02-29 10:00:00.5+02', '2024-03-01T00:00:00')],
  ['number or NULL', fc.constantFrom('7', '-7', 'NULL', '\\N', '-', 'N/A', '')],
  ['word or NULL', fc.constantFrom('on', 'None', 'NULL', '\\N', '-', 'nan')],
  ['flag', fc.constantFrom('Yes', 'n', 'TRUE', '')],
];
const names = fc.constantFrom(
  'id',
  'Load ID',
  '\u00a0Name',
  'name\u00a0',
  'copies',
  'Ünï',
  `${'long '.repeat(20)}hk`,
  `${'h'.repeat(47)}_hk_more`,
  'A b',
  '',
  'id',
  '2024',
);
const samples = fc.integer({ min: 1, max: 6 }).chain((width) =>
  fc.record({
    titles: fc.array(names, { minLength: width, maxLength: width }),
    rows: fc
      .tuple(...Array.from({ length: width }, () => fc.constantFrom(...values.map(([, each]) => each))))
      .chain((columns) => fc.array(fc.tuple(...columns), { minLength: 1, maxLength: 8 })),
  }),
);
const line = (fields: readonly string[]) =>
  `${fields.map((field) => (/[",\n]/.test(field) || fields.length === 1 ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;

describe('a definition that is written from a sample', () => {
  it('is right, and takes every row of the sample', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async ({ titles, rows }) => {
        const { written, header, rows: taken, rejects } = await ownSample([titles, ...rows].map(line).join(''));
        const isSkipped = /header: '(none|position)'/.exec(written)?.[1] !== 'none';
        expect(header).toMatchObject({ kind: 'ok' });
        const key = /key: \['(\w+)'\]/.exec(written)![1]!;
        // A key that is empty in the sample is told to the author.
        const isTold = written.includes('No column is different in each row');
        if (!isTold) expect({ key, rejects }).toEqual({ key, rejects: [] });
        expect(taken.length + rejects.length).toBe(rows.length + (isSkipped ? 0 : 1));
      }),
      { numRuns: 300 },
    );
  });

  it('skips a first line whose names are missing or twice, where it is none of the rows', async () => {
    for (const first of [',name,age', 'n,age,age']) {
      const { written, rows } = await ownSample(`${first}\n0,ada,36\n1,bob,41\n`);
      expect(written).toContain("format: { header: 'position' }");
      expect(rows.map(({ fields }) => fields)).toEqual([
        ['0', 'ada', '36'],
        ['1', 'bob', '41'],
      ]);
    }
    expect((await ownSample(',b,c\na,,d\n')).written).toContain("format: { header: 'none' }");
  });

  it('has room for many short texts', async () => {
    const titles = ['id', ...Array.from({ length: 90 }, (_, index) => `text ${index}`)];
    const { feed, rejects } = await ownSample([titles, titles.map((_title, index) => (index === 0 ? '1' : 'short'))].map(line).join(''));
    expect(rejects).toEqual([]);
    expect(feed.columns).toHaveLength(91);
  });

  it('has room for all texts of a wide sample', async () => {
    const titles = Array.from({ length: 60 }, (_, index) => `text ${index}`);
    const { feed, rejects } = await ownSample([titles, titles.map((title) => title.repeat(20))].map(line).join(''));
    expect(rejects).toEqual([]);
    expect(feed.columns).toHaveLength(60);
  });
});

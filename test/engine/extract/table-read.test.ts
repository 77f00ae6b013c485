import { expect, test } from '@jest/globals';
import { readable } from '../../../src/engine/extract/drift.js';
import { RowDigests } from '../../../src/engine/extract/row-digests.js';
import { planRead, type TableState } from '../../../src/engine/extract/table-read.js';
import { wholeId, windowCondition } from '../../../src/engine/extract/version-window.js';

const facts = { at: '2026-03-01T09:00:00.000000Z', systemIdentifier: '7', timeline: 1, xmin: 1_000n, xmax: 1_010n };
const column = (name: string, number: number) => ({ name, number, type: 'text', baseType: 'text', nullable: true, readable: true });
const columns = [column('id', 1), column('note', 3), column('size', 4)];
const table = { oid: 1n, fileNode: 2n, columns, grant: '' };
const columnNumbers = { id: 1, note: 3, size: 4 };
const state: TableState = { systemIdentifier: '7', timeline: 1, xmin: 900n, oid: 1n, fileNode: 2n, columnNumbers, mark: null };

test.each([
  ['nothing is known of it', undefined, /not extracted before/],
  ['only its manifest is known', { ...state, oid: null }, /does not know/],
  ['what an earlier Strata noted', { ...state, columnNumbers: null }, /does not know/],
  ['another cluster', { ...state, systemIdentifier: '8' }, /another one/],
  ['another timeline', { ...state, timeline: 2 }, /failed over/],
  ['another table', { ...state, oid: 9n }, /created again/],
  ['another file', { ...state, fileNode: 9n }, /written anew/],
  ['another column of a name', { ...state, columnNumbers: { ...columnNumbers, note: 2 } }, /another column is named note now/],
  ['names that were swapped', { ...state, columnNumbers: { id: 1, note: 4, size: 3 } }, /other columns are named note, size now/],
  ['ids that went back', { ...state, xmin: 1_001n }, /gone round, or back/],
])('%s: everything is compared', (_what, before, because) => {
  expect(planRead(before, { table, facts, columns })).toEqual({ way: 'compared', because: expect.stringMatching(because) });
});

test('a table whose columns changed is left out, with the command that takes them as they are now', () => {
  const gone = { name: 'location', type: 'text', nullable: false };
  const wanted = { name: 'department', key: ['id'], mark: 'last_updated' };
  const found = ['id', 'last_updated', 'place'].map((name) => ({
    ...{ name, number: 1, type: 'public.own', baseType: name === 'last_updated' ? 'timestamp' : 'text', nullable: false, readable: true },
  }));
  const request = { pipeline: 'totesys', extract: 'database', wanted, table: { ...table, columns: found }, before: [gone] };
  expect(readable({ ...request, accept: false })).toEqual({
    leftOut:
      'the column location is gone. Undo that in the source. Or, where it is meant, change the definition if it names the column, and run: strata extract totesys --extract database --full --tables department',
  });
  expect(readable({ ...request, accept: true })).toMatchObject({ added: ['id', 'last_updated', 'place'] });
});

test('ids that have gone round half a time since are not comparable, and a little less are', () => {
  const far = { ...facts, xmin: 2n ** 31n, xmax: 2n ** 31n };
  expect(planRead({ ...state, xmin: 5n }, { table, facts: far, columns }).way).toBe('compared');
  expect(planRead({ ...state, xmin: 20_000_000n }, { table, facts: far, columns }).way).toBe('changed');
  expect(planRead(state, { table, facts, columns })).toEqual({ way: 'changed' });
  const less = { ...state, columnNumbers: { id: 1, size: 9 } };
  expect(planRead(less, { table, facts, columns: columns.slice(0, 2) })).toEqual({ way: 'changed' });
});

test('a row holds the lower half of an id, of which the window tells the upper one', () => {
  const high = 2n ** 32n * 3n + 10n;
  expect(wholeId(9, high)).toBe(2n ** 32n * 3n + 9n);
  expect(wholeId(4_294_967_290, high)).toBe(2n ** 32n * 3n - 6n);
  expect(windowCondition({ low: 5n, high: 5n })).toBe('false');
  expect(windowCondition({ low: 2n ** 32n + 3n, high })).toContain("age('3'::xid)");
});

test('digests keep the last of each key, as many as there may be', () => {
  const digests = new RowDigests(1_000);
  for (let key = 1n; key <= 1_000n; key += 1n) for (const row of [1n, key]) digests.set({ key: key * 2n ** 31n, row });
  for (let key = 1n; key <= 1_000n; key += 1n) {
    expect(digests.has({ key: key * 2n ** 31n, row: key })).toBe(true);
    expect(digests.has({ key: key * 2n ** 31n, row: key + 1n })).toBe(false);
  }
  expect(digests.has({ key: 77n, row: 0n })).toBe(false);
});

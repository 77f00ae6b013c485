import { createHash } from 'node:crypto';
import type { AdditiveMart } from '../additive/additive-mart.js';
import { keptSums, type Area, type KeptSums } from './area.js';
import { identifier } from '../sql/identifier.js';

const types = { cell: 'int unsigned', week: 'int unsigned', day: 'date' } as const;
const weekOfDay = 'yearweek(s.day, 3)';

/** What is kept, the column of the value apart: `of`. Rows are read once, by day and cell; all else adds up what that added. */
const kept: Readonly<Record<KeptSums, { readonly key: readonly string[]; readonly from?: KeptSums; readonly said: string }>> = {
  cell_days: { key: ['cell', 'day', 'of'], said: 'cell, day' },
  cells: { key: ['cell', 'week', 'of'], from: 'cell_days', said: 'cell, ISO week (201822)' },
  total_days: { key: ['of', 'day'], from: 'cell_days', said: 'day' },
  totals: { key: ['of', 'week'], from: 'cells', said: 'ISO week (201822)' },
};

/** The additive marts that an area needs, each behind the one that it adds up. */
export function areaMarts(area: Area): readonly AdditiveMart[] {
  const made = new Map<KeptSums, AdditiveMart>();
  for (const what of keptSums) made.set(what, keptMart(area, what, made));
  return [...made.values()];
}

function keptMart(area: Area, what: KeptSums, made: ReadonlyMap<KeptSums, AdditiveMart>): AdditiveMart {
  const { key: parts, from: source, said } = kept[what];
  const from = source && made.get(source);
  const target = area.sums[what];
  const key = parts.map((part) => ({
    name: part === 'of' ? area.of : part,
    type: `${part === 'of' ? 'smallint unsigned' : types[part as keyof typeof types]} not null`,
  }));
  const rows = from ? addedRows(area, parts, from) : landedRows(area, parts);
  return {
    kind: 'additive',
    path: target,
    target,
    name: target.slice('gear.'.length),
    description: `${area.entity} by ${said} and ${area.of}`,
    entity: area.entity,
    ...(from && { from }),
    key,
    values: [{ name: 'n', type: 'bigint', combine: 'sum' }],
    indexes: [],
    rows,
    columns: [...key.map(({ name }) => name), 'n'],
    rowsLine: 1,
    checksum: createHash('sha256')
      .update(JSON.stringify([target, key, rows, from?.checksum.toString('hex') ?? null]))
      .digest(),
  };
}

/** Nearly every row may be a group of its own, so groups are found by sorting. */
function landedRows({ entity, time, of }: Area, parts: readonly string[]): string {
  const expressions: Readonly<Record<string, string>> = { cell: 't.cell', day: `date(t.${identifier(time)})`, of: `t.${identifier(of)}` };
  const selected = parts.map((part) => expressions[part]).join(', ');
  return `select sql_big_result ${selected}, count(*)\nfrom landed.${entity} t\ngroup by ${selected}`;
}

function addedRows({ of }: Area, parts: readonly string[], { name, key }: AdditiveMart): string {
  const ofDays = key.some((column) => column.name === 'day');
  const expressions: Readonly<Record<string, string>> = {
    cell: 's.cell',
    day: 's.day',
    week: ofDays ? weekOfDay : 's.week',
    of: `s.${identifier(of)}`,
  };
  const selected = parts.map((part) => expressions[part]).join(', ');
  return `select ${selected}, sum(s.n)\nfrom added.${name} s\ngroup by ${selected}`;
}

import { createHash } from 'node:crypto';
import type { AdditiveMart } from '../additive/additive-mart.js';
import { sumsName } from '../names.js';
import { identifier } from '../sql/identifier.js';
import type { Area, AreaSide, CellSums, TotalSums } from './area.js';

type KeptSums = CellSums | TotalSums;

const types = { cell: 'int unsigned', week: 'int unsigned', day: 'date' } as const;
const weekOfDay = 'yearweek(s.day, 3)';

/** What is kept, the column of the value apart: `of`. */
const kept: Readonly<Record<KeptSums, { readonly key: readonly string[]; readonly said: string }>> = {
  cell_days: { key: ['cell', 'day', 'of'], said: 'cell, day' },
  cells: { key: ['cell', 'week', 'of'], said: 'cell, ISO week (201822)' },
  total_days: { key: ['of', 'day'], said: 'day' },
  totals: { key: ['of', 'week'], said: 'ISO week (201822)' },
};

/** The additive marts that an area needs, each behind the one that it adds up. */
export function areaMarts(area: Area): readonly AdditiveMart[] {
  const [first, ...others] = area.sides.map((side) => sideMarts(area, side));
  const totalDays = keptMart(area, 'total_days', area.sums.total_days, { from: first!.days });
  const totals = keptMart(area, 'totals', area.sums.totals, { from: first!.weeks });
  return [first!.days, first!.weeks, totalDays, totals, ...others.flatMap(({ days, weeks }) => [days, weeks])];
}

/** Those of a side, by name and checksum: its sums are right where the warehouse has these. */
export function sideMarts(area: Area, { copy, sums, point }: AreaSide): { readonly days: AdditiveMart; readonly weeks: AdditiveMart } {
  const of = copy && { source: copy.table, point };
  // Rows are read once, by day and cell; all else adds up what that added.
  const days = keptMart(area, 'cell_days', sums.cell_days, { ...of });
  return { days, weeks: keptMart(area, 'cells', sums.cells, { from: days, ...of }) };
}

interface KeptOf {
  /** The mart whose groups it adds up; rows where there is none. */
  readonly from?: AdditiveMart;
  /** The table of the rows, where that is not the entity's own. */
  readonly source?: string;
  /** The point whose cell that is. */
  readonly point?: string;
}

function keptMart(area: Area, what: KeptSums, target: string, { from, source, point }: KeptOf): AdditiveMart {
  const { key: parts, said } = kept[what];
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
    description: `${area.entity} by ${said}${point === undefined ? '' : ` (cell of ${point})`} and ${area.of}`,
    entity: area.entity,
    ...(from && { from }),
    ...(source !== undefined && { source }),
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

/** The tables behind what is kept. */
export function keptTables({ sums, sides }: Area): readonly string[] {
  return [...Object.values(sums), ...sides.flatMap((side) => Object.values(side.sums))].map(sumsName);
}

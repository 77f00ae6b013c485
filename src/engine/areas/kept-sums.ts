import { createHash } from 'node:crypto';
import type { AdditiveMart } from '../additive/additive-mart.js';
import { keptSums, type Area } from './area.js';
import { identifier } from '../sql/identifier.js';

const types = { cell: 'int unsigned', week: 'int unsigned', day: 'date' } as const;

/** The additive marts that an area needs. */
export function areaMarts(area: Area): readonly AdditiveMart[] {
  const time = `t.${identifier(area.time)}`;
  const expressions: Readonly<Record<string, string>> = { cell: 't.cell', week: `yearweek(${time}, 3)`, day: `date(${time})` };
  const keys = { cells: ['cell', 'week', area.of], days: ['day', 'cell', area.of], totals: [area.of, 'week'] } as const;
  const said = {
    cells: `${area.entity} by cell, ISO week (201822) and ${area.of}`,
    days: `${area.entity} by day, cell and ${area.of}`,
    totals: `${area.entity} by ${area.of} and ISO week (201822)`,
  };
  return keptSums.map((what) => {
    const target = area.sums[what];
    const key = keys[what].map((name) => ({
      name,
      type: `${name === area.of ? 'smallint unsigned' : types[name as keyof typeof types]} not null`,
    }));
    const selected = key.map(({ name }) => expressions[name] ?? `t.${identifier(name)}`);
    const rows = `select ${selected.join(', ')}, count(*)\nfrom landed.${area.entity} t\ngroup by ${selected.join(', ')}`;
    return {
      kind: 'additive' as const,
      path: target,
      target,
      name: target.slice('gear.'.length),
      description: said[what],
      entity: area.entity,
      key,
      values: [{ name: 'n', type: 'bigint', combine: 'sum' as const }],
      indexes: [],
      rows,
      columns: [...keys[what], 'n'],
      rowsLine: 1,
      checksum: createHash('sha256')
        .update(JSON.stringify([target, key, rows]))
        .digest(),
    };
  });
}

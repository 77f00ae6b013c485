import type { Part } from '../outline.js';
import { at } from '../shape-mistakes.js';
import type { EntityDefinition } from '../types.js';
import type { OutlinedColumn } from './entity-columns.js';

type Append = Part<EntityDefinition>;
/** Its columns by name. */
type Columns = ReadonlyMap<string, OutlinedColumn>;

function isNamed({ value: { values } }: Append, name: string, place: string): string[] {
  return values.includes(name) ? [] : [at(place, `${name} is not in the entity's values. Add it there or leave it out`)];
}

function cellMistakes(entity: Append, columns: Columns, cell: string, place: string): string[] {
  const kind = columns.get(cell)?.column?.type.kind;
  return [
    ...isNamed(entity, cell, place),
    ...(kind !== undefined && kind !== 'point' ? [at(place, `${cell} is ${kind}. Name a point`)] : []),
  ];
}

/** Mistakes of how the rows of an append entity are stored. */
export function placeMistakes(entity: Append, columns: Columns): string[] {
  const { path, value } = entity;
  const { cell, order = [] } = value;
  return [
    ...(cell === undefined ? [] : cellMistakes(entity, columns, cell, `${path}.cell`)),
    ...order.flatMap((name, index) => {
      const place = `${path}.order[${index}]`;
      const column = columns.get(name)?.column;
      const isLocal = column?.type.kind === 'timestamp' && column.type.zone === 'none' && column.type.precision === 0 && !column.nullable;
      return [
        ...isNamed(entity, name, place),
        ...(column && !isLocal ? [at(place, `${name} must be a timestamp with zone 'none' and precision 0 that is not nullable`)] : []),
      ];
    }),
  ];
}

/** Mistakes of where they are stored once more. */
export function copyMistakes(entity: Append, columns: Columns): string[] {
  const { path, value } = entity;
  const { copies = [] } = value;
  if (copies.length > 0 && value.cell === undefined)
    return [at(`${path}.copies`, 'need a cell that the rows themselves are stored by. Give the entity one')];
  return copies.flatMap(({ cell, values }, index) => {
    const place = `${path}.copies[${index}]`;
    const isThere = cell === value.cell || copies.findIndex((other) => other.cell === cell) < index;
    return [
      ...cellMistakes(entity, columns, cell, `${place}.cell`),
      ...(isThere ? [at(`${place}.cell`, `rows are stored by the cell of ${cell} already. Name another point`)] : []),
      ...(values.includes(cell) ? [] : [at(`${place}.values`, `lack ${cell}, by whose cell they are stored. Add it`)]),
      ...values.flatMap((name, number) => [
        ...(name === cell ? [] : isNamed(entity, name, `${place}.values[${number}]`)),
        ...(values.indexOf(name) < number ? [at(`${place}.values[${number}]`, `${name} is there already. Leave it out`)] : []),
      ]),
    ];
  });
}

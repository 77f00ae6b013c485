import { traitsOf } from '../../types/column-traits.js';
import type { TypeTraits } from '../../types/traits.js';
import { maxKeyBytes, maxKeyColumns, maxRowBytes, maxTableColumns } from './limits.js';
import type { EntityColumn } from '../../entities/entity.js';
import type { Part } from '../outline.js';
import { at } from '../shape-mistakes.js';
import type { EntityDefinition } from '../types.js';

/** Bytes and columns that the table of changes puts before the business key in its primary key: batch number and load id. */
const changesKey = { bytes: 16, columns: 2 };
/** Bytes of the engine's own columns in a row, rounded up. */
const engineRowBytes = 128;

/** Keys and rows of the entity's tables that InnoDB would refuse to create. */
export function checkEntitySize({ path, value: entity }: Part<EntityDefinition>, columns: ReadonlyMap<string, EntityColumn>): string[] {
  const sum = (names: readonly string[], bytes: (type: TypeTraits) => number) =>
    names.reduce((total, name) => {
      const type = columns.get(name)?.type;
      return total + (type ? bytes(traitsOf(type)) : 0);
    }, 0);
  const keyBytes = (type: TypeTraits) => type.keyBytes ?? 0;
  const rowBytes = (type: TypeTraits) => type.rowBytes;
  const mistakes: string[] = [];
  const check = (place: string, names: readonly string[], before: { bytes: number; columns: number }) => {
    const bytes = before.bytes + sum(names, keyBytes);
    if (bytes > maxKeyBytes) {
      mistakes.push(
        at(
          place,
          `makes a key of ${bytes} bytes (text counts 4 a character); InnoDB allows ${maxKeyBytes}: lower maxLength or leave one out`,
        ),
      );
    }
    if (before.columns + names.length > maxKeyColumns) {
      mistakes.push(at(place, `must hold at most ${maxKeyColumns - before.columns} columns, MySQL's limit for a key`));
    }
  };
  const { key = [], values } = entity;
  const hasChanges = !entity.replaces && !entity.append;
  check(`${path}.key`, key, changesKey);
  (entity.indexes ?? []).forEach((names, index) => check(`${path}.indexes[${index}]`, names, { bytes: 0, columns: 0 }));
  const [images, ofChanges, twice] = !hasChanges ? [1, '', ''] : [2, ' of changes', ', values twice'];
  const bytes = engineRowBytes + sum(key, rowBytes) + images * sum(values, rowBytes);
  if (bytes > maxRowBytes) {
    mistakes.push(
      at(
        `${path}.values`,
        `make a row${ofChanges} of ${bytes} bytes (text counts 4 a character${twice}); MySQL allows ${maxRowBytes}: lower maxLength`,
      ),
    );
  }
  if (16 + key.length + images * values.length > maxTableColumns) {
    mistakes.push(
      at(
        `${path}.values`,
        `are too many for the table${ofChanges}: InnoDB allows ${maxTableColumns} columns${hasChanges ? ', a value takes two' : ''}`,
      ),
    );
  }
  return mistakes;
}

import { traitsOf } from '../../types/column-traits.js';
import type { TypeTraits } from '../../types/traits.js';
import { maxKeyBytes, maxKeyColumns, maxRowBytes, maxTableColumns } from './limits.js';
import { pageMistake } from './check-page.js';
import type { Entity, EntityColumn } from '../../entities/entity.js';
import { counted } from '../../../contracts/format-numbers.js';
import type { Part } from '../outline.js';
import { at } from '../shape-mistakes.js';
import type { ColumnType, EntityDefinition } from '../types.js';

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
  const mistakes: string[] = [];
  const check = (place: string, names: readonly string[], before: { bytes: number; columns: number }) => {
    const bytes = before.bytes + sum(names, keyBytes);
    if (bytes > maxKeyBytes) {
      mistakes.push(
        at(
          place,
          `makes a key of ${bytes} bytes (text counts 4 a character); InnoDB allows ${maxKeyBytes}: lower maxLength by ${tooMany(bytes - maxKeyBytes)} or leave one out`,
        ),
      );
    }
    if (before.columns + names.length > maxKeyColumns) {
      mistakes.push(at(place, `must hold at most ${maxKeyColumns - before.columns} columns, MySQL's limit for a key`));
    }
  };
  const { key = [], values } = entity;
  const hasChanges = hasChangesOf(entity);
  check(`${path}.key`, key, changesKey);
  (entity.indexes ?? []).forEach((names, index) => check(`${path}.indexes[${index}]`, names, { bytes: 0, columns: 0 }));
  const [ofChanges, twice] = hasChanges ? [' of changes', ', values twice'] : ['', ''];
  const { images, bytes } = rowOf(entity, (name) => columns.get(name)?.type);
  if (bytes > maxRowBytes) {
    mistakes.push(
      at(
        `${path}.values`,
        `make a row${ofChanges} of ${bytes} bytes (text counts 4 a character${twice}); MySQL allows ${maxRowBytes}: lower maxLength by ${tooMany((bytes - maxRowBytes) / images)}, or give a text more than 768, which is stored apart`,
      ),
    );
  }
  const typesOf = (names: readonly string[]) => names.flatMap((name) => columns.get(name)?.type ?? []);
  const inPage = pageMistake({ key: typesOf(key), values: typesOf(values), images });
  if (inPage !== undefined) mistakes.push(at(`${path}.values`, inPage));
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

/** Characters of text that an entity's tables still have room for. */
export interface Room {
  /** In the values together, of texts up to 768. */
  readonly inValues: number;
  /** In the key; undefined where it has none. */
  readonly inKey: number | undefined;
}

export function roomOf(entity: Entity): Room {
  const typeOf = (name: string) => entity.columns.find((column) => column.name === name)?.type;
  const { images, bytes } = rowOf({ ...entity, replaces: entity.partition }, typeOf);
  const keyBytes = entity.key.reduce((total, name) => total + bytesOf(typeOf(name), ({ keyBytes: of = 0 }) => of), changesKey.bytes);
  return {
    inValues: Math.floor((maxRowBytes - bytes) / images / characterBytes),
    inKey: entity.key.length === 0 ? undefined : Math.floor((maxKeyBytes - keyBytes) / characterBytes),
  };
}

const characterBytes = 4;

function tooMany(bytes: number): string {
  return counted(Math.ceil(bytes / characterBytes), 'character');
}

interface Kind {
  readonly replaces?: unknown;
  readonly append?: unknown;
}

function hasChangesOf({ replaces, append }: Kind): boolean {
  return !replaces && !append;
}

function bytesOf(type: ColumnType | undefined, bytes: (type: TypeTraits) => number): number {
  return type ? bytes(traitsOf(type)) : 0;
}

/** The entity's widest row: that of changes has each value twice. */
function rowOf(
  entity: Kind & { readonly key?: readonly string[] | undefined; readonly values: readonly string[] },
  typeOf: (name: string) => ColumnType | undefined,
): { readonly images: number; readonly bytes: number } {
  const sum = (names: readonly string[]) => names.reduce((total, name) => total + bytesOf(typeOf(name), ({ rowBytes }) => rowBytes), 0);
  const images = hasChangesOf(entity) ? 2 : 1;
  return { images, bytes: engineRowBytes + sum(entity.key ?? []) + images * sum(entity.values) };
}

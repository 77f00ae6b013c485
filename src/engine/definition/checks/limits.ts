import type { ColumnType } from '../types.js';

/** InnoDB's limit on the columns of one key, in bytes. */
export const maxKeyBytes = 3072;
/** Columns in one key, MySQL's limit (MariaDB allows 32). */
export const maxKeyColumns = 16;
/** Limit on the declared length of a row without blobs, in bytes. */
export const maxRowBytes = 65535;
/** InnoDB's limit on columns of a table. */
export const maxTableColumns = 1017;

/** Bytes of a column in a key; text counts four bytes a character. */
export function keyBytes(type: ColumnType): number {
  switch (type.kind) {
    case 'integer':
      return BigInt(type.max) <= 4294967295n ? 4 : 8;
    case 'decimal':
      return digitBytes(type.precision - type.scale) + digitBytes(type.scale);
    case 'date':
      return 3;
    case 'choice':
      return 4 * Math.max(...type.values.map((value) => value.length));
    case 'text':
      return 4 * type.maxLength;
  }
}

/** Declared bytes of a column in a row: variable ones have two bytes of length. */
export function rowBytes(type: ColumnType): number {
  return keyBytes(type) + (type.kind === 'text' || type.kind === 'choice' ? 2 : 0);
}

/** Decimals are stored in groups of nine digits of four bytes, the rest in 1 to 4 bytes. */
function digitBytes(digits: number): number {
  return Math.floor(digits / 9) * 4 + Math.ceil((digits % 9) / 2);
}

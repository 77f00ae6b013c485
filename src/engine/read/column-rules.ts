import type { ColumnType } from '../definition/types.js';
import { listed } from './csv/header/fields.js';

/** What a value of the type must be, in words; beside it stands which column that is. */
export function ruleOf(type: ColumnType): string {
  switch (type.kind) {
    case 'integer':
      return `must be a whole number from ${type.min} to ${type.max}, in digits alone`;
    case 'decimal':
      return type.scale === 0
        ? `must be a number of at most ${digits(type.precision)} without decimals, in digits alone but for a minus sign`
        : `must be a number with a point before its decimals: at most ${digits(type.precision - type.scale)} before the point, 1 to ${type.scale} after it, and no other sign than a minus`;
    case 'date':
      return `must be a day that exists, as ${type.format}, such as ${type.format === 'd/m/yyyy' ? '31/12/2025' : '2025-12-31'}`;
    case 'choice':
      return `must be one of ${listed(type.values)}`;
    case 'text':
      return `must have at most ${type.maxLength} characters`;
  }
}

export const emptyRule = 'must not be empty';

function digits(count: number): string {
  return count === 1 ? '1 digit' : `${count} digits`;
}

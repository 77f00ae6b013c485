import type { ColumnDefinition } from '../definition/types.js';
import { identifier, stringLiteral } from './identifier.js';

/**
 * SQL that turns a staged field into its type. The scanner passed only fields that satisfy the contract, so nothing is
 * checked here; in strict mode a value that does not convert is an error that fails the run.
 */
export function stagedValue(column: ColumnDefinition, alias: string): string {
  const field = `${alias}.${identifier(column.name)}`;
  // Few rows have white space around a field; the others are spared the regular expression.
  const trimmed = `if(${alias}.padded, regexp_replace(${field}, '${whiteSpace}', ''), ${field})`;
  // MySQL's decimal takes 65 digits, leading zeros counted.
  const number = ascii(`if(${alias}.padded or length(${field}) > 60, regexp_replace(${field}, '${whiteSpace}|${leadingZeros}', ''), ${field})`);
  switch (column.type.kind) {
    case 'integer':
      return `cast(${number} as unsigned)`;
    case 'decimal':
      return `cast(${number} as decimal(${column.type.precision},${column.type.scale}))`;
    case 'date':
      return `str_to_date(${ascii(trimmed)}, ${column.type.format === 'd/m/yyyy' ? "'%d/%m/%Y'" : "'%Y-%m-%d'"})`;
    case 'choice': {
      const values = column.type.values.map(stringLiteral).join(', ');
      const lower = column.type.values.map((value) => stringLiteral(value.toLowerCase())).join(', ');
      return `elt(field(lower(${trimmed}), ${lower}), ${values})`;
    }
    case 'text':
      return column.type.empty === '' ? trimmed : `coalesce(nullif(${trimmed}, ''), ${stringLiteral(column.type.empty)})`;
  }
}

/** `\z` and not `$`: MySQL's also matches before a line separator that ends the text, such as U+2028, which is no white space here. */
const whiteSpace = '^[ \\\\t\\\\r\\\\n]+|[ \\\\t\\\\r\\\\n]+\\\\z';
const leadingZeros = '(?<![0-9.])0+(?=[0-9])';

/** MySQL 9 casts what regexp_replace returned to a decimal without its fraction (5.25 becomes 5.00), a converted copy as it should. */
function ascii(text: string): string {
  return `convert(${text} using ascii)`;
}

import type { ColumnDefinition } from '../definition/types.js';
import { identifier, stringLiteral } from '../sql/identifier.js';

/**
 * SQL that turns a staged field into its type. The scanner passed only fields that satisfy the contract, so nothing is
 * checked here; in strict mode a value that does not convert is an error that fails the run.
 */
export function stagedValue(column: ColumnDefinition, alias: string): string {
  const field = `${alias}.${identifier(column.name)}`;
  const trimmed = withoutPadding(field);
  const text = stagedText(column.name, alias);
  // Few numbers have many zeros before them; the others are taken as they are.
  const number = (short: string) => ascii(`if(${alias}.padded or length(${field}) > 60, ${short}, ${field})`);
  switch (column.type.kind) {
    case 'integer':
      return `cast(${number(withoutZeros(trimmed))} as unsigned)`;
    case 'decimal': {
      const sign = `if(locate('-', ${field}) > 0, '-', '')`;
      const short = `concat(${sign}, ${withoutZeros(`replace(${trimmed}, '-', '')`)})`;
      return `cast(${number(short)} as decimal(${column.type.precision},${column.type.scale}))`;
    }
    case 'date':
      return `str_to_date(${ascii(text)}, ${column.type.format === 'd/m/yyyy' ? "'%d/%m/%Y'" : "'%Y-%m-%d'"})`;
    case 'choice': {
      const values = column.type.values.map(stringLiteral).join(', ');
      const lower = column.type.values.map((value) => stringLiteral(value.toLowerCase())).join(', ');
      return `elt(field(lower(${text}), ${lower}), ${values})`;
    }
    case 'text':
      // Null where the row was staged before there was such a column: then nothing is known of it.
      return column.type.empty === '' ? text : `if(${text} = '', ${stringLiteral(column.type.empty)}, ${text})`;
  }
}

/** The field without the white space that few rows have around it. */
export function stagedText(name: string, alias: string): string {
  const field = `${alias}.${identifier(name)}`;
  return `if(${alias}.padded, ${withoutPadding(field)}, ${field})`;
}

/**
 * The field without the ASCII white space around it, in time that grows with its length alone: padding may be 1 MiB. On MySQL a
 * regular expression gives up (3699) on some of 100 KB, and its `$` matches before a line separator of Unicode too; trim() of
 * UTF-8 reads the field again for each space at its end, of bytes it does not. Other white space becomes a space, byte for byte,
 * so that the places at which trim() cuts are those of the field.
 */
function withoutPadding(field: string): string {
  const bytes = `cast(${field} as binary)`;
  const blanks = `replace(replace(replace(${bytes}, '\\t', ' '), '\\r', ' '), '\\n', ' ')`;
  const first = `length(${field}) - length(trim(leading ' ' from ${blanks})) + 1`;
  return `convert(substring(${bytes}, ${first}, length(trim(${blanks}))) using utf8mb4)`;
}

/** MySQL's decimal takes 65 digits, leading zeros counted. One stays, for a number of zeros alone and before a point. */
function withoutZeros(digits: string): string {
  return `concat('0', trim(leading '0' from ${ascii(digits)}))`;
}

/** One byte a character, for trim(), and a copy: MySQL 9 casts what some functions return to a decimal without its fraction. */
function ascii(text: string): string {
  return `convert(${text} using ascii)`;
}

import { identifier, stringLiteral } from '../sql/identifier.js';

/** A field in staging, as SQL. */
export interface StagedField {
  /** As delivered. */
  readonly delivered: string;
  /** Without the white space around it, by a condition: few rows have some. */
  readonly text: string;
  /** Picks `short` where the number may have many zeros or blanks before it; the others are taken as they are. */
  number(short: (trimmed: string) => string): string;
}

export function stagedField(name: string, alias: string): StagedField {
  const delivered = `${alias}.${identifier(name)}`;
  const trimmed = withoutPadding(delivered);
  return {
    delivered,
    text: stagedText(name, alias),
    number: (short) => ascii(`if(${alias}.padded or length(${delivered}) > 60, ${short(trimmed)}, ${delivered})`),
  };
}

/** A value that is the same in every row. */
export function constantField(text: string): StagedField {
  const literal = stringLiteral(text);
  return { delivered: literal, text: literal, number: () => ascii(literal) };
}

/** A field that `load data` reads into a variable; it has no white space around it. */
export function variableField(variable: string): StagedField {
  return { delivered: variable, text: variable, number: (short) => ascii(short(variable)) };
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

/** A number with or without a sign, as `number` takes it: the sign, then the digits without leading zeros. */
export function shortSigned(field: StagedField): (trimmed: string) => string {
  return (trimmed) => `concat(if(locate('-', ${field.delivered}) > 0, '-', ''), ${withoutZeros(`replace(${trimmed}, '-', '')`)})`;
}

/** MySQL's decimal takes 65 digits, leading zeros counted. One stays, for a number of zeros alone and before a point. */
export function withoutZeros(digits: string): string {
  return `concat('0', trim(leading '0' from ${ascii(digits)}))`;
}

/** One byte a character, for trim(), and a copy: MySQL 9 casts what some functions return to a decimal without its fraction. */
export function ascii(text: string): string {
  return `convert(${text} using ascii)`;
}

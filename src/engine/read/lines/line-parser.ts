import type { ColumnContract, Contract } from '../contract.js';
import type { RowFields } from '../fields/row-fields.js';
import { jsonLineParser } from './json-line.js';
import { combinedLogParser } from './log-line.js';

/** Adds one field for each of the columns to `fields`, or returns why the line is not of the format. */
export type LineParser = (line: Buffer, fields: RowFields) => readonly string[] | undefined;

/** The parser of a format of lines. */
export function lineParser(contract: Contract, columns: readonly ColumnContract[]): LineParser {
  switch (contract.kind) {
    case 'csv':
      throw new Error('rows of CSV are not read as lines');
    case 'combined-log':
      return combinedLogParser(columns);
    case 'ndjson':
    case 'json':
      return jsonLineParser(contract, columns);
  }
}

import { createHash } from 'node:crypto';
import type { LakeColumn } from '../../contracts/lake/manifest.js';
import type { databaseExtractSchema, extractTableSchema } from '../definition/schema/extract.js';
import type { Definition } from '../definition/schema/parts.js';
import type { SourceTable } from './source-snapshot.js';

export type ExtractDefinition = Definition<typeof databaseExtractSchema>;
export type ExtractTable = Definition<typeof extractTableSchema>;

/** What can be read of a table, or why nothing is. */
export type Readable =
  | { readonly columns: readonly LakeColumn[]; readonly added: readonly string[] }
  /** Begins with what is wrong, and says what to do. */
  | { readonly leftOut: string };

/** What is read: a table as the source has it, and as it was when it was read last, which rows in the lake have. */
export interface TableRequest {
  readonly pipeline: string;
  readonly extract: string;
  readonly wanted: ExtractTable;
  /** Undefined where the source has none of that name. */
  readonly table: SourceTable | undefined;
  readonly before: readonly LakeColumn[];
  /** Changed columns are meant. */
  readonly accept: boolean;
}

/** Those of a table's columns that its extract is about. */
export function wantedColumns({ columns }: ExtractTable, table: SourceTable): readonly SourceTable['columns'][number][] {
  return columns ? columns.flatMap((name) => table.columns.filter((column) => column.name === name)) : table.columns;
}

/** Without what only the source knows of them. */
export function lakeColumns(columns: readonly LakeColumn[]): LakeColumn[] {
  return columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
}

/** The columns to extract of a table. */
export function readable({ pipeline, extract, wanted, table, before, accept }: TableRequest): Readable {
  if (!table) return { leftOut: `there is no table ${wanted.name} in the source. Create it, or take it out of the definition` };
  const columns = wantedColumns(wanted, table);
  const there = new Set(columns.map(({ name }) => name));
  const named = [...new Set([...wanted.key, wanted.mark, ...(wanted.columns ?? [])])].filter((name) => !there.has(name));
  if (named.length > 0)
    return { leftOut: `the definition names columns that ${wanted.name} does not have: ${named.join(', ')}. Correct one of the two` };
  const denied = columns.filter((column) => !column.readable).map(({ name }) => name);
  if (denied.length > 0)
    return {
      leftOut: `the account may not read ${wanted.name} (${denied.join(', ')}). Run: ${table.grant}`,
    };
  const mark = columns.find(({ name }) => name === wanted.mark);
  if (mark && !/^timestamp/.test(mark.baseType))
    return { leftOut: `its mark ${wanted.mark} is a ${mark.type}. It must be a timestamp: correct the definition or the table` };
  const changes = accept ? [] : differences(columns, before);
  if (changes.length > 0)
    return {
      leftOut: `${changes.join(', and ')}. Undo that in the source. Or, where it is meant, change the definition if it names the column, and run: strata extract ${pipeline} --extract ${extract} --full --tables ${wanted.name}`,
    };
  const known = new Set(before.map(({ name }) => name));
  return {
    columns: lakeColumns(columns),
    added: before.length === 0 ? [] : columns.filter(({ name }) => !known.has(name)).map(({ name }) => name),
  };
}

/** Columns that were there and are not, or have another type. Order and NOT NULL do not count. */
function differences(now: readonly LakeColumn[], before: readonly LakeColumn[]): string[] {
  return before.flatMap(({ name, type }) => {
    const found = now.find((column) => column.name === name);
    if (!found) return [`the column ${name} is gone`];
    return found.type === type ? [] : [`the column ${name} was ${type} and is ${found.type} now`];
  });
}

/** SHA-256, hexadecimal, of names and types in their order. */
export function schemaDigest(columns: readonly LakeColumn[]): string {
  return createHash('sha256')
    .update(JSON.stringify(columns.map(({ name, type }) => [name, type])))
    .digest('hex');
}

import { qualifiedName } from '../../engine/sql/create-table.js';
import { StrataError } from '../../engine/strata-error.js';
import { tableOf } from '../../engine/names.js';
import { dictionarySize } from '../../engine/types/text.js';
import type { Statements, Warehouse, WorkOptions } from '../../engine/warehouse.js';

const valuesAtOnce = 1_000;

export type DictionaryIds = ReadonlyMap<string, number>;

/** Every value of a dictionary's table with its id. */
export async function readDictionary(statements: Statements, table: string): Promise<DictionaryIds> {
  return idsOf(await statements.query<IdRow>(`select id, value from ${qualifiedName(table)}`));
}

/**
 * The ids of values. New values get ids, in a transaction of their own. Throws `contention` if there is no room for all of them. Then the
 * next attempt reads the dictionary again and sees that it is full.
 */
export async function giveIds(
  warehouse: Warehouse,
  table: string,
  values: readonly string[],
  options: WorkOptions,
): Promise<DictionaryIds> {
  const ids = new Map<string, number>();
  for (let at = 0; at < values.length; at += valuesAtOnce) {
    const part = await give(warehouse, table, values.slice(at, at + valuesAtOnce), options);
    for (const [value, id] of part) ids.set(value, id);
  }
  return ids;
}

interface IdRow {
  readonly id: number;
  readonly value: string;
  [column: string]: string | number | null;
}

async function give(warehouse: Warehouse, table: string, values: readonly string[], options: WorkOptions): Promise<DictionaryIds> {
  const bulk = qualifiedName(table);
  const known = (statements: Statements) =>
    statements.query<IdRow>(`select id, value from ${bulk} where value in (${values.map(() => '?').join(', ')})`, values);
  return warehouse.transaction(async (transaction) => {
    await transaction.query('select name from gear.surrogates where name = ? for update', [tableOf(table)]);
    const ids = idsOf(await known(transaction));
    const fresh = values.filter((value) => !ids.has(value));
    if (fresh.length === 0) return ids;
    const [last] = await transaction.query<{ id: number | null }>(`select max(id) as id from ${bulk}`);
    const first = Number(last?.id ?? 0) + 1;
    if (first + fresh.length - 1 > dictionarySize)
      throw new StrataError('contention', `the dictionary ${table} is full: others took its last ids in the meantime`);
    await transaction.execute(
      `insert into ${bulk} (id, value) values ${fresh.map(() => '(?, ?)').join(', ')}`,
      fresh.flatMap((value, index) => [first + index, value]),
    );
    return new Map([...ids, ...fresh.map((value, index) => [value, first + index] as const)]);
  }, options);
}

function idsOf(rows: readonly IdRow[]): Map<string, number> {
  return new Map(rows.map(({ id, value }) => [value, Number(id)]));
}

import type { KnownAnswer } from '../../engine/extract/requests.js';
import type { Statements } from '../../engine/warehouse.js';
import type { ExtractRef } from './extract-state.js';

export interface NotedAnswer {
  readonly series: string;
  readonly day: string;
  readonly ownDate: string | null;
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  /** In the lake; null where the server had nothing. */
  readonly object: { readonly key: string; readonly bytes: number } | null;
}

/** What is known of the days that were asked for, by series. */
export async function knownAnswers(
  statements: Statements,
  { id }: Pick<ExtractRef, 'id'>,
): Promise<ReadonlyMap<string, ReadonlyMap<string, KnownAnswer>>> {
  const rows = await statements.query<{
    series: string;
    day: string;
    own_date: string | null;
    asked_on: string;
    object_key: string | null;
  }>(
    `select series, cast(asked_date as char) as day, cast(own_date as char) as own_date, cast(date(asked_at) as char) as asked_on, object_key
     from gear.http_answers where extract_id = ?`,
    [id],
  );
  const known = new Map<string, Map<string, KnownAnswer>>();
  for (const { series, day, own_date: ownDate, asked_on: askedOn, object_key: key } of rows) {
    const days = known.get(series) ?? new Map<string, KnownAnswer>();
    days.set(day, { ownDate, askedOn, kept: key !== null });
    known.set(series, days);
  }
  return known;
}

/** Follows what the lake has already. An answer that was kept stays known where the server has nothing any more. */
export async function noteAnswers(statements: Statements, { id }: Pick<ExtractRef, 'id'>, answers: readonly NotedAnswer[]): Promise<void> {
  for (let first = 0; first < answers.length; first += 500) {
    const some = answers.slice(first, first + 500);
    await statements.execute(
      `insert into gear.http_answers (extract_id, series, asked_date, own_date, asked_at, object_key, byte_size)
       values ${some.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ')}
       on duplicate key update asked_at = values(asked_at),
         own_date = if(values(object_key) is null, own_date, values(own_date)),
         byte_size = if(values(object_key) is null, byte_size, values(byte_size)),
         object_key = coalesce(values(object_key), object_key)`,
      some.flatMap(({ series, day, ownDate, askedAt, object }) => [
        ...[id, series, day, ownDate, askedAt.replace('T', ' ').replace('Z', '')],
        ...[object?.key ?? null, object?.bytes ?? null],
      ]),
    );
  }
}

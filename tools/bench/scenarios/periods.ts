import type { Bench } from '../context.js';
import { dayOfGames, daysOf } from '../lab/games.js';
import { milestones } from '../measure/history.js';
import { type Lab, pipeline } from '../lab/lab.js';
import { interleave } from '../measure/meter.js';
import type { Block } from '../report/markdown.js';
import { bytes, count, ratios, spread } from '../report/statistics.js';

/**
 * What it costs to let a day go, the oldest one, by the size of the history: its games leave bulk, the marts of that day are rebuilt.
 * And what room a history takes. `labs` are by the number of games that they hold.
 */
export async function periods(bench: Bench, labs: ReadonlyMap<number, Lab>, rounds: number): Promise<Block[]> {
  const sizes = [...labs.keys()];
  const room = new Map<number, Map<string, number>>();
  for (const [size, lab] of labs) room.set(size, await roomOf(lab));
  // Every size has a day to let go in each round.
  const days = Math.min(rounds, daysOf(Math.min(...sizes)));
  const contenders = [...labs].map(([size, lab]) => ({
    name: count(size),
    measure: (round: number) => dropDay(lab, dayOfGames(round)),
  }));
  const samples = await interleave(days, contenders, (line) => bench.say(`dropping a day, ${line}`));
  const of = (size: number, name: keyof DroppedDay) => samples.of(count(size)).map((sample) => sample[name]);
  const smallest = Math.min(...sizes);
  const cells = (size: number, name: keyof DroppedDay) => [spread(of(size, name)), spread(ratios(of(size, name), of(smallest, name)))];
  return [
    `Retention, as docs/how-to/operate/delete-old-data.md does it: the oldest day is deleted from \`bulk.games\`, then \`strata marts rebuild --from --to\` computes
      that day of the daily marts (to the last of them; the totals, which count over all time, are left out). And the room that a history takes on disk, in tables and indexes.`,
    {
      columns: [
        'history',
        'delete a day s',
        'of the smallest',
        'rebuild its marts s',
        'of the smallest',
        'rows deleted',
        'bulk',
        'bus and gear',
        'vault',
      ],
      rows: sizes.map((size) => [
        count(size),
        ...cells(size, 'deletion'),
        ...cells(size, 'rebuild'),
        spread(of(size, 'rows')),
        ...[['bulk'], ['bus', 'gear'], ['vault']].map((schemas) =>
          bytes(schemas.reduce((sum, schema) => sum + (room.get(size)?.get(schema) ?? 0), 0)),
        ),
      ]),
    },
  ];
}

interface DroppedDay {
  readonly rows: number;
  /** Seconds. */
  readonly deletion: number;
  readonly rebuild: number;
}

async function dropDay(lab: Lab, day: string): Promise<DroppedDay> {
  await lab.settled();
  const started = performance.now();
  const rows = await lab.change('delete from {bulk}.games where play_date = ?', [day]);
  const deletion = (performance.now() - started) / 1000;
  if (rows === 0) throw new Error(`there were no games of ${day} to delete`);
  await lab.settled();
  await lab.strata('marts', 'rebuild', pipeline, '--from', day, '--to', day);
  const { bus: rebuild } = milestones(await lab.executions({ workflowId: `${pipeline}/rebuild` }));
  return { rows, deletion, rebuild };
}

/** Bytes by schema. */
async function roomOf(lab: Lab): Promise<Map<string, number>> {
  const rows = await lab.query<{ name: string; size: string }>(
    `select substr(table_schema, ?) as name, sum(data_length + index_length) as size from information_schema.tables
     where left(table_schema, ?) = ? group by table_schema`,
    [lab.prefix.length + 1, lab.prefix.length, lab.prefix],
  );
  return new Map(rows.map(({ name, size }) => [name, Number(size)]));
}

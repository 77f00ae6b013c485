import { dayOfGames, daysOf } from './games.mjs';
import { milestones } from './history.mjs';
import { pipeline } from './lab.mjs';
import { interleave } from './meter.mjs';
import { bytes, count, ratios, spread } from './statistics.mjs';

/**
 * What it costs to let a day go, the oldest one, by the size of the history: its games leave bulk, the marts of that day are rebuilt.
 * And what room a history takes.
 * @param {import('./context.mjs').Bench} bench
 * @param {ReadonlyMap<number, import('./lab.mjs').Lab>} labs by the number of games that they hold
 * @returns {Promise<(string | { columns: string[], rows: string[][] })[]>} of a report
 */
export async function periods(bench, labs, rounds) {
  const sizes = [...labs.keys()];
  const room = new Map();
  for (const [size, lab] of labs) room.set(size, await roomOf(lab));
  // Every size has a day to let go in each round.
  const days = Math.min(rounds, daysOf(Math.min(...sizes)));
  const contenders = sizes.map((size) => ({ name: count(size), measure: (round) => dropDay(labs.get(size), dayOfGames(round)) }));
  const samples = await interleave(days, contenders, (line) => bench.say(`dropping a day, ${line}`));
  const of = (size, name) => samples.get(count(size)).map((sample) => sample[name]);
  const cells = (size, name) => [spread(of(size, name)), spread(ratios(of(size, name), of(sizes[0], name)))];
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
          bytes(schemas.reduce((sum, schema) => sum + (room.get(size).get(schema) ?? 0), 0)),
        ),
      ]),
    },
  ];
}

async function dropDay(lab, day) {
  await lab.settled();
  const started = performance.now();
  const { affectedRows: rows } = await lab.query('delete from {bulk}.games where play_date = ?', [day]);
  const deletion = (performance.now() - started) / 1000;
  if (rows === 0) throw new Error(`there were no games of ${day} to delete`);
  await lab.settled();
  await lab.strata('marts', 'rebuild', pipeline, '--from', day, '--to', day);
  const { bus: rebuild } = milestones(await lab.executions({ workflowId: `${pipeline}/rebuild` }));
  return { rows, deletion, rebuild };
}

/** Bytes by schema. */
async function roomOf(lab) {
  const rows = await lab.query(
    `select substr(table_schema, ?) as name, sum(data_length + index_length) as size from information_schema.tables
     where left(table_schema, ?) = ? group by table_schema`,
    [lab.prefix.length + 1, lab.prefix.length, lab.prefix],
  );
  return new Map(rows.map(({ name, size }) => [name, Number(size)]));
}

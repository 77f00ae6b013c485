import { blocks } from '../../samples/csv-file.js';
import { random } from '../../samples/random.js';
import { usersHeader } from '../lab/games.js';
import { Lab } from '../lab/lab.js';
import { against, bytes, count, digits } from '../report/statistics.js';
import type { Scenario } from './scenario.js';

const megabyte = 1e6;
/** Large files at once: as many as a worker has slots for. */
const together = { files: 12, size: 100 * megabyte };

/** The memory of a worker by the size of the file that it lands, and by the number of files. */
export const memory: Scenario = {
  name: 'memory',
  title: 'Memory',
  summary: 'the most memory that a worker holds, by the size of the file that it lands, and by the number of files',
  async run(bench) {
    const rows: string[][] = [];
    let most = 0;
    const { quick } = bench.options;
    const plans = [...bench.options.memory.map((size) => ({ files: 1, size })), ...(quick ? [] : [together])];
    for (const { files, size } of plans) {
      bench.say(`landing ${files} x ${bytes(size)}`);
      // A worker of its own: what another file left in its heap would hide this one's share.
      const lab = await Lab.open(bench, { warm: false });
      for (let file = 1; file <= files; file++) await lab.stream(`users-${file}.csv`, blocks(usersHeader, wideUsers(size)));
      const { result: run, seconds, cpu, peak } = await lab.measure(() => lab.pickup('users'));
      await lab.close();
      const { rows: landed, quarantined, bytes: read } = run.result;
      most = Math.max(most, peak.worker);
      rows.push([
        String(files),
        bytes(read),
        count(landed),
        count(quarantined),
        bytes(peak.worker),
        digits(seconds),
        digits(read / megabyte / seconds),
        digits(cpu.worker),
        digits(cpu.database),
      ]);
    }
    return [
      `Files of users with names of 200 characters, one in ten with quotes and one in 5,000 bad, made on the fly and streamed into the
        bucket; a fresh worker lands each, once${quick ? '' : `, and ${together.files} of ${bytes(together.size)} that are there together`}.
        Seconds are those of the whole pickup, with listing and deletion. The most memory of a worker, in MB: ${against(most / megabyte, { atMost: 400 })}. ${bench.database.product}: ${bench.database.settings}.`,
      { columns: ['files', 'read', 'rows', 'quarantined', 'worker peak', 's', 'MB/s', 'worker CPU s', 'server CPU s'], rows },
    ];
  },
};

/** About so many bytes of rows. */
function* wideUsers(size: number): Generator<string> {
  const next = random(size);
  const name = 'n'.repeat(200);
  for (let id = 1, written = 0; written < size; id++) {
    const date = id % 5_000 === 0 ? '31/02/2024' : `${1 + Math.floor(next() * 28)}/2/2024`;
    const row = `${id},${id % 10 === 0 ? `"${name},""x"""` : name},${date},DE`;
    written += row.length + 1;
    yield row;
  }
}

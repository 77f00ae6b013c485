import { expect } from '@jest/globals';
import type { ProxiedStatement } from '../support/proxies/mysql-proxy.js';
import { warehouse, warehouses } from '../support/servers/servers.js';
import { dieAt, sourceDelete, type Boundary } from './lab/boundaries.js';
import { gamesFile, gamesHeld } from './lab/files.js';
import type { Lab } from './lab/lab.js';
import { scenario } from './lab/scenario.js';
import { leftovers, snapshot } from './lab/snapshot.js';

const files = 40;
const rows = 25;

/** Files with plays that come again in the next one, and a bad row in every fifth. */
function fileOf(number: number): string {
  const file = gamesFile(1 + number * 20, rows, `Type${number % 3}`);
  return number % 5 === 0 ? `${file}x,1,Slots,1/1/2024,1\n` : file;
}

async function put(lab: Lab): Promise<void> {
  // One after the other: the order of delivery says which file has the last word on a play.
  for (let number = 0; number < files; number += 1) await lab.bucket.put(`games_${String(number).padStart(2, '0')}.csv`, fileOf(number));
}

/** The commit of the batch's n-th file. */
function fileCommit(moment: 'before' | 'after', n: number): Boundary {
  let seen = 0;
  const isLanding = ({ sql, transaction }: ProxiedStatement) =>
    sql === 'commit' && transaction.some((earlier) => /^load data local infile/.test(earlier));
  return {
    name: `${moment} the commit of file ${n}`,
    arm: (lab, act) => lab.mysql.at(moment, (statement) => isLanding(statement) && ++seen === n, act),
  };
}

async function outcomeOf(lab: Lab, ...boundaries: readonly Boundary[]) {
  await put(lab);
  const deaths = dieAt(lab, boundaries);
  lab.startWorker();
  await lab.run();
  expect(deaths()).toBe(boundaries.length);
  expect(await leftovers(lab.warehouse, lab.pipeline)).toEqual([]);
  let landings = 0;
  for await (const { type } of lab.client.workflow.list()) if (type === 'landObject') landings += 1;
  // What one bundle has no time for lands in the next one: none of them lands alone.
  expect(landings).toBe(0);
  return { tables: await snapshot(lab.warehouse, lab.pipeline), held: await gamesHeld(lab) };
}

let undisturbed: ReturnType<typeof outcomeOf> | undefined;

scenario('small files land in a batch, each with its own state', { url: warehouse.url }, async (lab) => {
  undisturbed = outcomeOf(lab);
  expect((await undisturbed).held).toMatchObject({ first: 1, last: 39 * 20 + rows });
  const [counts] = await lab.warehouse.query(
    `select count(*) as loads, cast(sum(state = 'processed') as signed) as processed, cast(sum(rows_quarantined) as signed) as quarantined from gear.loads`,
  );
  expect(counts).toEqual({ loads: files, processed: files, quarantined: files / 5 });
});

for (const server of warehouses) {
  for (const boundary of [fileCommit('before', 20), fileCommit('after', 10), sourceDelete('after', 'games_15.csv')]) {
    scenario(
      `a worker that dies ${boundary.name} in the middle of a batch leaves what an undisturbed one leaves (${server.name})`,
      { url: server.url },
      async (lab) => {
        const { tables } = await outcomeOf(lab, boundary);
        expect(tables).toEqual((await undisturbed)?.tables);
      },
    );
  }
}

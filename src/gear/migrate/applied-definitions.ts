import { deliveryOfContract } from '../../engine/read/contract.js';
import { StrataError } from '../../engine/strata-error.js';
import type { WarehouseSchema } from '../../engine/schema/warehouse-schema.js';
import type { Statements } from '../../engine/warehouse.js';

interface Applied {
  readonly fingerprint: string;
  readonly appliedAt: string;
}

/** Records the applied definitions. From now on workers with other definitions do no work for these pipelines. */
export async function applyDefinitions(statements: Statements, schema: WarehouseSchema): Promise<string[]> {
  const applied = await appliedDefinitions(statements);
  const changed = schema.fingerprints.filter(({ pipeline, fingerprint }) => applied.get(pipeline)?.fingerprint !== fingerprint);
  for (const { pipeline, fingerprint } of changed)
    await statements.execute(
      `insert into gear.definitions (pipeline, fingerprint, applied_at) values (?, ?, utc_timestamp(6))
       on duplicate key update fingerprint = ?, applied_at = utc_timestamp(6)`,
      [pipeline, fingerprint, fingerprint],
    );
  return changed.map(
    ({ pipeline, fingerprint }) => `definitions ${fingerprint} of ${pipeline} applied. Restart workers that have other definitions`,
  );
}

/**
 * Throws while there are staged loads that another contract has checked. The version that staged them can process them correctly, and
 * nobody knows whether the new version can. With `recheck` only those count that another kind of `delivery` has: no check of their rows
 * shows what their files say of keys that they lack.
 */
export async function refuseOtherContracts(statements: Statements, schema: WarehouseSchema, recheck = false): Promise<void> {
  const waiting: string[] = [];
  for (const { pipeline, contracts } of schema.fingerprints) {
    const staged = await statements.query<{ feed: string; contract: string | null; loads: number; first: number }>(
      `select f.feed, c.contract, count(*) as loads, min(l.load_id) as first
       from gear.feeds f
       join gear.loads l on l.pipeline = f.pipeline and l.feed = f.feed and l.state = 'staged'
       left join gear.load_contracts c on c.load_id = l.load_id
       where f.pipeline = ?
       group by f.feed, c.contract
       order by f.feed, first`,
      [pipeline],
    );
    for (const { feed, contract, loads, first } of staged) {
      const now = contracts[feed];
      const [before, after] = [deliveryOfContract(contract), deliveryOfContract(now)];
      if (contract === now || (recheck && (now === undefined || before === after))) continue;
      const kinds = before === after || now === undefined ? '' : `, and their delivery was ${before}, now ${after}`;
      waiting.push(
        `${pipeline}/${feed}: ${loads} (the first is load ${first}), staged by contract ${contract ?? 'of an unknown version'}, now ${now ?? 'no feed'}${kinds}`,
      );
    }
  }
  if (waiting.length === 0) return;
  const pipelines = [...new Set(waiting.map((line) => line.slice(0, line.indexOf('/'))))];
  const wayOut = recheck
    ? 'With --recheck their files would say something else of keys that are gone than they said when they came. If those workers are gone, start them with the former delivery again'
    : 'If those workers are gone, run: strata migrate --recheck. Processing then checks these rows by the new contract, and rows that break it go to quarantine';
  throw new StrataError(
    'misconfigured',
    `nothing was changed, because staged loads wait whose rows were checked by another contract than the one of these definitions:
${waiting.map((line) => `  - ${line}`).join('\n')}
Let the workers that run now process them: ${pipelines.map((name) => `strata run ${name}`).join(' and ')}. Then run: strata migrate
${wayOut}`,
  );
}

/** A line for each pipeline for which other definitions were applied last. */
export async function otherDefinitions(statements: Statements, schema: WarehouseSchema): Promise<string[]> {
  const applied = await appliedDefinitions(statements);
  return schema.fingerprints.flatMap(({ pipeline, fingerprint }) => {
    const last = applied.get(pipeline);
    if (last?.fingerprint === fingerprint) return [];
    const other = last ? `strata migrate applied ${last.fingerprint} at ${last.appliedAt} UTC` : 'strata migrate has not applied any';
    return [`the definitions of ${pipeline} are ${fingerprint}, and ${other}`];
  });
}

async function appliedDefinitions(statements: Statements): Promise<ReadonlyMap<string, Applied>> {
  const rows = await statements.query<{ pipeline: string; fingerprint: string; applied_at: string }>(
    'select pipeline, fingerprint, applied_at from gear.definitions',
  );
  return new Map(rows.map((row) => [row.pipeline, { fingerprint: row.fingerprint, appliedAt: row.applied_at.slice(0, 19) }]));
}

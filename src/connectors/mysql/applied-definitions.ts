import type { WarehouseSchema } from '../../engine/warehouse-schema.js';
import type { Statements } from '../../engine/warehouse.js';

interface Applied {
  readonly fingerprint: string;
  readonly appliedAt: string;
}

/** Notes the definitions that the warehouse now is for: from here on workers of others leave their pipelines alone. */
export async function applyDefinitions(statements: Statements, schema: WarehouseSchema): Promise<string[]> {
  const applied = await appliedDefinitions(statements);
  const changed = schema.fingerprints.filter(({ pipeline, fingerprint }) => applied.get(pipeline)?.fingerprint !== fingerprint);
  for (const { pipeline, fingerprint } of changed)
    await statements.execute(
      `insert into gear.definitions (pipeline, fingerprint, applied_at) values (?, ?, utc_timestamp(6))
       on duplicate key update fingerprint = ?, applied_at = utc_timestamp(6)`,
      [pipeline, fingerprint, fingerprint],
    );
  return changed.map(({ pipeline, fingerprint }) => `definitions ${fingerprint} of ${pipeline} applied; workers with others wait for a restart`);
}

/** The pipelines for which other definitions were applied last, a line each. */
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

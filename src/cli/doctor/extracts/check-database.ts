import type { Project } from '../../../config/load-project.js';
import { connectSource } from '../../../connectors/postgres/connect.js';
import { probeServer, type ServerProbe } from '../../../connectors/postgres/probe/probe-server.js';
import { probeTable, scanSeconds, type TableProbe } from '../../../connectors/postgres/probe/probe-table.js';
import { refuseOldServer } from '../../../connectors/postgres/server-version.js';
import { byteSize, grouped } from '../../../contracts/format-numbers.js';
import { duration } from '../../../contracts/format-times.js';
import type { ExtractDefinition } from '../../../engine/extract/drift.js';
import { StrataError } from '../../../engine/strata-error.js';
import { finding, type Finding } from '../finding.js';

/** Seconds by which clocks may differ. */
const noticed = 30;
/** Rows from which on a table's scan is measured, and seconds that it may take. */
const manyRows = 10_000_000;
const longScan = 60;

/** Whether an extract could read its database, and what to expect of it. `measured`: rows from which on a scan is measured. */
export async function* checkDatabase(
  project: Project,
  pipeline: string,
  extract: ExtractDefinition,
  measured = manyRows,
): AsyncGenerator<Finding> {
  const { environment } = project.settings;
  const { setting, schemaSetting, tables } = extract;
  const of = { setting, schema: (schemaSetting && environment[schemaSetting]) || 'public' };
  const end = new AbortController();
  let client: Awaited<ReturnType<typeof connectSource>>['client'] | undefined;
  try {
    const reached = await finding(`database of ${pipeline}`, async () => {
      const url = environment[setting];
      if (!url) throw new StrataError('misconfigured', `${setting} is not set. Set it to postgres://user:password@host:5432/database`);
      ({ client } = await connectSource(url, setting, end.signal));
      const probe = await probeServer(client, setting, of.schema);
      refuseOldServer(probe.versionNumber, probe.version, setting);
      return shown(probe, of);
    });
    yield reached;
    if (!client || reached.state === 'wrong') return;
    const connected = client;
    const probes: TableProbe[] = [];
    yield await finding(`tables in the database of ${pipeline}`, async () => {
      for (const table of tables) probes.push(await probeTable(connected, of, table));
      return tableFinding(probes);
    });
    const large = probes.filter(({ faults, rows = 0 }) => faults.length === 0 && rows >= measured);
    if (large.length === 0) return;
    yield await finding(`scans in the database of ${pipeline}`, async () => {
      const scans = [];
      for (const table of large) scans.push({ ...table, seconds: await scanSeconds(connected, of, table) });
      return scanFinding(scans, extract.schedule);
    });
  } finally {
    await client?.end().catch(() => undefined);
    end.abort();
  }
}

type Found = string | { readonly state: Finding['state']; readonly message: string };

function shown(probe: ServerProbe, { setting, schema }: { readonly setting: string; readonly schema: string }): Found {
  const { version, standby, isPooled, isSuperuser, mayUseSchema, grant, ahead } = probe;
  const what = `PostgreSQL ${version} (${setting}), ${standby ? 'a standby' : 'the primary'}`;
  if (mayUseSchema !== true) {
    const fault =
      mayUseSchema === undefined
        ? `has no schema ${schema}. Correct the setting of the schema`
        : `lets the account not use the schema. Run: ${grant}`;
    return { state: 'wrong', message: `${what} ${fault}` };
  }
  const notes = [
    ...(standby ? standbyNotes(standby) : []),
    ...(isPooled
      ? [
          `a connection pooler stands before it. An extract holds one transaction for as long as it reads, which a pool by statement refuses, and a timeout of the pooler would cut. Let ${setting} name the server itself, or a pool by session without such timeouts`,
        ]
      : []),
    ...(isSuperuser ? ['the account may do everything. Give extracts one that only reads'] : []),
    ...(Math.abs(ahead) > noticed
      ? [
          `its clock is ${duration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the clock of this machine. Let both follow a time server`,
        ]
      : []),
  ];
  return notes.length === 0 ? what : { state: 'warning', message: [what, ...notes].join('\n') };
}

function standbyNotes({ behind, feedback, delay }: NonNullable<ServerProbe['standby']>): string[] {
  const late =
    behind === null
      ? 'it has taken in no transaction yet'
      : `the last transaction that it has taken in is ${duration(Math.max(0, behind))} old`;
  return [
    `extracts see what the standby has taken in: ${late}`,
    ...(feedback || delay === '-1'
      ? []
      : [
          `the standby cancels a query that holds up what it has to take in${delay === '0' ? ' at once' : ` after ${delay}`}. The run is then tried again. Where tables take longer to read, set hot_standby_feedback = on, or a longer max_standby_streaming_delay`,
        ]),
  ];
}

function tableFinding(probes: readonly TableProbe[]): Found {
  const faults = probes.flatMap(({ name, faults: some }) => some.map((fault) => `${name} ${fault}`));
  const notes = probes.flatMap(({ name, notes: some }) => some.map((note) => `${name} ${note}`));
  if (faults.length + notes.length === 0) return `${probes.length} can be read`;
  return { state: faults.length > 0 ? 'wrong' : 'warning', message: [...faults, ...notes].join('\n') };
}

function scanFinding(scans: readonly (TableProbe & { readonly seconds: number })[], schedule: string | undefined): Found {
  const lines = scans.map(
    ({ name, rows = 0, bytes, seconds }) =>
      `${name}: about ${grouped(rows)} rows, ${byteSize(bytes)}. A run reads all of it, in about ${duration(Math.ceil(seconds))} by a sample`,
  );
  const all = scans.reduce((sum, { seconds }) => sum + seconds, 0);
  if (all <= longScan) return lines.join('\n');
  const advice = `together they take about ${duration(Math.ceil(all))} of each run${schedule === undefined ? '' : `, which begins by ${schedule}`}. Give the schedule more time between runs, move old rows into tables that change no more, or give the server faster disks`;
  return { state: 'warning', message: [...lines, advice].join('\n') };
}

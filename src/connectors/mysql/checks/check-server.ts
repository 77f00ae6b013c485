import { undurableDelayText } from '../../../engine/undurable-delay.js';
import { StrataError } from '../../../engine/strata-error.js';
import type { Warehouse } from '../../../engine/warehouse.js';

/** A variable that no session can set, or that the login may not set. */
interface Check {
  readonly name: string;
  /** Undefined where the value is right. `values` has the server's other variables of the list. */
  readonly problem: (value: string, values: ReadonlyMap<string, string>) => string | undefined;
  /** The value to set; none where the server must be made again. */
  readonly set?: string;
  /** `refuse`: no worker starts. `wrong`: it may pass by itself, so runs wait for it. `note`: large or rare work fails. */
  readonly weight: 'refuse' | 'wrong' | 'note';
  /** Where it is wrong, a commit may not outlive a crash. */
  readonly durability?: true;
}

export interface ServerFinding {
  readonly weight: Check['weight'];
  /** The variable, what it is, what follows, and the statement that fixes it. */
  readonly message: string;
}

const isOn = (value: string | undefined): boolean => /^(on|1|yes|true)$/i.test(value ?? '');
const below = (limit: number, follows: string) => (value: string) => (Number(value) < limit ? follows : undefined);
const mib = 1_048_576;
const notDurable = 'the last rows that were committed before a crash or a power cut can be lost';
const sourcesStay = `so a file stays in its source for ${undurableDelayText} after its rows were committed, or for releaseAfter of its pipeline (STRATA_RELEASE_UNDURABLE=1 lets it go at once)`;

const checks: readonly Check[] = [
  { name: 'local_infile', problem: (value) => (isOn(value) ? undefined : 'no file can be loaded'), set: '1', weight: 'refuse' },
  {
    name: 'binlog_format',
    problem: (value, values) =>
      /^statement$/i.test(value) && isOn(values.get('log_bin')) ? 'no write of READ COMMITTED is taken (1665)' : undefined,
    set: "'ROW'",
    weight: 'refuse',
  },
  {
    name: 'innodb_default_row_format',
    problem: (value) =>
      /^(compact|redundant)$/i.test(value) ? 'an index may have 767 bytes only, and tables of Strata have longer ones' : undefined,
    set: "'dynamic'",
    weight: 'refuse',
  },
  {
    name: 'innodb_page_size',
    problem: below(16_384, 'an index is too short for tables of Strata: set up the server again with 16384'),
    weight: 'refuse',
  },
  {
    name: 'max_allowed_packet',
    problem: below(16 * mib, 'statements of up to 16 MiB are refused (1153)'),
    set: String(64 * mib),
    weight: 'refuse',
  },
  {
    name: 'enforce_storage_engine',
    problem: (value) => (value === '' || /^innodb$/i.test(value) ? undefined : 'tables of Strata need InnoDB'),
    set: 'default',
    weight: 'refuse',
  },
  {
    name: 'innodb_read_only',
    problem: (value) => (isOn(value) ? 'nothing can be written: start the server without it' : undefined),
    weight: 'wrong',
  },
  {
    name: 'innodb_force_recovery',
    problem: (value) => (Number(value) > 0 ? 'nothing can be written: start the server without it' : undefined),
    weight: 'wrong',
  },
  {
    name: 'super_read_only',
    problem: (value) => (isOn(value) ? 'nothing can be written: is it a replica?' : undefined),
    set: '0',
    weight: 'wrong',
  },
  {
    name: 'read_only',
    problem: (value) => (isOn(value) ? 'nothing can be written: is it a replica?' : undefined),
    set: '0',
    weight: 'wrong',
  },
  { name: 'offline_mode', problem: (value) => (isOn(value) ? 'only administrators may log in' : undefined), set: '0', weight: 'wrong' },
  {
    name: 'innodb_flush_log_at_trx_commit',
    problem: (value) => (value === '1' ? undefined : `${notDurable}, ${sourcesStay}`),
    set: '1',
    weight: 'note',
    durability: true,
  },
  {
    name: 'sync_binlog',
    problem: (value, values) =>
      value === '1' || !isOn(values.get('log_bin')) ? undefined : `${notDurable} or be missing on replicas, ${sourcesStay}`,
    set: '1',
    weight: 'note',
    durability: true,
  },
  {
    name: 'innodb_doublewrite',
    problem: (value) =>
      /^(off|0|detect_only)$/i.test(value)
        ? 'a crash in the middle of a write can destroy pages of tables whose files have been deleted. Leave it on, unless the disk writes pages whole'
        : undefined,
    weight: 'note',
  },
  {
    name: 'innodb_strict_mode',
    problem: (value) => (isOn(value) ? undefined : 'a table can be created whose rows do not fit, and it then refuses them'),
    set: '1',
    weight: 'note',
  },
  {
    name: 'group_replication_transaction_size_limit',
    problem: (value) => (value === '0' || Number(value) >= 2_147_483_647 ? undefined : 'the cluster refuses larger batches (3100)'),
    set: '0',
    weight: 'note',
  },
  {
    name: 'wsrep_max_ws_size',
    problem: (value, values) =>
      isOn(values.get('wsrep_on')) ? below(2_147_483_647, 'the cluster refuses larger batches')(value) : undefined,
    set: '2147483647',
    weight: 'note',
  },
  {
    name: 'wsrep_max_ws_rows',
    problem: (value, values) => (isOn(values.get('wsrep_on')) && value !== '0' ? 'the cluster refuses larger batches' : undefined),
    set: '0',
    weight: 'note',
  },
  {
    name: 'max_binlog_cache_size',
    problem: (value, values) => (isOn(values.get('log_bin')) ? below(4096 * mib, 'larger batches are refused (1197)')(value) : undefined),
    set: String(4096 * mib),
    weight: 'note',
  },
];
const helping = ['log_bin', 'wsrep_on'];

/** What is wrong with the server's own variables, and with those of a session that the login may not set; the worst first. */
export function checkServer(warehouse: Warehouse): Promise<readonly ServerFinding[]> {
  return findingsOf(warehouse, checks);
}

/** Why commits may not outlive a crash of the server; none where they do. */
export function checkDurability(warehouse: Warehouse): Promise<readonly ServerFinding[]> {
  return findingsOf(
    warehouse,
    checks.filter(({ durability }) => durability),
  );
}

async function findingsOf(warehouse: Warehouse, which: readonly Check[]): Promise<readonly ServerFinding[]> {
  const names = [...helping, ...which.map(({ name }) => name)];
  const rows = await warehouse.query(`show session variables where variable_name in (${names.map((name) => `'${name}'`).join(', ')})`);
  const values = new Map(rows.map((row) => Object.values(row).map(String)).map(([name = '', value = '']) => [name.toLowerCase(), value]));
  return which.flatMap(({ name, problem, set, weight }) => {
    const value = values.get(name);
    const follows = value === undefined ? undefined : problem(value, values);
    if (follows === undefined) return [];
    const fix = set === undefined ? '' : `. On the server run: set global ${name} = ${set} (and put it into its configuration)`;
    return [{ weight, message: `${name} is ${value === '' ? 'empty' : value}: ${follows}${fix}` }];
  });
}

/** Throws `misconfigured` where no work could be done; notes what may fail later. */
export async function requireServer(warehouse: Warehouse, note: (message: string) => void): Promise<void> {
  const findings = await checkServer(warehouse);
  const refused = findings.filter(({ weight }) => weight === 'refuse');
  if (refused.length > 0)
    throw new StrataError(
      'misconfigured',
      ["the warehouse's server is not set up for Strata:", ...refused.map(({ message }) => `  ${message}`)].join('\n'),
    );
  for (const { message } of findings) note(`the warehouse's server: ${message}`);
}

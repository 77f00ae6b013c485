import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshPrefix, temporal, warehouse } from './servers/servers.js';

type Base = typeof definition;

export interface SmallPipeline {
  /** Its own: workflow ids and schedules of a namespace are shared by all tests. */
  readonly name: string;
  readonly folder: string;
  /** For `strata`; without the source's address, SMALL_SOURCE_URL. */
  readonly settings: Readonly<Record<string, string>>;
  /** Writes another definition of the same name; returns the value for STRATA_PIPELINES. */
  variant(change: (base: Base) => object): string;
  drop(): void;
}

const definition = {
  name: '',
  sourceSetting: 'SMALL_SOURCE_URL',
  // Their own time does not come while a test runs: what they start would do its work before it.
  schedules: { pickup: '0 0 1 1 *', process: '0 0 1 1 *', aggregate: '0 0 1 1 *' },
  feeds: [
    {
      name: 'users',
      match: '^users([-_].*)?\\.csv$',
      reasons: ['bad_key', 'too_long'],
      columns: [
        { name: 'user_id', header: 'UserID', type: { kind: 'integer', min: '1', max: '4294967295' }, reason: 'bad_key' },
        { name: 'country', header: 'Country', type: { kind: 'text', maxLength: 20, empty: 'Unknown' }, reason: 'too_long' },
      ],
    },
  ],
  entities: [{ name: 'users', key: ['user_id'], values: ['country'], from: [{ feed: 'users' }] }],
  surrogates: [],
  vault: { hubs: [{ name: 'user', key: 'user_id', from: [{ entity: 'users', column: 'user_id' }] }], links: [], satellites: [] },
  sqlFolder: 'sql',
};

/** A pipeline of one feed (`users*.csv`, columns UserID and Country) in a folder of its own, with schemas and a task queue of its own. */
export function smallPipeline(marts: Readonly<Record<string, string>> = {}): SmallPipeline {
  const folder = mkdtempSync(join(tmpdir(), 'strata-small-'));
  const prefix = freshPrefix();
  const name = `small_${prefix.slice(1, 7)}`;
  let variants = 0;
  const write = (change: (base: Base) => object): string => {
    const path = join(folder, `pipeline-${(variants += 1)}.json`);
    writeFileSync(path, JSON.stringify(change({ ...definition, name })));
    return path;
  };
  mkdirSync(join(folder, 'sql', 'bus'), { recursive: true });
  for (const [file, text] of Object.entries(marts)) writeFileSync(join(folder, 'sql', 'bus', file), text);
  return {
    name,
    folder,
    settings: {
      STRATA_MYSQL_URL: warehouse.url,
      STRATA_SCHEMA_PREFIX: prefix,
      STRATA_TASK_QUEUE: name,
      STRATA_PIPELINES: write((base) => base),
      TEMPORAL_ADDRESS: temporal.address,
    },
    variant: write,
    drop: () => rmSync(folder, { recursive: true, force: true }),
  };
}

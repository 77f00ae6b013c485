import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UsageError } from '../../usage-error.js';

/** A file of an import. */
export interface BundleFile {
  /** With forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** What Superset imports: one dashboard with its charts and datasets. */
export interface BundleOptions {
  readonly pipeline: string;
  /** It has the folders `dashboards`, `charts` and `datasets`. */
  readonly folder: string;
  /** The schema of bus with its prefix. */
  readonly bus: string;
  /** Of the warehouse as Superset reaches it, without a password. */
  readonly warehouse: URL;
}

const kinds = ['dashboards', 'charts', 'datasets'] as const;
/** All datasets name the warehouse by it. */
const databaseId = '5f1b2c54-6d1e-5a53-9c55-8d8b7f0a6c01';
/** Of the format; the same sources are to give the same bytes. */
const exported = '2020-01-01T00:00:00+00:00';
/** Superset asks for the password where it finds this one. */
const noPassword = 'XXXXXXXXXX';

/** The files of an import, in which `{bus}` has become the schema. Throws a usage error where the folder does not have them. */
export async function supersetBundle({ pipeline, folder, bus, warehouse }: BundleOptions): Promise<BundleFile[]> {
  const root = `${pipeline}_dashboards`;
  const entries: BundleFile[] = [
    { path: `${root}/metadata.yaml`, text: `version: 1.0.0\ntype: Dashboard\ntimestamp: '${exported}'\n` },
    { path: `${root}/databases/strata.yaml`, text: databaseFile(bus, warehouse) },
  ];
  for (const kind of kinds) {
    const names = (await readdir(join(folder, kind)).catch(() => [])).filter((name) => name.endsWith('.yaml')).sort();
    if (names.length === 0) throw new UsageError(`${folder}${sep}${kind} has no .yaml file. To name another folder: --from <folder>`);
    for (const name of names) {
      const text = await readFile(join(folder, kind, name), 'utf8');
      const place = kind === 'datasets' ? `datasets/strata/${name}` : `${kind}/${name}`;
      entries.push({ path: `${root}/${place}`, text: text.replaceAll('{bus}', bus) });
    }
  }
  return entries;
}

function databaseFile(bus: string, { username, host }: URL): string {
  const uri = `mysql://${username}:${noPassword}@${host}/${bus}?charset=utf8mb4`;
  return `database_name: Strata ${bus}
sqlalchemy_uri: ${uri}
cache_timeout: null
expose_in_sqllab: true
allow_run_async: false
allow_ctas: false
allow_cvas: false
allow_dml: false
extra: {}
uuid: ${databaseId}
version: 1.0.0
`;
}

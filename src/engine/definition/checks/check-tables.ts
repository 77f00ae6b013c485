import type { Outline } from '../outline.js';
import { at } from '../shape-mistakes.js';

/** Tables of the engine's own in gear. */
const engineTables = [
  'applied',
  'definitions',
  'dated_outputs',
  'exports',
  'feeds',
  'loads',
  'load_chunks',
  'load_contracts',
  'load_counts',
  'load_enrichments',
  'partition_changes',
  'quarantine',
  'refusals',
  'replays',
  'batches',
  'marts',
  'mart_watermarks',
  'schema_history',
  'surrogates',
  'warehouse',
  'workers',
];
const enginePrefixes = ['affected_', 'changes_', 'work_', 'recent_'];

interface Claim {
  readonly table: string;
  readonly path: string;
}

/** Names of tables that two parts would share: all pipelines share the schemas, so their tables need different names. */
export function tableMistakes(pipelines: readonly { readonly label: string; readonly outline: Outline }[]): string[] {
  const owners = new Map<string, string>();
  return pipelines.flatMap(({ label, outline }) =>
    claims(outline).flatMap(({ table, path }) => {
      const owner = owners.get(table);
      if (owner === undefined) owners.set(table, at(label, path));
      const own = table.startsWith('gear.') && isEngineTable(table.slice('gear.'.length));
      if (own) return [at(label, at(path, `${table} is a name of the engine's own tables; choose another`))];
      return owner === undefined ? [] : [at(label, at(path, `makes the table ${table}, which ${owner} makes already; rename one`))];
    }),
  );
}

function claims({ feeds, entities, surrogates, hubs, links, satellites }: Outline): Claim[] {
  return [
    ...feeds.flatMap((feed) => (feed.name === undefined ? [] : [{ table: `staging.${feed.name}`, path: `${feed.path}.name` }])),
    ...entities.sound.map(({ path, value }) => ({ table: `bulk.${value.name}`, path: `${path}.name` })),
    ...surrogates.sound.map(({ path, value }) => ({ table: `gear.${value.name}`, path: `${path}.name` })),
    ...hubs.sound.map(({ path, value }) => ({ table: `vault.hub_${value.name}`, path: `${path}.name` })),
    ...links.sound.map(({ path, value }) => ({ table: `vault.link_${value.name}`, path: `${path}.name` })),
    ...satellites.sound.map(({ path, value }) => ({ table: `vault.sat_${value.name}`, path: `${path}.name` })),
  ];
}

/** Whether the engine makes a table of that name in gear, or may. */
export function isEngineTable(name: string): boolean {
  return engineTables.includes(name) || enginePrefixes.some((prefix) => name.startsWith(prefix));
}

import { bulkName, changesName, hubName, isTableName, linkName, satelliteName, stagingName, surrogateName } from '../../names.js';
import { appendClaims } from './check-append.js';
import type { Outline, Part } from '../outline.js';
import { at } from '../shape-mistakes.js';

/** Tables of the engine's own in gear. */
const engineTables = [
  'accepted_deletions',
  'accepted_duplicates',
  'additive_lanes',
  'additive_merges',
  'append_loads',
  'append_runs',
  'dropped_runs',
  'visible_runs',
  'applied',
  'definitions',
  'dated_outputs',
  'corrections',
  'corrected_runs',
  'exports',
  'export_parts',
  'processed',
  'processed_marks',
  'processed_runs',
  'extracts',
  'extract_runs',
  'extract_tables',
  'extracted_versions',
  'feeds',
  'http_answers',
  'lake_feeds',
  'loads',
  'load_chunks',
  'load_contracts',
  'load_counts',
  'load_deletions',
  'load_enrichments',
  'partition_changes',
  'quarantine',
  'refusals',
  'replays',
  'run_copies',
  'told_batches',
  'batches',
  'marts',
  'mart_watermarks',
  'schema_history',
  'snapshots',
  'source_columns',
  'surrogates',
  'warehouse',
  'workers',
];
const enginePrefixes = ['affected_', 'changes_', 'deleted_', 'ids_', 'work_', 'recent_'];

interface Claim {
  readonly table: string;
  readonly path: string;
}

/** Names of tables that two parts would share: all pipelines share the schemas, so their tables need different names. */
export function tableMistakes(pipelines: readonly { readonly label: string; readonly outline: Outline }[]): string[] {
  const owners = new Map<string, string>();
  return pipelines.flatMap(({ label, outline }) => [
    ...longNames(outline).map((mistake) => at(label, mistake)),
    ...claims(outline).flatMap(({ table, path }) => {
      const owner = owners.get(table);
      if (owner === undefined) owners.set(table, at(label, path));
      const own = table.startsWith('gear.') && isEngineTable(table.slice('gear.'.length));
      if (own) return [at(label, at(path, `${table} is a name of the engine's own tables. Choose another`))];
      return owner === undefined
        ? []
        : [at(label, at(path, `makes the table ${table}, which ${owner} makes already. ${howToPart(table)}`))];
    }),
  ]);
}

function howToPart(table: string): string {
  return /^(staging|bulk)\./.test(table) ? 'Rename one, or give one of the pipelines a tablePrefix' : 'Rename one';
}

/** The table of an entity's changes has the longest name, or one of its dictionaries or copies has. */
function longNames(outline: Outline): string[] {
  const changes = outline.entities.sound.map(({ path, value }) => ({ path: `${path}.name`, table: changesName(outline, value.name) }));
  return [...changes, ...appendClaims(outline)].flatMap(({ path, table }) => {
    return isTableName(table)
      ? []
      : [at(path, `makes the table ${table}, whose name has more than 64 characters. Shorten it, or tablePrefix`)];
  });
}

function claims(outline: Outline): Claim[] {
  const { feeds, entities, surrogates, hubs, links, satellites } = outline;
  const named = (parts: readonly Part<{ readonly name: string }>[], table: (name: string) => string): Claim[] =>
    parts.map(({ path, value }) => ({ table: table(value.name), path: `${path}.name` }));
  return [
    ...appendClaims(outline),
    ...feeds.flatMap(({ path, name }) => (name === undefined ? [] : [{ table: stagingName(outline, name), path: `${path}.name` }])),
    ...named(entities.sound, (name) => bulkName(outline, name)),
    ...named(surrogates.sound, surrogateName),
    ...named(hubs.sound, hubName),
    ...named(links.sound, linkName),
    ...named(satellites.sound, satelliteName),
  ];
}

/** Whether the engine makes a table of that name in gear, or may. */
export function isEngineTable(name: string): boolean {
  return engineTables.includes(name) || enginePrefixes.some((prefix) => name.startsWith(prefix));
}

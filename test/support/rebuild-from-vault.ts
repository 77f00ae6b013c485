import type { PipelineDefinition } from '../../src/engine/definition/types.js';
import { entityOf } from '../../src/engine/entities/entity.js';
import { columnList, identifier } from '../../src/engine/sql/identifier.js';
import { hubOf, linkColumns } from '../../src/engine/vault/find-definition.js';

/**
 * The select that gives an entity's rows in bulk out of the vault alone, as they were at a datetime (bound once for each `?`): the
 * entity's link that holds its key, those that were active where it has driving hubs, with the business keys of its hubs and the
 * latest version in each satellite of the link or of one of its hubs.
 */
export function rebuildFromVault(pipeline: PipelineDefinition, entityName: string): { readonly sql: string; readonly datetimes: number } {
  const entity = entityOf(pipeline, entityName);
  const link = pipeline.vault.links.find(
    (each) => each.entity === entityName && entity.key.every((name) => linkColumns(each).includes(name)),
  );
  if (!link) throw new Error(`no link holds the key of ${entityName}`);
  const hk = identifier(`${link.name}_hk`);
  const columns = new Map((link.dependent ?? []).map((name) => [name, `k.${identifier(name)}`]));
  const joins = link.hubs.map(({ hub, column }) => {
    columns.set(column, `${identifier(`h_${hub}`)}.${identifier(hubOf(pipeline, hub).key)}`);
    const key = identifier(`${hub}_hk`);
    return `join vault.${identifier(`hub_${hub}`)} ${identifier(`h_${hub}`)} on ${identifier(`h_${hub}`)}.${key} = k.${key}`;
  });
  let datetimes = 1;
  const latest = (table: string, key: string, kept: string) => `(
  select ranked.* from (
    select ${key}, ${kept}, row_number() over (partition by ${key} order by load_datetime desc) as place
    from vault.${identifier(table)} where load_datetime <= ?
  ) ranked where place = 1
)`;
  const from = link.driving
    ? `vault.${identifier(`link_${link.name}`)} k
join ${latest(`eff_sat_${link.name}`, hk, 'is_active')} e on e.${hk} = k.${hk} and e.is_active`
    : `(select * from vault.${identifier(`link_${link.name}`)} where load_datetime <= ?) k`;
  for (const satellite of pipeline.vault.satellites.filter((each) => each.entity === entityName)) {
    const key = identifier(`${'hub' in satellite.parent ? satellite.parent.hub : satellite.parent.link}_hk`);
    const alias = identifier(`s_${satellite.name}`);
    for (const name of satellite.columns) if (!columns.has(name)) columns.set(name, `${alias}.${identifier(name)}`);
    joins.push(`join ${latest(`sat_${satellite.name}`, key, columnList(satellite.columns))} ${alias} on ${alias}.${key} = k.${key}`);
    datetimes += 1;
  }
  const selected = [...entity.key, ...entity.values].map((name) => `${columns.get(name) ?? 'null'} as ${identifier(name)}`);
  return { sql: `select ${selected.join(', ')}\nfrom ${from}\n${joins.join('\n')}\norder by ${columnList(entity.key)}`, datetimes };
}

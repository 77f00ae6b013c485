import { pipelineSchema } from '../definition/schema/pipeline.js';
import { at } from '../definition/shape-mistakes.js';
import { isTableName, keptSumsName, sumsName } from '../names.js';
import { lackedBy } from './area.js';
import type { AreaDefinition, ColumnType, PipelineDefinition } from '../definition/types.js';

/** What is wrong with the areas of a definition whose shape is right. */
export function areaMistakes(definition: unknown): string[] {
  const parsed = pipelineSchema.safeParse(definition);
  if (!parsed.success) return [];
  const pipeline: PipelineDefinition = parsed.data;
  const { areas = [] } = pipeline;
  return areas.flatMap((area, index) => {
    const path = `areas[${index}]`;
    const isTwice = areas.findIndex(({ name }) => name === area.name) < index;
    return [
      ...(isTwice ? [at(`${path}.name`, 'is the name of two areas. Rename one')] : []),
      ...mistakesOf(area, pipeline).map(([part, text]) => at(`${path}.${part}`, text)),
    ];
  });
}

function mistakesOf(area: AreaDefinition, pipeline: PipelineDefinition): (readonly [part: string, text: string])[] {
  const { entities, feeds } = pipeline;
  const entity = entities.find(({ name }) => name === area.entity);
  if (!entity) return [['entity', `there is no entity ${area.entity}. Name one of entities`]];
  if (!entity.append || entity.cell === undefined)
    return [['entity', `${area.entity} has no append: true with a cell. Name an entity that has both`]];
  const columns = feeds.find(({ name }) => name === entity.from[0]?.feed)?.columns ?? [];
  const typeOf = (name: string): ColumnType | undefined =>
    entity.values.includes(name) ? columns.find((column) => column.name === name)?.type : undefined;
  const [time, of] = [typeOf(area.time), typeOf(area.of)];
  return [
    ...area.points.flatMap((point, index) => {
      const place = `points[${index}]`;
      const copy = entity.copies?.find(({ cell }) => cell === point);
      const lacked = copy ? lackedBy(area, copy.values) : [];
      const longest = sumsName(keptSumsName(pipeline, area.entity, area.name, copy ? `${point}_cell_days` : 'total_days'));
      return [
        ...(lacked.length === 0
          ? []
          : [[place, `the copy of ${area.entity} by ${point} lacks ${lacked.join(', ')}. Add that to its values`] as const]),
        ...(isTableName(longest)
          ? []
          : [[place, `makes the table ${longest}, whose name has more than 64 characters. Shorten the area's name`] as const]),
      ];
    }),
    ...(area.points[0] === entity.cell ? [] : [['points[0]', `must be ${entity.cell}, the cell of ${area.entity}`] as const]),
    ...area.points.flatMap((point, index) =>
      typeOf(point)?.kind === 'point' ? [] : [[`points[${index}]`, `${point} is not a column of type point of ${area.entity}`] as const],
    ),
    ...(new Set(area.points).size < area.points.length ? [['points', 'names a column twice. Leave one out'] as const] : []),
    ...(time?.kind === 'timestamp' && time.zone === 'none'
      ? []
      : [['time', `${area.time} is not a timestamp column with zone 'none' of ${area.entity}`] as const]),
    ...(of?.kind === 'text' && of.dictionary
      ? []
      : [['of', `${area.of} is not a text column with dictionary: true of ${area.entity}`] as const]),
  ];
}

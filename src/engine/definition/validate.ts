import { StrataError } from '../strata-error.js';
import { alertMistakes } from '../alerts/check-alerts.js';
import { areaMistakes } from '../areas/check-areas.js';
import { entityMistakes } from './checks/check-entities.js';
import { extractMistakes } from './checks/check-extracts.js';
import { feedMistakes } from './checks/feeds/check-feeds.js';
import { lakeMistakes } from './checks/feeds/check-lakes.js';
import { surrogateMistakes } from './checks/check-references.js';
import { settingMistakes } from './checks/setting-mistakes.js';
import { tableMistakes } from './checks/check-tables.js';
import { vaultMistakes } from './checks/check-vault.js';
import { cronMistake } from './checks/cron.js';
import { overlapMistakes } from './match/overlap-mistakes.js';
import { outline, type Outline } from './outline.js';
import { pipelineSchema } from './schema/pipeline.js';
import { at, shapeMistakes } from './shape-mistakes.js';
import type { PipelineDefinition } from './types.js';

/**
 * Checks definitions, which may be anything, together: tables are shared by all pipelines of a warehouse.
 * Throws one StrataError('definition') that names every mistake with its path (`eastrock: feeds[0].columns[2].type.max: ...`).
 */
export function validatePipelines(definitions: readonly unknown[]): PipelineDefinition[] {
  const pipelines = definitions.map((definition, index) => {
    const parts = outline(definition);
    return { definition, label: parts.name ?? `definition ${index + 1}`, outline: parts };
  });
  const mistakes = [
    ...pipelines.flatMap(({ definition, label, outline: parts }) =>
      [...shapeMistakes(definition), ...meaningMistakes(parts), ...areaMistakes(definition)].map((line) => at(label, line)),
    ),
    ...nameMistakes(pipelines.map(({ label }) => label)),
    ...tableMistakes(pipelines),
    ...overlapMistakes(pipelines),
  ];
  if (mistakes.length > 0) {
    const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
    const names = mentionedNames(mistakes, pipelines);
    throw new StrataError(
      'definition',
      `${count} in the pipelines' definitions${names === '' ? '' : `, where ${names}`}:\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    );
  }
  return definitions.map((definition) => pipelineSchema.parse(definition));
}

/** What stands at the places that the mistakes name by numbers: `feeds[0] is users, feeds[0].columns[2] is signup_date`. */
function mentionedNames(
  mistakes: readonly string[],
  pipelines: readonly { readonly label: string; readonly definition: unknown }[],
): string {
  const names = pipelines.flatMap(({ label, definition }) => {
    const own = mistakes.filter((line) => line.includes(`${label}: `)).join('\n');
    const paths = new Set(
      [...own.matchAll(/[a-z]+(?:\.[a-z]+)?\[\d+\](?:\.[a-z]+\[\d+\])?/g)].flatMap(([path]) => [
        path.replace(/^([^\]]*\]).*$/, '$1'),
        path,
      ]),
    );
    return [...paths].flatMap((path) => {
      const name = nameAt(definition, path);
      return name === undefined ? [] : [`${pipelines.length > 1 ? `${label}: ` : ''}${path} is ${name}`];
    });
  });
  const more = names.length - shownNames;
  return `${names.slice(0, shownNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const shownNames = 12;

function nameAt(definition: unknown, path: string): string | undefined {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const part = keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined),
    definition,
  );
  const name = (part as { readonly name?: unknown } | undefined | null)?.name;
  return typeof name === 'string' ? name : undefined;
}

function meaningMistakes(pipeline: Outline): string[] {
  return [
    ...settingMistakes('sourceSetting', pipeline.sourceSetting),
    ...settingMistakes('exportSetting', pipeline.exportSetting),
    ...settingMistakes('processed.into', pipeline.into),
    ...(pipeline.into !== undefined && pipeline.into === pipeline.sourceSetting
      ? [at('processed.into', `${pipeline.into} is the sourceSetting already. Give the processed bucket a setting of its own`)]
      : []),
    ...pipeline.schedules.flatMap(({ path, value }) => {
      const mistake = cronMistake(value);
      return mistake === undefined ? [] : [at(path, mistake)];
    }),
    ...pipeline.schedules.flatMap(({ path }) =>
      path === 'schedules.daily' && !pipeline.feeds.some(({ partition }) => partition && 'group' in partition)
        ? [
            at(
              path,
              'runs a date, and no feed has a partition with a group of its match. Give one, or write { pickup, process, aggregate }',
            ),
          ]
        : [],
    ),
    ...extractMistakes(pipeline.extracts),
    ...alertMistakes(pipeline.alerts),
    ...pipeline.schedules.flatMap(({ path }) => feedScheduleMistake(path, pipeline)),
    ...pipeline.feeds.flatMap(feedMistakes),
    ...lakeMistakes(pipeline),
    ...entityMistakes(pipeline),
    ...surrogateMistakes(pipeline),
    ...vaultMistakes(pipeline),
  ];
}

function feedScheduleMistake(path: string, { feeds, feedsListed }: Outline): string[] {
  const [, wanted] = /^schedules\.feeds\.(.*)$/.exec(path) ?? [];
  if (wanted === undefined || !feedsListed) return [];
  const feed = feeds.find(({ name }) => name === wanted);
  if (!feed) return [at(path, `there is no feed ${wanted}`)];
  return feed.partition && 'group' in feed.partition
    ? []
    : [at(path, `${wanted} has no partition with a group of its match, so no date of it can be run`)];
}

function nameMistakes(names: readonly string[]): string[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [at(name, 'name: is the name of two pipelines. Rename one')] : []));
}

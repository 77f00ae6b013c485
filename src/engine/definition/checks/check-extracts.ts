import type { HttpExtract } from '../../extract/requests.js';
import { extractSchema } from '../schema/extract.js';
import { at } from '../shape-mistakes.js';
import { cronMistake } from './cron.js';
import { settingMistakes } from './setting-mistakes.js';

/** What of a definition's extracts goes beyond their shape. */
export function extractMistakes(extracts: unknown): string[] {
  if (!Array.isArray(extracts)) return [];
  const sound = extracts.map((extract) => extractSchema.safeParse(extract).data);
  return sound.flatMap((extract, index) => {
    if (!extract) return [];
    const path = `extracts[${index}]`;
    const tables = extract.kind === 'postgres' ? extract.tables : [];
    const cron = extract.schedule === undefined ? undefined : cronMistake(extract.schedule);
    const named = Object.entries({
      setting: extract.setting,
      into: extract.into,
      ...(extract.kind === 'postgres' ? { schemaSetting: extract.schemaSetting } : { tokenSetting: extract.tokenSetting }),
    });
    return [
      ...(sound.findIndex((other) => other?.name === extract.name) < index
        ? [at(`${path}.name`, `${extract.name} is the name of two extracts. Rename one`)]
        : []),
      ...(cron === undefined ? [] : [at(`${path}.schedule`, cron)]),
      ...named.flatMap(([name, value]) => settingMistakes(`${path}.${name}`, value)),
      ...(extract.kind === 'http' ? pathMistakes(path, extract) : []),
      ...tables.flatMap(({ name, key, mark, columns }, number) => {
        const lacking = columns ? [...key, mark].filter((column) => !columns.includes(column)) : [];
        return [
          ...(tables.findIndex((other) => other.name === name) < number
            ? [at(`${path}.tables[${number}].name`, `${name} is named twice. Take one out`)]
            : []),
          ...(lacking.length > 0 ? [at(`${path}.tables[${number}].columns`, `must hold the key and the mark: ${lacking.join(', ')}`)] : []),
        ];
      }),
    ];
  });
}

/** What stands in braces has values, and each value has its braces. */
function pathMistakes(place: string, { path, values = {} }: Pick<HttpExtract, 'path' | 'values'>): string[] {
  const named = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'date');
  return [
    ...named
      .filter((name) => !Object.hasOwn(values, name))
      .map((name) => at(`${place}.path`, `{${name}} has no values. Give them in values, or take it out`)),
    ...Object.keys(values)
      .filter((name) => !named.includes(name))
      .map((name) => at(`${place}.values.${name}`, `the path has no {${name}}. Put it there, or leave the values out`)),
  ];
}

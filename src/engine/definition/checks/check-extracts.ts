import { extractSchema } from '../schema/extract.js';
import { at } from '../shape-mistakes.js';
import { cronMistake } from './cron.js';

/** Settings that mean something else already. */
const reserved = /^(STRATA|AWS|TEMPORAL)_/;

/** What of a definition's extracts goes beyond their shape. */
export function extractMistakes(extracts: unknown): string[] {
  if (!Array.isArray(extracts)) return [];
  const sound = extracts.map((extract) => extractSchema.safeParse(extract).data);
  return sound.flatMap((extract, index) => {
    if (!extract) return [];
    const path = `extracts[${index}]`;
    const cron = extract.schedule === undefined ? undefined : cronMistake(extract.schedule);
    const settings = (['setting', 'schemaSetting', 'into'] as const).filter((name) => reserved.test(extract[name] ?? ''));
    return [
      ...(sound.findIndex((other) => other?.name === extract.name) < index
        ? [at(`${path}.name`, `${extract.name} is the name of two extracts; rename one`)]
        : []),
      ...(cron === undefined ? [] : [at(`${path}.schedule`, cron)]),
      ...settings.map((name) =>
        at(`${path}.${name}`, `${extract[name] ?? ''} may be a setting of Strata, AWS or Temporal; choose another name`),
      ),
      ...extract.tables.flatMap(({ name, key, mark, columns }, number) => {
        const lacking = columns ? [...key, mark].filter((column) => !columns.includes(column)) : [];
        return [
          ...(extract.tables.findIndex((other) => other.name === name) < number
            ? [at(`${path}.tables[${number}].name`, `${name} is named twice; take one out`)]
            : []),
          ...(lacking.length > 0 ? [at(`${path}.tables[${number}].columns`, `must hold the key and the mark: ${lacking.join(', ')}`)] : []),
        ];
      }),
    ];
  });
}

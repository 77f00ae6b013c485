import { alertSchema } from '../definition/schema/alerts.js';
import { at } from '../definition/shape-mistakes.js';

/** Settings that mean something else already. */
const reserved = /^(STRATA|AWS|TEMPORAL)_/;

/** What of a definition's alerts goes beyond their shape. */
export function alertMistakes(alerts: unknown): string[] {
  if (!Array.isArray(alerts)) return [];
  return alerts.flatMap((alert, index) => {
    const names = alertSchema.safeParse(alert).data?.to ?? [];
    return names.flatMap((name, place) =>
      reserved.test(name)
        ? [at(`alerts[${index}].to[${place}]`, `${name} may be a setting of Strata, AWS or Temporal. Choose another name`)]
        : [],
    );
  });
}

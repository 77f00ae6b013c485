import { settingMistakes } from '../definition/checks/setting-mistakes.js';
import { alertSchema } from '../definition/schema/alerts.js';

/** What of a definition's alerts goes beyond their shape. */
export function alertMistakes(alerts: unknown): string[] {
  if (!Array.isArray(alerts)) return [];
  return alerts.flatMap((alert, index) => {
    const names = alertSchema.safeParse(alert).data?.to ?? [];
    return names.flatMap((name, place) => settingMistakes(`alerts[${index}].to[${place}]`, name));
  });
}

import { keepsBlanks } from '../bulk/same-value.js';
import type { PipelineDefinition } from '../definition/types.js';
import type { Report } from './check-marts.js';
import type { MartDraft } from './mart.js';

/** Servers leave blanks at the end out where they compare texts, so a change of nothing else would never reach the mart. */
export function checkComparedTexts({ path, affected }: MartDraft, { feeds, entities }: PipelineDefinition, report: Report): void {
  for (const { entity, select } of affected) {
    const from = entities.find(({ name }) => name === entity)?.from.map(({ feed }) => feed) ?? [];
    const columns = feeds.filter(({ name }) => from.includes(name)).flatMap((feed) => feed.columns);
    const names = new Set(columns.filter(({ type }) => keepsBlanks(type)).map(({ name }) => name));
    for (const name of names) {
      const image = `(?:\\w+\\.)?(?:old|new)_${name}\\b`;
      if (new RegExp(`${image}\\s*(?:<=>|<>|!=|=)\\s*${image}`).test(select))
        report(
          path,
          `old_${name}`,
          `old_${name} is compared with new_${name} without blanks at the end, which ${name} keeps. Compare cast(old_${name} as binary) with cast(new_${name} as binary)`,
        );
    }
  }
}

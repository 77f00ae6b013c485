import { keepsBlanks } from '../bulk/same-value.js';
import { entitiesOf } from '../entities/entity.js';
import type { PipelineDefinition } from '../definition/types.js';
import type { Report } from './check-marts.js';
import type { MartDraft } from './mart.js';

/** Servers leave blanks at the end out where they compare texts, so a change of nothing else would never reach the mart. */
export function checkComparedTexts({ path, affected }: MartDraft, definition: PipelineDefinition, report: Report): void {
  const entities = entitiesOf(definition);
  for (const { entity, select } of affected) {
    const columns = entities.find(({ name }) => name === entity)?.columns ?? [];
    for (const { name } of columns.filter(({ type }) => keepsBlanks(type))) {
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

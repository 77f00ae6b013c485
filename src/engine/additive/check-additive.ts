import type { PipelineDefinition } from '../definition/types.js';
import { notCode } from '../marts/comments-and-strings.js';
import { references } from '../marts/references.js';
import type { Report } from '../marts/check-marts.js';
import type { AdditiveMartDraft } from './additive-mart.js';

/** What is wrong between additive marts and the definition. */
export function checkAdditiveMarts(marts: readonly AdditiveMartDraft[], { entities }: PipelineDefinition, report: Report): void {
  for (const { path, entity, rows, from } of marts) {
    // Those of areas, which are right.
    if (from) continue;
    const of = entities.find(({ name }) => name === entity);
    if (!of) report(path, '-- of:', `is of ${entity}, and the pipeline has no such entity`);
    else if (!of.append || of.cell === undefined)
      report(path, '-- of:', `is of ${entity}, and only entities with append: true and a cell have additive marts`);
    const code = rows.replace(new RegExp(notCode, 'g'), ' ');
    const read = [...code.matchAll(/(?<![\w.$])landed\.([a-z0-9_]+)/g)].map(([, name]) => name);
    if (read.length !== 1 || read[0] !== entity) report(path, '-- rows', `\`rows\` reads landed.${entity}, once`);
    for (const name of references(rows)) report(path, name, `\`rows\` reads landed.${entity} alone: what else it read could change`);
  }
}

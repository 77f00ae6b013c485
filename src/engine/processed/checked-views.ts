import type { CompiledPipeline } from '../compiled-pipeline.js';
import type { CheckedStatement } from '../marts/checked-statements.js';
import { columnList } from '../sql/identifier.js';

/** What lets the server say whether the views of newest rows have the columns of their facts. */
export function checkedViews({ catalog, processed }: Pick<CompiledPipeline, 'catalog' | 'processed'>): CheckedStatement[] {
  return processed.flatMap(({ columns, newest }) => {
    const view = catalog.views.find(({ target }) => target === newest?.view);
    if (!view) return [];
    const { path, name, select: written, line } = view;
    const values = columns.map((column) => column.name);
    return [{ path, written, line, sql: `select ${columnList(values, name)} from (\n${written}\n) ${name}` }];
  });
}

import type { AdditiveMerge } from '../additive/additive-merge.js';
import type { CompiledPipeline } from '../compiled-pipeline.js';

/** A statement made of what somebody wrote in a file: the server can say without running it whether it can be run. */
export interface CheckedStatement {
  readonly path: string;
  /** What the file says, and on which line it begins. */
  readonly written: string;
  readonly line: number;
  /** What is made of it. */
  readonly sql: string;
}

function addStatement({ adds }: AdditiveMerge): string {
  return adds.kind === 'rows' ? adds.add(1) : adds.add;
}

/** Every form in which the texts of a pipeline's marts and views are run. */
export function checkedStatements({
  catalog,
  martRefreshes,
  additiveMerges,
}: Pick<CompiledPipeline, 'catalog' | 'martRefreshes' | 'additiveMerges'>): CheckedStatement[] {
  const { marts, views, additiveMarts } = catalog;
  return [
    ...marts.flatMap(({ target, path, affected, rows: written, rowsLine: line }) => {
      const { findKeys, ofKeys, all, ofDays } = martRefreshes.find((refresh) => refresh.target === target)!;
      const keys = affected.map(({ select, line }, index) => ({ path, written: select, line, sql: findKeys[index]!.sql }));
      const replacements = [
        ...(affected.length > 0 ? [ofKeys.insert] : []),
        all.insert,
        ...(ofDays ? [...ofDays.before, ofDays.insert] : []),
      ];
      return [...keys, ...replacements.map(({ sql }) => ({ path, written, line, sql }))];
    }),
    ...additiveMarts.map(({ path, rows: written, rowsLine: line }, index) => ({
      path,
      written,
      line,
      sql: addStatement(additiveMerges[index]!),
    })),
    ...views.map(({ path, select, line }) => ({ path, written: select, line, sql: select })),
  ];
}

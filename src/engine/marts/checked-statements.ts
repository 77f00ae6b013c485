import type { MartCatalog } from './mart.js';
import { dayOf, insertAffectedKeys, insertRows, replaceDays } from './mart-statements.js';

/** A statement made of what somebody wrote in a file: the server can tell, without running it, whether it can be run. */
export interface CheckedStatement {
  readonly path: string;
  /** What the file says, and on which line it begins. */
  readonly written: string;
  readonly line: number;
  /** What is made of it. */
  readonly sql: string;
}

/** Every form in which the texts of a pipeline's marts and views are run. */
export function checkedStatements({ marts, views }: MartCatalog): CheckedStatement[] {
  return [
    ...marts.flatMap((mart) => {
      const { path, affected, rows: written, rowsLine: line } = mart;
      const day = dayOf(mart);
      const forms = [
        ...(affected.length > 0 ? [insertRows(mart, 'affected')] : []),
        insertRows(mart, 'all'),
        ...(day === undefined ? [] : replaceDays(mart, day)),
      ];
      const keys = affected.flatMap((one) => {
        const ranges = new Map([[one.entity, { after: 0n, upTo: 1n }]]);
        return insertAffectedKeys({ ...mart, affected: [one] }, ranges).map(({ sql }) => ({
          path,
          written: one.select,
          line: one.line,
          sql,
        }));
      });
      return [...keys, ...forms.map((sql) => ({ path, written, line, sql }))];
    }),
    ...views.map(({ path, select, line }) => ({ path, written: select, line, sql: select })),
  ];
}

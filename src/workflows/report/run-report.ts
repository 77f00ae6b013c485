import type { ProcessedResult } from '../../contracts/activities/processed.js';
import type { MartCounts, RunReport } from '../../contracts/workflows.js';
import { showDetails } from './current-details.js';
import { paragraphs, reportMarkdown } from './report-markdown.js';

/** The report of a running workflow. Temporal Web shows each update at once. */
export class LiveReport {
  readonly failures: string[];
  current: RunReport;

  /** `before`: the report of earlier runs of a workflow that continued as new. */
  constructor(
    private readonly heading = '',
    before?: RunReport,
  ) {
    this.failures = [...(before?.failures ?? [])];
    this.current = { pickups: {}, feeds: {}, vault: {}, marts: {}, ...before, failures: this.failures };
  }

  readonly update = (part: Partial<RunReport>): void => {
    this.current = { ...this.current, ...part };
    showDetails(paragraphs(this.heading, reportMarkdown(this.current)));
  };
}

/** The marts of several refreshes: keys and rows are added up, and the mode is that of the last refresh. */
export function sumOfMarts(before: RunReport['marts'], last: RunReport['marts']): RunReport['marts'] {
  const sums: Record<string, MartCounts> = { ...before };
  for (const [mart, { mode, keys, rows }] of Object.entries(last)) {
    sums[mart] = { mode, keys: keys + (sums[mart]?.keys ?? 0), rows: rows + (sums[mart]?.rows ?? 0) };
  }
  return sums;
}

/** Runs of the processed bucket: rows and bytes are added up, and the number is that of the last one. */
export function sumOfProcessed(before: ProcessedResult | undefined, last: ProcessedResult): ProcessedResult {
  const { run = null, tables = [] } = before ?? {};
  const names = new Set([...tables, ...last.tables].map(({ name }) => name));
  const sumOf = (name: string) => {
    const of = [...tables, ...last.tables].filter((table) => table.name === name);
    return { name, rows: of.reduce((sum, { rows }) => sum + rows, 0), bytes: of.reduce((sum, { bytes }) => sum + bytes, 0) };
  };
  return { ...last, run: last.run ?? run, tables: [...names].map(sumOf) };
}

/** Rows by table, added up. */
export function sumOfRows(before: Readonly<Record<string, number>>, last: Readonly<Record<string, number>>): Record<string, number> {
  const sums = { ...before };
  for (const [table, rows] of Object.entries(last)) sums[table] = rows + (sums[table] ?? 0);
  return sums;
}

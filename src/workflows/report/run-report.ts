import type { MartCounts, RunReport } from '../../contracts/workflows.js';
import { showDetails } from './current-details.js';
import { paragraphs, reportMarkdown } from './report-markdown.js';

/** The report of a run that is not over yet; each update shows in Temporal Web at once. */
export class LiveReport {
  readonly failures: string[];
  current: RunReport;

  /** `before` is what earlier runs of a continued workflow reported. */
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

/** The marts of several refreshes: keys and rows add up, the last one's mode counts. */
export function sumOfMarts(before: RunReport['marts'], last: RunReport['marts']): RunReport['marts'] {
  const sums: Record<string, MartCounts> = { ...before };
  for (const [mart, { mode, keys, rows }] of Object.entries(last)) {
    sums[mart] = { mode, keys: keys + (sums[mart]?.keys ?? 0), rows: rows + (sums[mart]?.rows ?? 0) };
  }
  return sums;
}

/** Rows by table, added up. */
export function sumOfRows(before: Readonly<Record<string, number>>, last: Readonly<Record<string, number>>): Record<string, number> {
  const sums = { ...before };
  for (const [table, rows] of Object.entries(last)) sums[table] = rows + (sums[table] ?? 0);
  return sums;
}

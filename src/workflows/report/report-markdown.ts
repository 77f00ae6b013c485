import { byCause } from '../../contracts/failures.js';
import { asCode, reportSections, type ReportLine, type ReportSection } from '../../contracts/report-tables.js';
import type { RunReport } from '../../contracts/workflows.js';

/** Markdown for Temporal Web: what failed, then what each layer did. Empty when there is nothing to say. */
export function reportMarkdown(report: Partial<RunReport>): string {
  return paragraphs(failureList(report.failures ?? []), ...reportSections(report).map(sectionMarkdown));
}

/** Markdown: the heading, the table, the lines. */
function sectionMarkdown({ heading, columns, rows, lines }: ReportSection): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = rows.length === 0 ? '' : [row(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(row)].join('\n');
  return paragraphs(`**${heading}**`, table, lines.map(lineMarkdown).join('\n'));
}

/** Markdown: an item of a list. */
export function lineMarkdown({ name, text }: ReportLine): string {
  return name === undefined ? `- ${text}` : `- ${asCode(name)} ${text}`;
}

function failureList(failures: readonly string[]): string {
  return failures.length === 0 ? '' : ['**Failed**', '', ...byCause(failures).map((line) => `- ${line}`)].join('\n');
}

/** The parts that have something to say, apart. */
export function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

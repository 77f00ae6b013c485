import { visibleLine } from '../../contracts/escape-controls.js';
import { reportSections, type ReportLine, type ReportSection } from '../../contracts/report-tables.js';
import type { RunReport } from '../../contracts/workflows.js';
import type { Output } from './output.js';

/** Prints what a run did, layer by layer. Layers that had nothing to do are left out. */
export function printReport(out: Output, report: Partial<RunReport>): void {
  for (const section of reportSections(report)) printSection(out, section);
}

function printSection(out: Output, { heading, columns, rows, lines }: ReportSection): void {
  out.line(`${heading}:`);
  if (rows.length > 0) out.table(columns, rows);
  for (const line of lines) out.line(`  ${lineText(line)}`);
  out.line();
}

function lineText({ name, text }: ReportLine): string {
  return name === undefined ? text : `${visibleLine(name)} ${text}`;
}

import type { RunReport } from '../contracts/workflows.js';
import { byteSize, grouped } from '../workflows/numbers.js';
import type { Output } from './output.js';

/** Prints what a run did, layer by layer; parts that did nothing are left out. */
export function printReport(out: Output, report: Partial<RunReport>): void {
  const pickups = Object.entries(report.pickups ?? {});
  if (pickups.length > 0) {
    out.table(
      ['feed', 'files', 'refused', 'failed', 'rows staged', 'quarantined', 'read'],
      pickups.map(([feed, counts]) => [
        feed,
        grouped(counts.staged),
        grouped(counts.refused),
        grouped(counts.failed),
        grouped(counts.rows),
        grouped(counts.quarantined),
        byteSize(counts.bytes),
      ]),
    );
    if (pickups.some(([, counts]) => counts.quarantined > 0 || counts.refused > 0)) out.line('see the quarantine: strata quarantine list');
    out.line();
  }
  const feeds = Object.entries(report.feeds ?? {});
  if (feeds.length > 0) {
    out.table(
      ['bulk', 'loads', 'inserted', 'updated', 'unchanged', 'superseded', 'outdated'],
      feeds.map(([feed, counts]) => [
        feed,
        ...[counts.loads, counts.inserted, counts.updated, counts.unchanged, counts.superseded, counts.outdated].map(grouped),
      ]),
    );
    out.line();
  }
  const vault = Object.values(report.vault ?? {});
  if (vault.length > 0) {
    out.line(`vault: ${grouped(vault.reduce((sum, rows) => sum + rows, 0))} rows into ${vault.length} tables`);
    out.line();
  }
  const marts = Object.entries(report.marts ?? {});
  if (marts.length > 0) {
    out.table(
      ['mart', 'how', 'keys', 'rows'],
      marts.map(([mart, counts]) => [mart, counts.mode, grouped(counts.keys), grouped(counts.rows)]),
    );
    out.line();
  }
}

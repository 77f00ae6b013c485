import { visibleLine } from '../contracts/visible.js';
import type { MartCounts, PickupCounts, RunReport } from '../contracts/workflows.js';
import { byteSize, counted, grouped } from '../workflows/numbers.js';
import { otherFiles } from '../workflows/pickup-counts.js';
import type { Output } from './output.js';

/** Prints what a run did, layer by layer; what had nothing to do is left out or counted. */
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
    for (const [feed, counts] of pickups) if (otherFiles(counts) !== '') out.line(`${feed}: ${otherFiles(counts)}`);
    printRefusals(out, pickups);
    out.line();
  }
  const feeds = Object.entries(report.feeds ?? {}).filter(([, counts]) => counts.loads > 0);
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
  const filled = vault.filter((rows) => rows > 0);
  if (filled.length > 0) {
    out.line(`vault: ${counted(filled.reduce((sum, rows) => sum + rows, 0), 'row')} into ${filled.length} of ${vault.length} tables`);
    out.line();
  }
  printMarts(out, Object.entries(report.marts ?? {}));
}

function printRefusals(out: Output, pickups: readonly [string, PickupCounts][]): void {
  for (const [, { refused, refusals = [] }] of pickups) {
    for (const { loadId, object, problem } of refusals) out.line(`refused: ${visibleLine(object)} (load ${loadId}): ${problem}`);
    if (refusals.length > 0 && refused > refusals.length) out.line(`refused: ${counted(refused - refusals.length, 'file')} more`);
  }
}

function printMarts(out: Output, marts: readonly [string, MartCounts][]): void {
  const changed = marts.filter(([, { mode }]) => mode !== 'current');
  if (changed.length > 0) {
    out.table(
      ['mart', 'how', 'keys', 'rows'],
      changed.map(([mart, counts]) => [mart, counts.mode, grouped(counts.keys), grouped(counts.rows)]),
    );
  }
  const current = marts.length - changed.length;
  if (current > 0) out.line(`${current} of ${marts.length} marts were current already`);
  if (marts.length > 0) out.line();
}

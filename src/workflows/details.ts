import type { FeedCounts, MartCounts, PickupCounts } from '../contracts/workflows.js';
import { byteSize, counted, grouped } from './numbers.js';
import { otherFiles } from './pickup-counts.js';

/** Markdown: a key as code, on one line, so that nothing in it is a link or a heading. */
export function asCode(key: string): string {
  return `\`${key.replaceAll('`', "'").replace(/[\r\n\u2028\u2029]/g, ' ')}\``;
}

/** Markdown for Temporal Web: what was picked up, by feed. */
export function pickupTable(pickups: Readonly<Record<string, PickupCounts>>): string {
  const rows = Object.entries(pickups).map(
    ([feed, counts]) =>
      `| ${feed} | ${grouped(counts.staged)} | ${grouped(counts.refused)} | ${grouped(counts.failed)} | ${grouped(counts.rows)} | ${grouped(counts.quarantined)} | ${byteSize(counts.bytes)} |`,
  );
  if (rows.length === 0) return '';
  const others = Object.entries(pickups).flatMap(([feed, counts]) => (otherFiles(counts) === '' ? [] : [`${feed}: ${otherFiles(counts)}`]));
  const table = ['**Files to staging**', '', '| feed | staged | refused | failed | rows | quarantined | read |', '|---|---|---|---|---|---|---|', ...rows].join('\n');
  return paragraphs(table, others.join('\n'));
}

/** Markdown: the first files that were refused, and why. */
export function refusalLines({ refusals = [], refused }: PickupCounts): string[] {
  const lines = refusals.map(({ loadId, object, problem }) => `- ${asCode(object)} (load ${loadId}): ${problem}`);
  const more = refused - refusals.length;
  return more > 0 && lines.length > 0 ? [...lines, `- and ${grouped(more)} more`] : lines;
}

/** Markdown: the files that were refused, by feed. */
export function refusalList(pickups: Readonly<Record<string, PickupCounts>>): string {
  const lines = Object.values(pickups).flatMap(refusalLines);
  return lines.length === 0 ? '' : ['**Refused files**', '', ...lines].join('\n');
}

/** Markdown: what processing did, by feed. */
export function feedTable(feeds: Readonly<Record<string, FeedCounts>>): string {
  const rows = Object.entries(feeds).map(
    ([feed, counts]) =>
      `| ${feed} | ${grouped(counts.loads)} | ${grouped(counts.inserted)} | ${grouped(counts.updated)} | ${grouped(counts.unchanged)} | ${grouped(counts.superseded)} | ${grouped(counts.outdated)} |`,
  );
  return rows.length === 0
    ? ''
    : ['**Staging to bulk**', '', '| feed | loads | inserted | updated | unchanged | superseded | outdated |', '|---|---|---|---|---|---|---|', ...rows].join('\n');
}

/** Markdown: what was refreshed, by mart. */
export function martTable(marts: Readonly<Record<string, MartCounts>>): string {
  const all = Object.entries(marts);
  const rows = all.filter(([, { mode }]) => mode !== 'current').map(([mart, counts]) => `| ${mart} | ${counts.mode} | ${grouped(counts.keys)} | ${grouped(counts.rows)} |`);
  const current = all.length - rows.length;
  return paragraphs(
    rows.length === 0 ? '' : ['**Bulk to bus**', '', '| mart | how | keys | rows |', '|---|---|---|---|', ...rows].join('\n'),
    current === 0 ? '' : `${current} of ${all.length} marts were current already`,
  );
}

/** Markdown: rows inserted into the vault in all. */
export function vaultLine(vault: Readonly<Record<string, number>>): string {
  const tables = Object.values(vault);
  return tables.length === 0 ? '' : `vault: ${counted(tables.reduce((sum, rows) => sum + rows, 0), 'row')} into ${counted(tables.length, 'table')}`;
}

/** Markdown: what failed. */
export function failureList(failures: readonly string[]): string {
  return failures.length === 0 ? '' : ['**Failed**', '', ...failures.map((line) => `- ${line}`)].join('\n');
}

/** The parts that have something to say, apart. */
export function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

import type { Project } from '../../../config/load-project.js';
import { datesOf } from '../../../contracts/dates/dates.js';
import { listOf, listText } from '../../../contracts/dates/dated-runs.js';
import { visibleLine } from '../../../contracts/escape-controls.js';
import { byteSize, counted, grouped } from '../../../contracts/format-numbers.js';
import type { RunInput } from '../../../contracts/workflows.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import type { Cli } from '../../cli.js';
import { feedsOfRun, foundFiles, type FoundFiles, type LeftAlone } from './found-files.js';

/** Dates shown one by one. */
const shown = 100;

/** `strata run --dry-run`: what is there to be loaded. How many rows it is exactly, only loading it tells. */
export async function dryRun(cli: Cli, project: Project, compiled: CompiledPipeline, input: RunInput, json: boolean): Promise<void> {
  const leftAlone: LeftAlone[] = [];
  const found = await cli.withWarehouse(project, (warehouse) => foundFiles({ project, warehouse, compiled, input, leftAlone }));
  const missing = Object.fromEntries(feedsOfRun(compiled, input).flatMap(({ name }) => missingOf(name, found, input)));
  if (json) return cli.out.json({ pipeline: compiled.definition.name, files: found, missing, leftAlone });
  print(cli, found, leftAlone);
  for (const [feed, dates] of Object.entries(missing))
    cli.out.prose(`no file of ${feed}${dates.length > 0 ? ` for ${counted(dates.length, 'date')}: ${listText(listOf(dates))}` : ''}`);
}

/** A feed without files, with the dates that it lacks. */
function missingOf(feed: string, found: readonly FoundFiles[], { dates }: RunInput): (readonly [string, readonly string[]])[] {
  const own = found.filter((row) => row.feed === feed);
  if (!dates) return own.length === 0 ? [[feed, []]] : [];
  const has = new Set(own.map(({ date }) => date));
  const without = datesOf(dates).filter((date) => !has.has(date));
  return without.length === 0 ? [] : [[feed, without]];
}

function print({ out }: Cli, found: readonly FoundFiles[], leftAlone: readonly LeftAlone[]): void {
  const hasNew = found.filter(({ newFiles }) => newFiles > 0);
  out.table(
    ['date', 'feed', 'files to load', 'size', 'lines, about', 'loaded already'],
    hasNew
      .slice(0, shown)
      .map(({ date, feed, files, newFiles, newBytes, newLines }) => [
        date ?? '',
        feed,
        grouped(newFiles),
        byteSize(newBytes),
        newLines === null ? '' : grouped(newLines),
        grouped(files - newFiles),
      ]),
  );
  if (hasNew.length > shown) out.prose(`and ${grouped(hasNew.length - shown)} more`);
  const sum = (of: (row: FoundFiles) => number) => found.reduce((total, row) => total + of(row), 0);
  const [files, bytes, lines] = [sum(({ newFiles }) => newFiles), sum(({ newBytes }) => newBytes), sum(({ newLines }) => newLines ?? 0)];
  const loaded = sum((row) => row.files) - files;
  const about = lines > 0 ? `, about ${counted(lines, 'line')}` : '';
  const packed = hasNew.some(({ newLines }) => newLines === null) ? ' (the lines of packed files are not counted)' : '';
  out.prose(
    `${counted(files, 'file')} to load, ${byteSize(bytes)}${about}${packed}. ${grouped(loaded)} loaded already. Nothing was started`,
  );
  for (const { key, reason, feeds } of leftAlone.slice(0, shown))
    out.prose(`${visibleLine(key)} is left alone: ${reason}${feeds.length > 1 ? ` (feeds: ${feeds.join(', ')})` : ''}`);
}

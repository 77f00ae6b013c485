import { createHash } from 'node:crypto';
import { checkReads } from '../dated/check-dated.js';
import { hasDate, type DatedExport } from '../dated/dated-output.js';
import type { PipelineDefinition } from '../definition/types.js';
import type { Mart, MartCatalog, MartFile, MartProblem } from '../marts/mart.js';
import { StrataError } from '../strata-error.js';
import type { Export } from './export.js';
import { lineOf } from '../marts/references.js';
import { parseExportFile } from './parse-export.js';
import { shareKeys } from './parts.js';

export interface Exports {
  readonly exports: readonly Export[];
  /** Those that make a file for each date. */
  readonly datedExports: readonly DatedExport[];
}

/**
 * The exports of a pipeline from the texts of its files, checked against its marts. Throws a StrataError `definition` that lists every
 * mistake with file and line.
 */
export function loadExports(files: readonly MartFile[], definition: PipelineDefinition, catalog: MartCatalog): Exports {
  const { marts, datedMarts } = catalog;
  const problems: MartProblem[] = [];
  const exports = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => parseExportFile(file, problems))
    .filter((each) => each !== null);
  const known = new Set(marts.map(({ target }) => target));
  const dated = new Set(datedMarts.map(({ target }) => target));
  for (const [index, each] of exports.entries()) {
    const { path, name, to, after } = each;
    const earlier = exports.slice(0, index);
    const problem = (text: string) => void problems.push({ path, line: 1, text });
    const twin = earlier.find((other) => other.name === name);
    if (twin) problem(`${twin.path} makes an export ${name} already. Rename one`);
    const shared = earlier.find((other) => shareKeys(other.to, to));
    if (shared) problem(`${shared.path} writes ${shared.to} already. Choose another key`);
    if (hasDate(to)) {
      const text = files.find((file) => file.path === path)?.text ?? '';
      checkReads(each, { definition, ...catalog }, (_path, mark, message) =>
        problems.push({ path, line: lineOf(text, mark), text: message }),
      );
      continue;
    }
    for (const target of after) {
      if (dated.has(target)) problem(`\`after\`: ${target} is a mart by date: put \`{date}\` into \`to\``);
      else if (!known.has(target)) problem(`\`after\`: ${definition.name} has no mart ${target}`);
    }
  }
  if (exports.length > 0 && definition.exportSetting === undefined) {
    problems.push({
      path: exports[0]?.path ?? '',
      line: 1,
      text: `${definition.name} needs an exportSetting, which names where files are written`,
    });
  }
  if (problems.length === 0) {
    return {
      exports: exports.filter(({ to }) => !hasDate(to)),
      datedExports: exports.filter(({ to }) => hasDate(to)).map((file) => datedExport(file, marts)),
    };
  }
  const list = problems.map(({ path, line, text }) => `${path}:${line}: ${text}`);
  throw new StrataError('definition', `the exports of ${definition.name} can't be run:\n${list.join('\n')}`);
}

/** What marts by date that it reads hold is told by the digest of each date; of the others their SQL counts. */
function datedExport(file: Export, marts: readonly Mart[]): DatedExport {
  const { name: output, reads, after } = file;
  const hash = createHash('sha256').update(file.checksum);
  for (const { target, checksum } of marts) if (after.includes(target)) hash.update(checksum);
  const checksum = hash.digest();
  return { kind: 'dated-export', output, reads, after, checksum, file: { ...file, checksum } };
}

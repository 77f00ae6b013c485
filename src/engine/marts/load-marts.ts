import { createHash } from 'node:crypto';
import type { AdditiveMart, AdditiveMartDraft } from '../additive/additive-mart.js';
import { resolveArea } from '../areas/area.js';
import { areaMarts } from '../areas/kept-sums.js';
import { undescribed } from '../bulk/tables.js';
import type { DatedMart } from '../dated/dated-output.js';
import type { DatedMartDraft } from '../dated/parse-dated-mart.js';
import type { PipelineDefinition } from '../definition/types.js';
import { StrataError } from '../strata-error.js';
import { checkMarts } from './check-marts.js';
import { martOrder } from './mart-order.js';
import type { Mart, MartCatalog, MartDraft, MartFile, MartProblem, View } from './mart.js';
import { parseMartFile } from './parse/parse-mart.js';

/**
 * The marts and views of a pipeline from the texts of its files, checked against its definition.
 * Throws a StrataError `definition` that lists every mistake with file and line.
 */
export function loadMarts(files: readonly MartFile[], definition: PipelineDefinition): MartCatalog {
  const problems: MartProblem[] = [];
  const parsed = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => parseMartFile(file, problems))
    .filter((item) => item !== null);
  const drafts = parsed.filter((item): item is MartDraft => item.kind === 'mart');
  const dated = parsed.filter((item): item is DatedMartDraft => item.kind === 'dated-mart');
  const additive = parsed.filter((item): item is AdditiveMartDraft => item.kind === 'additive');
  const ofAreas = (definition.areas ?? []).flatMap((area) => areaMarts(resolveArea(definition, area)));
  const views = parsed.filter((item): item is View => item.kind === 'view');
  problems.push(...checkMarts(files, { marts: drafts, dated, additive: [...ofAreas, ...additive], views }, definition));
  if (problems.length > 0) {
    const list = problems
      .sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1))
      .map((problem) => `${problem.path}:${problem.line}: ${problem.text}`);
    throw new StrataError('definition', `the marts of ${definition.name} can't be run:\n${list.join('\n')}`);
  }
  const marts = new Map<string, Mart>();
  for (const draft of inOrder(drafts)) marts.set(draft.target, { ...draft, checksum: checksumOf(draft, marts) });
  const datedMarts: readonly DatedMart[] = inOrder(dated).map((draft) => ({ ...draft, checksum: datedChecksum(draft, marts) }));
  const additiveMarts = [...ofAreas, ...additive.map((draft): AdditiveMart => ({ ...draft, checksum: additiveChecksum(draft) }))];
  return { marts: [...marts.values()], datedMarts, additiveMarts, views };
}

function inOrder<Draft extends MartDraft | DatedMartDraft>(drafts: readonly Draft[]): Draft[] {
  const byTarget = new Map(drafts.map((draft) => [draft.target, draft]));
  return martOrder(drafts).order.flatMap((target) => byTarget.get(target) ?? []);
}

/** Comments, spaces, descriptions and indexes don't decide rows. */
function plain(sql: string): string {
  return sql
    .split('\n')
    .filter((line) => !/^\s*--/.test(line))
    .join(' ')
    .replace(/\s+/g, ' ');
}

function additiveChecksum({ target, entity, key, values, columns, rows }: AdditiveMartDraft): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([target, entity, undescribed(key), values, columns, plain(rows)]))
    .digest();
}

/** What marts by date that it reads hold is told by the digest of each date. */
function datedChecksum({ target, by, columns, key, reads, after, rows }: DatedMartDraft, marts: ReadonlyMap<string, Mart>): Buffer {
  const others = after.map((name) => marts.get(name)?.checksum.toString('hex') ?? name);
  return createHash('sha256')
    .update(JSON.stringify([target, by, undescribed(columns), key, reads, others, plain(rows)]))
    .digest();
}

/** What the marts that it reads hold decides its rows too. */
function checksumOf(draft: MartDraft, before: ReadonlyMap<string, Mart>): Buffer {
  const after = draft.after.map((target) => before.get(target)?.checksum.toString('hex'));
  const { target, columns, key, refreshBy, countBy, affected, rows } = draft;
  const keys = affected.map(({ entity, select }) => [entity, plain(select)]);
  return createHash('sha256')
    .update(JSON.stringify([target, undescribed(columns), key, refreshBy, countBy, keys, plain(rows), after]))
    .digest();
}

import type { PipelineDefinition } from '../definition/types.js';
import { martOrder } from '../marts/mart-order.js';
import { bulkName, surrogateName } from '../names.js';
import { changeReferences, references } from '../marts/references.js';
import type { DatedRead } from './dated-output.js';
import type { DatedMartDraft } from './parse-dated-mart.js';

type Report = (path: string, mark: string, message: string) => void;

/** What an output by date says that it reads, and its SELECT. */
export interface DatedReader {
  readonly path: string;
  readonly reads: readonly DatedRead[];
  readonly after: readonly string[];
  readonly rows: string;
}

/** What outputs by date may read, of one pipeline. */
export interface DatedWorld {
  readonly definition: PipelineDefinition;
  readonly datedMarts: readonly { readonly target: string }[];
  /** The other marts, each with the entities whose changes it takes in. */
  readonly marts: readonly { readonly target: string; readonly reads: readonly string[] }[];
}

/** What is wrong between the marts by date, and between them and what they read. */
export function checkDatedMarts(marts: readonly DatedMartDraft[], world: DatedWorld, report: Report): void {
  for (const mart of marts) {
    checkReads(mart, world, report);
    if (mart.after.includes(mart.target)) report(mart.path, '-- after:', "can't be after itself");
  }
  const { cycle } = martOrder(marts);
  const [first] = marts.filter(({ target }) => cycle.includes(target));
  if (first) report(first.path, '-- after:', `marts read one another in a circle: ${cycle.join(', ')}`);
}

/** An output by date is stale when what it names under `reads` and `after` has changed, so it must read nothing else. */
export function checkReads({ path, reads, after, rows }: DatedReader, { definition, datedMarts, marts }: DatedWorld, report: Report): void {
  const isRead = (name: string) => reads.some(({ entity }) => entity === name);
  for (const { entity } of reads) {
    const mistake = entityMistake(entity, definition);
    if (mistake !== undefined) report(path, '-- reads:', `\`reads\`: ${mistake}`);
  }
  const others = marts.filter(({ target }) => after.includes(target));
  for (const target of after)
    if (![...datedMarts, ...marts].some((mart) => mart.target === target))
      report(path, '-- after:', `is after ${target}, and there is no such mart`);
  for (const { target, reads: entities } of others) {
    for (const entity of entities)
      if (!isRead(entity)) report(path, '-- after:', `\`reads\` must name ${entity}, because ${target} changes with it`);
  }
  const named = references(rows);
  const entityOfTable = new Map(definition.entities.map((entity) => [bulkName(definition, entity.name), entity.name]));
  for (const name of named) {
    const entity = entityOfTable.get(name);
    if (entity !== undefined) {
      if (!isRead(entity)) report(path, name, `${name} is read, but \`-- reads:\` does not name ${entity}`);
    } else if ([...datedMarts, ...marts].some(({ target }) => target === name)) {
      if (!after.includes(name)) report(path, name, `${name} is read, but is not named in \`after\``);
    } else if (!definition.surrogates.some((surrogate) => name === surrogateName(surrogate.name)))
      report(path, name, `${name} is neither a table of the definition nor a mart`);
  }
  for (const target of after) if (!named.has(target)) report(path, '-- after:', `is after ${target}, but never reads it`);
  for (const { entity } of reads)
    if (!named.has(bulkName(definition, entity)) && !others.some((mart) => mart.reads.includes(entity)))
      report(path, '-- reads:', `\`reads\` names ${entity}, but ${bulkName(definition, entity)} is never read`);
  if (changeReferences(rows).size > 0) report(path, 'changes.', "`rows` can't read changes");
}

function entityMistake(name: string, { name: pipeline, entities, feeds }: PipelineDefinition): string | undefined {
  const entity = entities.find((candidate) => candidate.name === name);
  if (!entity) return `${pipeline} has no entity ${name}`;
  const undated = entity.from.find(({ feed }) => feeds.find((candidate) => candidate.name === feed)?.partition === undefined);
  return undated && `the files of ${undated.feed}, which fills ${name}, have no dates: give the feed a \`partition\``;
}

import type { AdditiveMartDraft } from '../additive/additive-mart.js';
import { checkAdditiveMarts } from '../additive/check-additive.js';
import { sideTables } from '../append/append-tables.js';
import { checkDatedMarts } from '../dated/check-dated.js';
import type { DatedMartDraft } from '../dated/parse-dated-mart.js';
import type { PipelineDefinition } from '../definition/types.js';
import { bulkName, countTableName, idsName, isTableName, keyTableName, sumsName, surrogateName } from '../names.js';
import { deletesKeys } from '../entities/deletes.js';
import { keyedEntities, type Entity } from '../entities/entity.js';
import { checkComparedTexts } from './check-compared-texts.js';
import type { MartDraft, MartFile, MartProblem, View } from './mart.js';
import { martOrder } from './mart-order.js';
import { changeReferences, lineOf, references } from './references.js';

/** What the files of a pipeline say, and what its areas need. */
export interface Drafts {
  readonly marts: readonly MartDraft[];
  readonly dated: readonly DatedMartDraft[];
  readonly additive: readonly AdditiveMartDraft[];
  readonly views: readonly View[];
}

/** Everything that is wrong between files, and between files and the definition. */
export function checkMarts(files: readonly MartFile[], drafts: Drafts, definition: PipelineDefinition): MartProblem[] {
  const { marts, dated, additive, views } = drafts;
  const problems: MartProblem[] = [];
  const text = new Map(files.map((file) => [file.path, file.text]));
  const report = (path: string, mark: string, message: string) => {
    // Sections of the same entity may have the same mistake.
    const isKnown = problems.some((known) => known.path === path && known.text === message);
    if (!isKnown) problems.push({ path, line: lineOf(text.get(path) ?? '', mark), text: message });
  };
  const sums = additive.map(({ path, ...mart }) => ({ path, target: sumsName(mart.target) }));
  checkNames(marts, [...views, ...dated, ...additive, ...sums], report);
  const world = worldOf(drafts, definition);
  for (const mart of marts) {
    checkMart(mart, world, report);
    checkComparedTexts(mart, definition, report);
  }
  for (const view of views) {
    for (const name of references(view.select)) {
      const isKnown = [world.bulk, world.beside, world.sources, world.dated, world.additive].some((tables) => tables.has(name));
      if (!isKnown && !engineViews.includes(name)) report(view.path, name, `${name} is neither a table of the definition nor a mart`);
    }
  }
  const { cycle } = martOrder(marts);
  const [first] = marts.filter((mart) => cycle.includes(mart.target));
  if (first) report(first.path, '-- after:', `marts read one another in a circle: ${cycle.join(', ')}`);
  checkAdditiveMarts(additive, definition, report);
  checkDatedMarts(dated, { definition, datedMarts: dated, marts }, report);
  return problems;
}

/** What views may read of the engine's own: which dates each output by date has, and which runs of append entities count. */
const engineViews = ['gear.dated_outputs', 'gear.visible_runs'];

export type Report = (path: string, mark: string, message: string) => void;

interface World {
  readonly prefix: string;
  readonly entities: ReadonlySet<string>;
  /** Entities by their tables. */
  readonly bulk: ReadonlyMap<string, string>;
  /** Entities without changes. */
  readonly replaced: ReadonlySet<string>;
  readonly appended: ReadonlySet<string>;
  /** Entities whose keys can be deleted, by name. */
  readonly deleting: ReadonlyMap<string, Entity>;
  /** Dictionaries and copies of append entities, which views may read. */
  readonly beside: ReadonlySet<string>;
  /** Tables of gear and bus that may be read, with the mart that fills them; null for the engine's surrogates. */
  readonly sources: ReadonlyMap<string, string | null>;
  readonly byTarget: ReadonlyMap<string, MartDraft>;
  /** Targets of marts by date, which no other mart reads. */
  readonly dated: ReadonlySet<string>;
  /** Views of additive marts. */
  readonly additive: ReadonlySet<string>;
}

function worldOf({ marts, dated, additive }: Drafts, definition: PipelineDefinition): World {
  const entities = definition.entities.map(({ name }) => name);
  return {
    prefix: definition.tablePrefix ?? '',
    entities: new Set(entities),
    bulk: new Map(entities.map((name) => [bulkName(definition, name), name])),
    beside: new Set(sideTables(definition)),
    replaced: new Set(definition.entities.filter(({ replaces }) => replaces).map(({ name }) => name)),
    appended: new Set(definition.entities.filter(({ append }) => append).map(({ name }) => name)),
    deleting: deletingEntities(definition),
    sources: new Map<string, string | null>([
      ...definition.surrogates.map((surrogate) => [surrogateName(surrogate.name), null] as const),
      ...definition.entities.flatMap(({ name, ids }) => (ids === undefined ? [] : [[idsName(definition, name), null] as const])),
      ...marts.flatMap((mart) =>
        [mart.target, ...mart.countBy.map((grouping) => countTableName(mart, grouping))].map((name) => [name, mart.target] as const),
      ),
    ]),
    byTarget: new Map(marts.map((mart) => [mart.target, mart])),
    dated: new Set(dated.map(({ target }) => target)),
    additive: new Set(additive.map(({ target }) => target)),
  };
}

/** Built only where a feed deletes keys: what is wrong with other entities is said by their own checks. */
function deletingEntities(definition: PipelineDefinition): World['deleting'] {
  if (definition.feeds.every(({ delivery }) => delivery === undefined || delivery.kind === 'merge')) return new Map();
  const deleting = keyedEntities(definition).filter(deletesKeys);
  return new Map(deleting.map((entity) => [entity.name, entity]));
}

function checkNames(
  marts: readonly MartDraft[],
  others: readonly { readonly path: string; readonly target: string }[],
  report: Report,
): void {
  const seen = new Set<string>();
  const take = (path: string, name: string) => {
    if (seen.has(name)) report(path, '', `the name ${name} is taken by another file`);
    if (!isTableName(name)) report(path, '', `the name ${name} is too long: at most 64 characters`);
    seen.add(name);
  };
  for (const item of [...marts, ...others]) take(item.path, item.target);
  for (const mart of marts) {
    take(mart.path, keyTableName(mart));
    for (const grouping of mart.countBy) take(mart.path, countTableName(mart, grouping));
  }
}

function checkMart(mart: MartDraft, world: World, report: Report): void {
  const { path } = mart;
  for (const { entity, select } of mart.affected) {
    const section = `-- affected by ${entity}`;
    const changed = changeReferences(select);
    const prefixed = world.prefix + entity;
    if (!world.entities.has(entity)) report(path, section, `is affected by ${entity}, and the pipeline has no such entity`);
    else if (world.replaced.has(entity) || world.appended.has(entity)) report(path, section, withoutChanges(entity, world));
    else if (changed.has(prefixed) && prefixed !== entity)
      report(path, `changes.${prefixed}`, `changes are named without the tablePrefix: write changes.${entity}`);
    else if (!changed.has(entity)) report(path, section, `\`affected by ${entity}\` never looks at changes.${entity}`);
    for (const other of changed) {
      if (other !== entity && other !== prefixed)
        report(path, `changes.${other}`, `\`affected by ${entity}\` looks at changes.${other}: give ${other} a section of its own`);
    }
  }
  if (changeReferences(mart.rows).size > 0) report(path, '-- rows', "`rows` can't read changes: a rebuild computes it without them");
  if (mart.affected.length > 0 && !/\[\[[^\]]*\baffected\b/.test(mart.rows))
    report(path, '-- rows', '`rows` never joins `[[ affected ... ]]`');
  if (mart.affected.length === 0 && mart.rows.includes('[[')) report(path, '[[', 'a mart without `affected by` has no `[[ ... ]]`');
  checkDeletions(mart, world, report);
  checkReferences(mart, world, report);
  for (const target of mart.after) {
    const other = world.byTarget.get(target);
    if (world.dated.has(target))
      report(path, '-- after:', `is after ${target}, a mart by date, which only outputs by date and views can read`);
    else if (!other) report(path, '-- after:', `is after ${target}, and there is no such mart`);
    else if (target === mart.target) report(path, '-- after:', "can't be after itself");
    for (const entity of other?.reads ?? []) {
      if (!mart.reads.includes(entity))
        report(path, '-- after:', `needs a section \`affected by ${entity}\`, because ${target} changes with it`);
    }
  }
}

/** A deleted key has neither new values nor a row in bulk: by those alone, rows of marts would stay for ever. */
function checkDeletions({ path, affected }: MartDraft, { deleting }: World, report: Report): void {
  for (const [name, { values, tables }] of deleting) {
    const selects = affected.filter(({ entity }) => entity === name).map(({ select }) => select);
    const looksAt = (image: string) => selects.some((select) => new RegExp(`\\b${image}\\b`).test(select));
    const section = `-- affected by ${name}`;
    const alone = values.filter((value) => looksAt(`new_${value}`) && !looksAt(`old_${value}`));
    for (const value of alone)
      report(
        path,
        section,
        `\`affected by ${name}\` looks at new_${value} alone, and keys of ${name} can be deleted, which have no new values: add a section that looks at old_${value}`,
      );
    const isOld = (select: string) => values.some((value) => new RegExp(`\\bold_${value}\\b`).test(select));
    if (selects.some((select) => references(select).has(tables.bulk)) && !selects.some(isOld))
      report(
        path,
        section,
        `\`affected by ${name}\` reads ${tables.bulk}, and keys of ${name} can be deleted, which have no row there: add a section that looks at the old_ values of changes.${name}`,
      );
  }
}

function withoutChanges(entity: string, { appended }: World): string {
  if (appended.has(entity)) return `${entity} is appended to and has no changes, so only additive marts and views can read it`;
  return `${entity} replaces its partitions and has no changes, so only marts and exports by date and views can read it`;
}

function checkReferences(mart: MartDraft, world: World, report: Report): void {
  const filledBy = new Set<string>();
  for (const name of new Set([...references(mart.rows), ...mart.affected.flatMap(({ select }) => [...references(select)])])) {
    const owner = world.sources.get(name);
    const entity = world.bulk.get(name);
    if (entity !== undefined) {
      if (world.replaced.has(entity) || world.appended.has(entity)) report(mart.path, name, withoutChanges(entity, world));
      else if (!mart.reads.includes(entity))
        report(mart.path, name, `${name} is read, but no section \`affected by ${entity}\` says what its changes affect`);
    } else if (world.dated.has(name)) report(mart.path, name, `${name} is a mart by date, which only outputs by date and views can read`);
    else if (owner === undefined) report(mart.path, name, `${name} is neither a table of the definition nor a mart`);
    else if (owner !== null) {
      filledBy.add(owner);
      if (owner !== mart.target && !mart.after.includes(owner))
        report(mart.path, name, `${name} is read, but ${owner} is not named in \`after\``);
      if (owner === mart.target && references(mart.rows).has(name)) report(mart.path, name, '`rows` reads the table that it fills');
    }
  }
  for (const target of mart.after) {
    if (world.byTarget.has(target) && !filledBy.has(target)) report(mart.path, '-- after:', `is after ${target}, but never reads it`);
  }
}

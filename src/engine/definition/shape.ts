import { z } from 'zod';
import { identifierPattern } from '../sql/identifier.js';
import { durationRule, durationSeconds, releaseKinds } from './release.js';
import { otherDates, unsupportedKind, unsupportedProperty } from './wishes.js';
import type {
  ColumnDefinition,
  EntityDefinition,
  HubDefinition,
  LinkDefinition,
  PipelineDefinition,
  SatelliteDefinition,
  SurrogateDefinition,
} from './types.js';

/** A name of at most `length` characters, which leaves room for what is put before it in names of tables and columns. */
const name = (length: number) =>
  z
    .string()
    .regex(identifierPattern, 'must be snake_case: a lower-case letter, then lower-case letters, digits and _')
    .max(length, `must have at most ${length} characters, for the names that are made from it`);

const columnName = name(56);
const list = <Item extends z.ZodType>(item: Item, what: string) => z.array(item).min(1, `must hold at least one ${what}`);
const bound = z.string().regex(/^(0|[1-9]\d{0,19})$/, "must be a whole number from 0 to 2^64-1, written as text ('4294967295')");
const trimmed = z
  .string()
  .regex(/^(?![ \t\r\n])[^\0]*(?<![ \t\r\n])$/, 'must not begin or end with a blank, as values of files are trimmed');
const reasonName = name(64);

function kindMistake(kind: unknown): string {
  const unsupported = unsupportedKind(kind);
  return `must be 'integer', 'decimal', 'date', 'choice' or 'text'${unsupported === undefined ? '' : `; ${unsupported}`}`;
}

const columnType = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('integer'), min: bound, max: bound }),
    z.strictObject({
      kind: z.literal('decimal'),
      precision: z.int().min(1, 'must be 1..65').max(65, 'must be 1..65'),
      scale: z.int().min(0, 'must be 0..30').max(30, 'must be 0..30'),
    }),
    z.strictObject({
      kind: z.literal('date'),
      format: z.enum(['d/m/yyyy', 'yyyy-mm-dd'], { error: `must be 'd/m/yyyy' or 'yyyy-mm-dd'; ${otherDates}` }),
    }),
    z.strictObject({ kind: z.literal('choice'), values: list(trimmed.min(1, 'must not be empty').max(255), 'value') }),
    z.strictObject({
      kind: z.literal('text'),
      maxLength: z.int().min(1, 'must be 1..16000').max(16000, 'must be 1..16000'),
      empty: trimmed,
    }),
  ],
  { error: ({ input }) => kindMistake((input as { readonly kind?: unknown } | undefined)?.kind) },
);

export const columnShape: z.ZodType<ColumnDefinition> = z.strictObject({
  name: columnName,
  header: trimmed.min(1, 'must not be empty'),
  type: columnType,
  reason: z.union([reasonName, z.strictObject({ bad: reasonName, empty: reasonName })], {
    error: 'must be the name of a reason (snake_case), or { bad, empty } with two of them',
  }),
});

export const entityShape: z.ZodType<EntityDefinition> = z.strictObject({
  name: name(48),
  key: list(columnName, 'column: rows are merged by it'),
  values: z.array(columnName),
  indexes: z.array(list(columnName, 'column')).optional(),
});

const feedShape = z.strictObject({
  name: name(48),
  match: z.string().min(1, 'must not be empty'),
  columns: list(columnShape, 'column'),
  reasons: z.array(reasonName),
  entities: list(entityShape, 'entity'),
});

const entityColumn = z.strictObject({ entity: columnName, column: columnName });

export const surrogateShape: z.ZodType<SurrogateDefinition> = z.strictObject({
  name: name(56),
  id: columnName,
  value: columnName,
  from: list(entityColumn, 'entity column'),
  initial: z.array(trimmed).optional(),
});

export const hubShape: z.ZodType<HubDefinition> = z.strictObject({
  name: name(48),
  key: columnName,
  from: list(entityColumn, 'entity column'),
});

export const linkShape: z.ZodType<LinkDefinition> = z.strictObject({
  name: name(48),
  entity: columnName,
  hubs: z.array(z.strictObject({ hub: columnName, column: columnName })).min(2, 'must join at least two hubs'),
  dependent: z.array(columnName).optional(),
  driving: list(columnName, 'hub, or be left out').optional(),
});

export const satelliteShape: z.ZodType<SatelliteDefinition> = z.strictObject({
  name: name(48),
  entity: columnName,
  parent: z.union([z.strictObject({ hub: columnName, column: columnName }), z.strictObject({ link: columnName })], {
    error: 'must be { hub, column } or { link }',
  }),
  columns: list(columnName, 'column'),
});

const cron = z.string();

/** The shape of a definition; unknown properties are refused, so that a misspelt one is not silently without effect. */
export const pipelineShape: z.ZodType<PipelineDefinition> = z.strictObject({
  name: name(48),
  sourceSetting: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable, such as EASTROCK_SOURCE_URL'),
  schedules: z.strictObject({ pickup: cron, process: cron, aggregate: cron }),
  release: z.enum(releaseKinds, { error: "must be 'delete', 'archive' or 'keep'" }).optional(),
  releaseAfter: z
    .string()
    .refine((text) => durationSeconds(text) !== undefined, durationRule)
    .optional(),
  feeds: list(feedShape, 'feed'),
  surrogates: z.array(surrogateShape),
  vault: z.strictObject({ hubs: z.array(hubShape), links: z.array(linkShape), satellites: z.array(satelliteShape) }),
  sqlFolder: z
    .string()
    .min(1, 'must not be empty')
    .regex(/^(?![/\\])(?!.*(^|[/\\])\.\.([/\\]|$))/, 'must be a folder beside or below the definition: relative and without ..'),
});

/** What zod found, as lines of `path: what to do`. */
export function shapeMistakes(value: unknown): string[] {
  const result = pipelineShape.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => at(pathOf(issue.path), sentence(issue)));
}

/** `path: text`, or the text alone for the whole definition. */
export function at(path: string, text: string): string {
  return path === '' ? text : `${path}: ${text}`;
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((done, part) => {
    if (typeof part === 'number') return `${done}[${part}]`;
    return done === '' ? String(part) : `${done}.${String(part)}`;
  }, '');
}

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => JSON.stringify(key)).join(', ');
    const unsupported = issue.keys.flatMap((key) => unsupportedProperty(key) ?? []);
    return `does not know ${keys}; ${unsupported.length > 0 ? unsupported.join('; ') : 'remove it or fix its spelling'}`;
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return `is missing; give it as ${words[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_type') return `must be ${issue.expected === 'string' ? 'a ' : ''}${words[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_big' && issue.message.startsWith('Too big')) return `must have at most ${issue.maximum} characters`;
  return issue.message;
}

/** The library's names of types, in words. */
const words: Readonly<Record<string, string>> = {
  string: "string, in quotes ('...')",
  array: 'a list ([...]; [] for none)',
  object: 'an object ({ ... })',
  number: 'a number, without quotes',
  int: 'a whole number, without quotes',
  boolean: 'true or false',
};

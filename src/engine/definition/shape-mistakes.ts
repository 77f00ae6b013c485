import type { z } from 'zod';
import { pipelineSchema } from './schema/pipeline.js';
import { unsupportedProperty } from './wishes.js';

/** What zod found, as lines of `path: what to do`. */
export function shapeMistakes(value: unknown): string[] {
  const result = pipelineSchema.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => at(pathOf(issue.path), sentence(issue, nameIn(value))));
}

/** The name of the definition, where it has one. */
function nameIn(value: unknown): string | undefined {
  const { name } = (value ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' && pipelineSchema.shape.name.safeParse(name).success ? name : undefined;
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

function sentence(issue: z.core.$ZodIssue, pipeline: string | undefined): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => JSON.stringify(key)).join(', ');
    const unsupported = issue.keys.flatMap((key) => unsupportedProperty(key, pipeline) ?? []);
    return `does not know ${keys}; ${unsupported.length > 0 ? unsupported.join('; ') : 'remove it or fix its spelling'}`;
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return `is missing. Give it as ${words[issue.expected] ?? issue.expected}`;
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

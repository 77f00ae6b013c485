import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PipelineDefinition } from '../engine/definition/types.js';
import { validatePipelines } from '../engine/definition/validate.js';
import { StrataError } from '../engine/strata-error.js';
import { b2b } from '../pipelines/b2b.js';
import { eastrock } from '../pipelines/eastrock.js';
import { totesys } from '../pipelines/totesys.js';
import { totesysFiles } from '../pipelines/totesys-files.js';
import { trips } from '../pipelines/trips.js';
import { placedMessage } from './mistake-place.js';
import { parseDefinition, withoutMark } from './read-json.js';

/** A text of the pipeline's SQL folder. */
export interface SqlFile {
  /** Below the SQL folder, with forward slashes: `bus/daily_users.sql`. */
  readonly path: string;
  readonly text: string;
}

/** A validated definition with its SQL. */
export interface Pipeline {
  readonly definition: PipelineDefinition;
  /** Absolute path of its SQL folder. */
  readonly sqlFolder: string;
  /** All .sql files of the folder, by path. */
  readonly sqlFiles: readonly SqlFile[];
}

const builtIn: Readonly<Record<string, PipelineDefinition>> = { eastrock, b2b, totesys, totesys_files: totesysFiles, trips };
const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Loads and validates the pipelines that STRATA_PIPELINES names, separated by commas: names of built-in ones, and paths or
 * file: URLs of ES modules (default export) or .json files. Exactly those are loaded; when the setting is empty, the built-in ones whose
 * sources have an address, and `eastrock` where none has.
 * Throws a StrataError('definition') with every mistake of all of them.
 */
export async function loadPipelines(
  setting: string | undefined,
  workingFolder = process.cwd(),
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Pipeline[]> {
  const sources = (setting ?? '')
    .split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '');
  refuse(
    [...new Set(sources.filter((source, index) => sources.indexOf(source) < index))].map(
      (source) => `${source} stands twice in STRATA_PIPELINES`,
    ),
  );
  const loaded = await Promise.allSettled(
    (sources.length > 0 ? sources : withSource(environment)).map((source) => loadDefinition(source, workingFolder)),
  );
  refuse(loaded.flatMap((each) => (each.status === 'rejected' ? [messageOf(each.reason)] : [])));
  const found = loaded.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const definitions = validatePipelines(found.map(({ definition }) => definition));

  const pipelines = await Promise.allSettled(
    definitions.map(async (definition, index) => {
      const root = found[index]?.root ?? packageRoot;
      const sqlFolder = resolve(root, definition.sqlFolder);
      return { definition, sqlFolder, sqlFiles: await readSqlFiles(definition, sqlFolder) };
    }),
  );
  refuse(pipelines.flatMap((each) => (each.status === 'rejected' ? [messageOf(each.reason)] : [])));
  return pipelines.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

function withSource(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = Object.entries(builtIn).flatMap(([name, { sourceSetting }]) => ((environment[sourceSetting] ?? '') === '' ? [] : [name]));
  return names.length > 0 ? names : ['eastrock'];
}

async function loadDefinition(source: string, workingFolder: string): Promise<{ definition: unknown; root: string }> {
  if (Object.hasOwn(builtIn, source)) return { definition: builtIn[source], root: packageRoot };
  const file = source.startsWith('file:') ? fileURLToPath(source) : resolve(workingFolder, source);
  try {
    const definition: unknown = file.endsWith('.json')
      ? parseDefinition(withoutMark(await readFile(file, 'utf8')))
      : ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
    if (definition === undefined) throw new Error('it has no default export. Write: export default { ... }');
    return { definition, root: dirname(file) };
  } catch (error) {
    const known = `. Name a built-in pipeline (${Object.keys(builtIn).join(', ')}), an ES module or a .json file`;
    const reason = existsSync(file) ? await placedMessage(error, file) : `there is no file ${file}`;
    // Where the file is of a kind that is read, the mistake is in it and not in its name.
    const isNamedWell = existsSync(file) && /\.(json|[cm]?js)$/.test(file);
    throw new Error(`${source} (in STRATA_PIPELINES): ${reason}${isNamedWell ? '' : known}`);
  }
}

async function readSqlFiles(definition: PipelineDefinition, folder: string): Promise<SqlFile[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && /\.sql$/i.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
    const read = files.map(async (file) => ({
      path: relative(folder, file).split(sep).join('/'),
      text: withoutMark(await readFile(file, 'utf8')),
    }));
    return (await Promise.all(read)).sort((left, right) => (left.path < right.path ? -1 : 1));
  } catch (error) {
    throw new Error(`${definition.name}: sqlFolder: cannot read ${folder} (${messageOf(error)}). Make the folder or correct the path`);
  }
}

function refuse(mistakes: readonly string[]): void {
  if (mistakes.length > 0) {
    throw new StrataError('definition', `the pipelines' definitions cannot be loaded:\n${mistakes.map((line) => `  ${line}`).join('\n')}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

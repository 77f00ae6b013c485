import type { Command } from 'commander';
import type { ExtractInput } from '../../../contracts/activities/extract.js';
import { workflowIds, workflowTypes } from '../../../contracts/names.js';
import { attributesOf } from '../../../contracts/search-attributes.js';
import type { PipelineDefinition } from '../../../engine/definition/types.js';
import type { ExtractDefinition } from '../../../engine/extract/drift.js';
import type { HttpExtract } from '../../../engine/extract/requests.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { follow } from '../../follow/follow.js';
import { failOnHelp, parseFailOn, type LeftOut } from '../../follow/left-out.js';
import { startOrAttach, startOrAttachToSame } from '../../follow/start-or-attach.js';
import { withJson } from '../../grammar.js';
import { UsageError } from '../../usage-error.js';

type AnyExtract = ExtractDefinition | HttpExtract;

interface Options {
  readonly json?: boolean;
  readonly full?: boolean;
  readonly tables?: string;
  readonly extract?: string;
  readonly detach?: boolean;
  readonly failOn?: readonly LeftOut[];
}

/** `strata extract`: changed rows of a database, or answers of a server, to the lake, and on to bus, watched to its end. */
export function extractCommand(command: Command, cli: Cli): void {
  withJson(command, [
    'strata extract totesys',
    'strata extract totesys --full --tables sales_order,payment',
    'strata extract totesys --extract fx_rates',
    'strata extract totesys --detach',
  ])
    .argument('<pipeline>', 'the pipeline')
    .option(
      '--full',
      'read and write every row, also rows that the lake has, and accept changed columns. For a server: ask for every day again',
    )
    .option('--tables <tables>', 'only these tables (separate several by commas)')
    .option('--extract <name>', 'the extract, if the pipeline has several (default: the extract of its only database)')
    .option('--fail-on <kinds>', failOnHelp, parseFailOn)
    .option('--detach', 'start the run and do not watch it')
    .action(async (name: string, options: Options) => {
      const project = await cli.project();
      const { definition } = pipelineOf(project, name);
      const input = extractInput(definition, options);
      await cli.withTemporal(project, async (client) => {
        // Who asked for every row must not be told of the end of a run that read the changed ones.
        const start = input.full || input.tables ? startOrAttachToSame : startOrAttach;
        const { handle, attached, taskQueue } = await start(cli, project, client, workflowTypes.extract, {
          workflowId: workflowIds.extract(name, input.extract),
          args: [input],
          typedSearchAttributes: attributesOf({ pipeline: name }),
          staticSummary: 'source to bus',
          staticDetails: 'Brings what is new in the source into the lake, and from there to bus.',
        });
        if (attached && !options.json) cli.out.note(`${handle.workflowId} runs already: watching that one`);
        if (options.detach)
          return options.json ? cli.out.json({ workflowId: handle.workflowId, attached }) : cli.out.line(`${handle.workflowId} started`);
        await follow(cli, project, client, handle, {
          json: options.json,
          again: `strata extract ${name}`,
          taskQueue,
          failOn: options.failOn,
        });
      });
    });
}

function extractInput(definition: PipelineDefinition, { full, tables, extract }: Options): ExtractInput {
  const of = extractOf(definition, extract);
  const wanted = tables?.split(',').map((table) => table.trim());
  if (wanted && of.kind === 'http') throw new UsageError(`${of.name} asks a server and has no tables: leave --tables out`);
  const known = (of.kind === 'http' ? [] : of.tables).map((table) => table.name);
  const strange = (wanted ?? []).filter((table) => !known.includes(table));
  if (strange.length > 0) throw new UsageError(`${of.name} has no table ${strange.join(', ')}. Its tables are: ${known.join(', ')}`);
  return { pipeline: definition.name, extract: of.name, ...(full && { full }), ...(wanted && { tables: wanted }) };
}

/** The extract of that name, or the only one; of several the only one of a database. */
export function extractOf({ name, extracts = [] }: PipelineDefinition, wanted: string | undefined): AnyExtract {
  const names = extracts.map((extract) => extract.name).join(', ');
  const found = extracts.filter((extract) => wanted === undefined || extract.name === wanted);
  const databases = found.filter(({ kind }) => kind === 'postgres');
  const [first, ...more] = databases.length === 1 ? databases : found;
  if (extracts.length === 0) throw noExtract(name);
  if (more.length > 0) throw new UsageError(`${name} has several extracts. Name one with --extract: ${names}`);
  if (!first) throw new UsageError(`${name} has no extract ${wanted}. Its extracts are: ${names}`);
  return first;
}

/** The same of databases alone, whose lakes have runs. */
export function databaseExtractOf(definition: PipelineDefinition, wanted: string | undefined): ExtractDefinition {
  const found = extractOf(definition, wanted);
  if (found.kind === 'postgres') return found;
  throw new UsageError(`${found.name} asks a server. Its answers are not runs: they are objects below ${found.name}/ in the lake`);
}

/** All extracts of databases; a usage error where the pipeline has none. */
export function databaseExtractsOf({ name, extracts = [] }: PipelineDefinition): readonly ExtractDefinition[] {
  if (extracts.length === 0) throw noExtract(name);
  const found = extracts.filter((extract) => extract.kind === 'postgres');
  if (found.length === 0) throw new UsageError(`${name} reads no database: its extracts ask servers, whose answers have no tables`);
  return found;
}

function noExtract(pipeline: string): UsageError {
  return new UsageError(`${pipeline} has no extract: it reads no database and asks no server`);
}

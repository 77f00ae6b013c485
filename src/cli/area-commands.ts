import type { Command } from 'commander';
import type { CompiledPipeline } from '../engine/compiled-pipeline.js';
import type { Cli } from './cli.js';
import { commandList } from './command-list.js';

/**
 * Adds `strata <pipeline> <area>` where that is what was called: only then the definitions are read, so that all other commands need none.
 * An unknown word stays one, and a word alone is a command that was misspelled.
 */
export async function addCalledArea(program: Command, cli: Cli, argv: readonly string[]): Promise<void> {
  const [, , word, area] = argv;
  if (word === undefined || area === undefined || word.startsWith('-') || word === 'help' || commandList.some(({ name }) => name === word))
    return;
  const { pipelines } = await cli.project();
  const pipeline = pipelines.get(word);
  if (pipeline && pipeline.areas.length > 0) await addAreas(program, cli, pipeline);
}

/** A command of the pipeline's name, with one of each area's. */
export async function addAreas(program: Command, cli: Cli, { definition, areas }: CompiledPipeline): Promise<void> {
  const { areaCommand } = await import('./commands/area.js');
  const parent = program.command(definition.name).description(`answer questions about areas of ${definition.name}`);
  for (const area of areas) {
    const child = parent.command(area.name).description(area.description ?? `count ${area.entity} in an area, week by week`);
    areaCommand(child, cli, area);
  }
}

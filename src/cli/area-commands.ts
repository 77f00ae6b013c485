import type { Command } from 'commander';
import type { CompiledPipeline } from '../engine/compiled-pipeline.js';
import { noPipeline, type Cli } from './cli.js';
import { commandList } from './command-list.js';
import { UsageError } from './usage-error.js';

/**
 * Adds the commands of the pipeline that was called: `strata <pipeline> <area>`. The definitions are read only then, so that all other commands
 * need none. A word alone is a command that was misspelled.
 */
export async function addCalledArea(program: Command, cli: Cli, argv: readonly string[]): Promise<void> {
  const [, , word, area] = argv;
  if (word === undefined || area === undefined || word.startsWith('-') || word === 'help' || commandList.some(({ name }) => name === word))
    return;
  const project = await cli.project();
  const pipeline = project.pipelines.get(word);
  if (pipeline && pipeline.areas.length > 0) return addAreas(program, cli, pipeline);
  if (pipeline)
    throw new UsageError(
      `${word} is a pipeline without areas, so it has no commands of its own. To load its files, run: strata run ${word}`,
    );
  // Commander would answer --help after any word with the help of all commands.
  if (argv.includes('--help') || argv.includes('-h')) throw new UsageError(`there is no command ${word}, and ${noPipeline(project, word)}`);
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

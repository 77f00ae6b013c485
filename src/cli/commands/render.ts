import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { renderedSql } from '../../engine/schema/rendered-sql.js';
import { pipelinesOf, type Cli } from '../cli.js';
import { withJson } from '../grammar.js';

/** `strata render`: the SQL that the engine makes of a definition, written beside the definition's own. */
export function renderCommand(command: Command, cli: Cli): void {
  withJson(command, ['strata render', 'strata render eastrock'])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      // Its schemas take long to load: they would be loaded for the help too.
      const { renderedSql } = await import('../../engine/schema/rendered-sql.js');
      const project = await cli.project();
      const changed: string[] = [];
      for (const pipeline of pipelinesOf(project, name)) {
        const folder = project.sqlFolders.get(pipeline.definition.name)!;
        changed.push(...(await writeChanged(folder, renderedSql(pipeline))));
      }
      if (options.json) cli.out.json({ changed });
      else for (const line of changed.length > 0 ? changed : ['nothing to write: all rendered SQL is current']) cli.out.line(line);
    });
}

/** Writes what differs and removes what is no longer rendered; returns those files. */
async function writeChanged(folder: string, files: ReturnType<typeof renderedSql>): Promise<string[]> {
  const rendered = join(folder, 'rendered');
  await mkdir(rendered, { recursive: true });
  const changed: string[] = [];
  for (const { path, text } of files) {
    const file = join(folder, path);
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
    await writeFile(file, text);
    changed.push(file);
  }
  const wanted = new Set(files.map(({ path }) => path));
  for (const file of await readdir(rendered)) {
    if (wanted.has(`rendered/${file}`) || !file.endsWith('.sql')) continue;
    await rm(join(rendered, file));
    changed.push(join(rendered, file));
  }
  return changed;
}

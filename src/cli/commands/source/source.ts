import type { Command } from 'commander';
import { adoptSource, releaseOwnedSource } from '../../../activities/owner/adopt-source.js';
import { sourceState } from '../../../activities/owner/source-state.js';
import type { Project } from '../../../config/load-project.js';
import type { Warehouse } from '../../../engine/warehouse.js';
import { shownWarehouse } from '../../../engine/source-owner.js';
import { grouped } from '../../../contracts/format-numbers.js';
import { projectStores } from '../../../config/project-stores.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { withJson } from '../../grammar.js';
import { lostCommand } from './lost.js';

/** `strata source ...`: which warehouse a pipeline's source belongs to. */
export function sourceCommand(source: Command, cli: Cli): void {
  /** Adds a command about one pipeline's source. */
  const about = (name: string, description: string, act: (deps: Deps, json: boolean) => Promise<void>) =>
    withJson(source.command(name).description(description), [`strata source ${name} eastrock`])
      .argument('<pipeline>', 'the pipeline')
      .action(async (pipelineName: string, options: { json?: boolean }) => {
        const project = await cli.project({ warehouse: true, sources: true });
        const pipeline = pipelineOf(project, pipelineName).definition.name;
        await cli.withWarehouse(project, (warehouse) => act({ ...depsOf(project, pipeline), warehouse }, options.json ?? false));
      });

  about('show', 'show which warehouse the source belongs to, and whether it is this one', async (deps, json) => {
    const state = await sourceState(deps);
    cli.exitCode = state.problem === undefined ? 0 : 1;
    if (json)
      return cli.out.json({
        source: deps.store.url,
        owner: state.owner ?? null,
        warehouse: state.me,
        problem: state.problem ?? state.warning ?? null,
      });
    cli.out.prose(
      state.owner
        ? `${deps.store.url} belongs to ${shownWarehouse(state.owner)} since ${state.owner.since}`
        : `${deps.store.url} is not marked: the next pickup marks it`,
    );
    cli.out.prose(
      `this warehouse is ${shownWarehouse({ warehouse: state.me.uuid, schemaPrefix: state.me.schemaPrefix })}, its highest load is ${grouped(state.me.highestLoad)}`,
    );
    const problem = state.problem ?? state.warning;
    if (problem !== undefined) cli.out.note(problem);
  });
  about('adopt', 'make the source belong to this warehouse (stop the workers of its former owner first)', async (deps, json) => {
    const { former, owner, nextLoad } = await adoptSource(deps);
    if (json) return cli.out.json({ source: deps.store.url, former: former ?? null, owner, nextLoad });
    cli.out.prose(
      `${deps.store.url} belongs to ${shownWarehouse(owner)} now${former && former.warehouse !== owner.warehouse ? `, no longer to ${shownWarehouse(former)}` : ''}`,
    );
    cli.out.prose(`the next load has the id ${nextLoad} or a higher one`);
  });
  about('release', 'give the source up, so that it belongs to the warehouse that picks up from it next', async (deps, json) => {
    await releaseOwnedSource(deps);
    if (json) return cli.out.json({ source: deps.store.url, owner: null });
    cli.out.prose(`${deps.store.url} belongs to no warehouse now: the next pickup of any warehouse makes it its own`);
  });
  lostCommand(source.command('lost'), cli);
}

interface Deps {
  readonly warehouse: Warehouse;
  readonly pipeline: string;
  readonly store: ReturnType<ReturnType<typeof projectStores>['sourceOf']>;
}

function depsOf(project: Project, pipeline: string): Omit<Deps, 'warehouse'> {
  return { pipeline, store: projectStores(project).sourceOf(pipeline) };
}

import type { Client } from '@temporalio/client';
import type { Project, ProjectNeeds } from '../config/load-project.js';
import type { Environment } from '../config/settings.js';
import type { CompiledPipeline } from '../engine/compiled-pipeline.js';
import type { Warehouse } from '../engine/warehouse.js';
import { Output } from './terminal/output.js';
import { UsageError } from './usage-error.js';

/** Milliseconds without an answer after which a person should know what is waited for. */
const patience = 2_000;

/** What all commands share: the environment, the terminal and the exit code. What it connects to is imported when it is needed. */
export class Cli {
  exitCode = 0;

  constructor(
    readonly environment: Environment,
    readonly out = new Output(),
  ) {}

  /** Loads settings and definitions for one command. */
  async project(needs: ProjectNeeds = {}): Promise<Project> {
    const { loadProject } = await import('../config/load-project.js');
    return loadProject(this.environment, needs);
  }

  /** Runs `work` with a client of Temporal. */
  async withTemporal<Result>({ settings }: Project, work: (client: Client) => Promise<Result>): Promise<Result> {
    const { connectTemporal, temporalSettings } = await import('../connectors/temporal/connect.js');
    const temporal = temporalSettings(settings.environment);
    const slow = setTimeout(() => this.out.note(`waiting for Temporal at ${temporal.address}`), patience);
    const client = await connectTemporal(temporal).finally(() => clearTimeout(slow));
    try {
      return await work(client);
    } catch (error) {
      const { explainRequest } = await import('../connectors/temporal/explain-request.js');
      throw await explainRequest(error, client, temporal);
    } finally {
      await client.connection.close();
    }
  }

  /** Runs `work` with the warehouse; as the administrator where that is asked for. */
  async withWarehouse<Result>({ settings }: Project, work: (warehouse: Warehouse) => Promise<Result>, as?: 'admin'): Promise<Result> {
    const url = as === 'admin' ? settings.mysqlAdminUrl : settings.mysqlUrl;
    const { openWarehouse } = await import('../connectors/mysql/warehouse.js');
    const warehouse = openWarehouse({ url: url ?? '', prefix: settings.schemaPrefix, connections: 4 });
    try {
      return await work(warehouse);
    } finally {
      await warehouse.close();
    }
  }
}

/** The pipeline of that name, or a usage error that lists those that there are. */
export function pipelineOf(project: Project, name: string): CompiledPipeline {
  const pipeline = project.pipelines.get(name);
  if (!pipeline) throw new UsageError(noPipeline(project, name));
  return pipeline;
}

/** What to do about a pipeline that isn't there. */
export function noPipeline({ pipelines }: Project, name: string): string {
  return `there is no pipeline ${name} among: ${[...pipelines.keys()].join(', ')}. To add it, name all of them in STRATA_PIPELINES`;
}

/** The one named, or all. */
export function pipelinesOf(project: Project, name: string | undefined): CompiledPipeline[] {
  return name === undefined ? [...project.pipelines.values()] : [pipelineOf(project, name)];
}

/** Throws a usage error unless one of the pipelines has a feed of that name. */
export function knownFeed(pipelines: readonly CompiledPipeline[], name: string): void {
  const feeds = pipelines.flatMap(({ definition }) => definition.feeds.map((feed) => feed.name));
  if (!feeds.includes(name)) throw new UsageError(`there is no feed ${name}. The feeds are: ${feeds.join(', ')}`);
}

/** Checks the feed's name. */
export function feedNameOf({ definition }: CompiledPipeline, name: string): string {
  if (!definition.feeds.some((feed) => feed.name === name)) {
    throw new UsageError(
      `pipeline ${definition.name} has no feed ${name}. Its feeds are: ${definition.feeds.map((feed) => feed.name).join(', ')}`,
    );
  }
  return name;
}

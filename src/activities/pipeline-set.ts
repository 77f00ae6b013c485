import type { FeedDefinition, PipelineDefinition } from '../engine/definition/types.js';
import { stagingName } from '../engine/names.js';
import { StrataError } from '../engine/strata-error.js';
import type { Statements } from '../engine/warehouse.js';

/** A pipeline as a worker knows it. */
export interface KnownPipeline {
  readonly definition: PipelineDefinition;
  readonly fingerprint: string;
}

/** The pipelines that this worker knows, by name. */
export type PipelineSet = ReadonlyMap<string, KnownPipeline>;

/**
 * The pipeline of that name. Every activity gets its pipeline here. Throws `definition` if this worker was started without it, and
 * `contention` if strata migrate has applied other definitions, so that a worker with those takes the work. Otherwise results would
 * depend on which worker takes the work.
 */
export async function pipelineOf<Pipeline extends KnownPipeline>(
  pipelines: ReadonlyMap<string, Pipeline>,
  name: string,
  warehouse: Pick<Statements, 'query'>,
): Promise<Pipeline> {
  const pipeline = pipelines.get(name);
  if (pipeline === undefined)
    throw new StrataError(
      'definition',
      `this worker has no pipeline ${name}, only ${[...pipelines.keys()].join(', ')}. Check STRATA_PIPELINES of the worker`,
    );
  const [applied] = await warehouse.query<{ fingerprint: string; applied_at: string }>(
    'select fingerprint, applied_at from gear.definitions where pipeline = ?',
    [name],
  );
  if (applied?.fingerprint === pipeline.fingerprint) return pipeline;
  if (!applied) throw new StrataError('misconfigured', `no definitions of ${name} were applied to the warehouse. Run: strata migrate`);
  throw new StrataError(
    'contention',
    `this worker has the definitions ${pipeline.fingerprint} of ${name}, but strata migrate applied ${applied.fingerprint} at ${applied.applied_at.slice(0, 19)} UTC. ` +
      'Restart this worker with the definitions that were applied. If its own are the right ones, run with them: strata migrate',
  );
}

/** A feed and the name of its table. */
export interface KnownFeed {
  readonly feed: FeedDefinition;
  readonly staging: string;
}

/** The feed of that name with its pipeline; see `pipelineOf`. */
export async function feedOf<Pipeline extends KnownPipeline>(
  pipelines: ReadonlyMap<string, Pipeline>,
  pipeline: string,
  name: string,
  warehouse: Pick<Statements, 'query'>,
): Promise<Pipeline & KnownFeed> {
  const known = await pipelineOf(pipelines, pipeline, warehouse);
  const { definition } = known;
  const feed = definition.feeds.find((candidate) => candidate.name === name);
  if (!feed)
    throw new StrataError(
      'definition',
      `pipeline ${pipeline} has no feed ${name}, only ${definition.feeds.map((known) => known.name).join(', ')}. Start a worker of the version that defines it`,
    );
  return { ...known, feed, staging: stagingName(definition, feed.name) };
}

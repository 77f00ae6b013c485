import type { FeedDefinition, PipelineDefinition } from '../engine/definition/types.js';
import { StrataError } from '../engine/strata-error.js';

/** The pipelines that this worker knows, by name. */
export type PipelineSet = ReadonlyMap<string, { readonly definition: PipelineDefinition }>;

/** The pipeline of that name; throws `definition` where this worker was started without it. */
export function pipelineOf<Pipeline>(pipelines: ReadonlyMap<string, Pipeline>, name: string): Pipeline {
  const pipeline = pipelines.get(name);
  if (pipeline === undefined)
    throw new StrataError('definition', `this worker has no pipeline ${name}, only ${[...pipelines.keys()].join(', ')}; check STRATA_PIPELINES of the worker`);
  return pipeline;
}

export function definitionOf(pipelines: PipelineSet, name: string): PipelineDefinition {
  return pipelineOf(pipelines, name).definition;
}

export function feedOf(pipelines: PipelineSet, pipeline: string, name: string): FeedDefinition {
  const { feeds } = definitionOf(pipelines, pipeline);
  const feed = feeds.find((candidate) => candidate.name === name);
  if (!feed) throw new StrataError('definition', `pipeline ${pipeline} has no feed ${name}, only ${feeds.map((known) => known.name).join(', ')}`);
  return feed;
}

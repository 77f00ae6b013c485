import type { OutputWish } from '../../contracts/outputs.js';
import type { DatedOutput } from '../../engine/dated/dated-output.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';
import { StrataError } from '../../engine/strata-error.js';

export interface OutputPipeline {
  readonly definition: PipelineDefinition;
  readonly datedOutputs: readonly DatedOutput[];
}

/** The outputs that are wished for, each behind those that it reads. Throws `definition` for a name that no output has. */
export function selectedOutputs({ definition, datedOutputs }: OutputPipeline, { outputs, feeds }: OutputWish): readonly DatedOutput[] {
  for (const name of outputs ?? []) outputOf({ definition, datedOutputs }, name);
  const named = outputs === undefined ? datedOutputs : datedOutputs.filter(({ output }) => outputs.includes(output));
  if (feeds === undefined) return named;
  const entities = new Set(entitiesOf(definition, feeds));
  const reading = new Set<string>();
  for (const { output, reads, after } of datedOutputs)
    if (reads.some(({ entity }) => entities.has(entity)) || after.some((target) => reading.has(target))) reading.add(output);
  return named.filter(({ output }) => reading.has(output));
}

/** Throws `definition` where the pipeline has no such output. */
export function outputOf({ definition, datedOutputs }: OutputPipeline, name: string): DatedOutput {
  const output = datedOutputs.find((candidate) => candidate.output === name);
  if (output) return output;
  throw new StrataError(
    'definition',
    `there is no output by date ${name} in the pipeline ${definition.name}, only ${datedOutputs.map((each) => each.output).join(', ')}. Run: strata exports list ${definition.name}`,
  );
}

/** What the feeds fill. */
function entitiesOf(definition: PipelineDefinition, feeds: readonly string[]): string[] {
  return definition.entities.filter(({ from }) => from.some(({ feed }) => feeds.includes(feed))).map(({ name }) => name);
}

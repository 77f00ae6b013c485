import { addDays, countDates } from '../../contracts/dates/dates.js';
import type { OutputDate, OutputPlan, OutputWish } from '../../contracts/outputs.js';
import type { DatedOutput } from '../../engine/dated/dated-output.js';
import { outputDigest, type PartitionStates } from '../../engine/dated/partition-states.js';
import { StoreError, type ObjectStore } from '../../engine/object-store.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { outputKey, partitionStates, writtenOutputs, type WrittenOutputs } from '../../gear/outputs/dated-outputs.js';
import { isFileInPlace } from '../exports/in-place.js';
import { selectedOutputs, type OutputPipeline } from './selected-outputs.js';

/** Dates of one plan, so that a plan stays small. The next plan looks at later dates. */
const datesOfPlan = 100;

export interface PlanOptions {
  /** The last date of the plan before this one. */
  readonly after?: string | undefined;
  /** Where exports are written; undefined where there are none. */
  readonly storeUrl: string | undefined;
  /** Where the files of wanted dates are looked for. Without it they count as in place. */
  readonly look?: { readonly store: ObjectStore; readonly signal: AbortSignal } | undefined;
}

/**
 * Which of the wanted outputs have to be written: those of the wanted dates, and those of other dates that were written before and are
 * stale. A file of a date that is named is stale too if somebody has removed or replaced it: who asks for a date gets its files.
 */
export async function planOutputs(
  warehouse: Warehouse,
  pipeline: OutputPipeline,
  wish: OutputWish,
  { after = '', storeUrl, look }: PlanOptions,
): Promise<OutputPlan> {
  const { name } = pipeline.definition;
  const selected = selectedOutputs(pipeline, wish);
  const entities = [...new Set(pipeline.datedOutputs.flatMap(({ reads }) => reads.map(({ entity }) => entity)))];
  const written = await writtenOutputs(warehouse, name, after);
  const states = await partitionStates(warehouse, name, entities);
  const staleness = new Staleness(pipeline.datedOutputs, states, written, storeUrl);
  const asked = new Set(wish.delivered ? deliveredDates(states, pipeline) : datesOf(wish));
  const before = wish.again ? [] : [...written.keys()].map((key) => key.slice(-10));
  const dates = [...new Set([...asked, ...before])].filter((date) => date > after).sort();
  const isLost = async (output: DatedOutput, date: string) => {
    const file = written.get(outputKey(output.output, date))?.file;
    if (!file || !look) return false;
    try {
      return !(await isFileInPlace(warehouse, look.store, file, look.signal));
    } catch (error) {
      // A store that refuses the look is the failure of the outputs that have files, and stops no other one.
      if (error instanceof StoreError && error.kind !== 'unavailable') return true;
      throw error;
    }
  };
  const steps = selected.map(({ output, after: needs }) => ({ output, after: needs }));
  const plan: OutputDate[] = [];
  let current = 0;
  for (const [index, date] of dates.entries()) {
    if (plan.length === datesOfPlan) return { outputs: steps, dates: plan, current, next: dates[index - 1]! };
    const isAsked = asked.has(date);
    const known = isAsked ? selected : selected.filter(({ output }) => written.has(outputKey(output, date)));
    const needed = await Promise.all(
      known.map(async (each) => wish.again || staleness.isStale(each, date) || (isAsked && wish.dates && (await isLost(each, date)))),
    );
    const outputs = known.flatMap((each, index) => (needed[index] ? [selected.indexOf(each)] : []));
    if (isAsked) current += selected.length - outputs.length;
    if (outputs.length > 0) plan.push({ date, asked: isAsked, outputs });
  }
  return { outputs: steps, dates: plan, current, next: null };
}

/** Compares what outputs were made from with what there is now. */
class Staleness {
  private readonly digests = new Map<string, Buffer>();

  constructor(
    private readonly outputs: readonly DatedOutput[],
    private readonly states: PartitionStates,
    private readonly written: WrittenOutputs,
    private readonly storeUrl: string | undefined,
  ) {}

  isStale(output: DatedOutput, date: string): boolean {
    const before = this.written.get(outputKey(output.output, date));
    if (!before?.checksum.equals(output.checksum) || !before.digest.equals(this.digestOf(output, date))) return true;
    return before.isChanging || (before.file !== undefined && before.file.storeUrl !== this.storeUrl);
  }

  /** What it is made from once the marts that it reads are up to date. */
  private digestOf({ output, reads, after }: DatedOutput, date: string): Buffer {
    const key = outputKey(output, date);
    const known = this.digests.get(key);
    if (known) return known;
    const marts = this.outputs.filter((other) => after.includes(other.output));
    const digest = outputDigest(
      reads,
      reads.map((read) => this.states.at(read, date)),
      marts.map((mart) => ({ checksum: mart.checksum, digest: this.digestOf(mart, date) })),
    );
    this.digests.set(key, digest);
    return digest;
  }
}

/** The dates that have files. The one date of feeds without a date for each file does not count. */
function deliveredDates(states: PartitionStates, { definition }: OutputPipeline): string[] {
  const initial = definition.feeds.flatMap(({ partition }) => (partition && 'value' in partition ? [partition.value] : []));
  return states.dates.filter((date) => !initial.includes(date));
}

function datesOf({ dates }: OutputWish): string[] {
  return dates ? Array.from({ length: countDates(dates) }, (_, days) => addDays(dates.from, days)) : [];
}

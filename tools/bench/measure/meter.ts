import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from '../../programs/run-program.js';
import { canMeasure, cpuSeconds, peakMemory, resetPeak } from './processes.js';

/** Processes by name; one without processes is not measured. */
export type ProcessGroups<Group extends string> = Readonly<Record<Group, readonly number[]>>;

export interface Measured<Group extends string> {
  readonly seconds: number;
  /** CPU seconds by group. */
  readonly cpu: Readonly<Record<Group, number>>;
  /** Peak memory in bytes by group: that of its largest process. */
  readonly peak: Readonly<Record<Group, number>>;
}

/** Runs `work` and says what it took. */
export async function measure<Group extends string, T>(
  groups: ProcessGroups<Group>,
  work: () => Promise<T>,
): Promise<Measured<Group> & { readonly result: T }> {
  await ofEach(groups, resetPeak);
  const before = await ofEach(groups, cpuSeconds);
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  const cpu = await ofEach(groups, cpuSeconds);
  for (const name in cpu) cpu[name] -= before[name];
  return { result, seconds, cpu, peak: await ofEach(groups, peakMemory) };
}

/** A value of each group; NaN of one without processes. */
async function ofEach<Group extends string>(
  groups: ProcessGroups<Group>,
  valueOf: (pids: readonly number[]) => Promise<number>,
): Promise<Record<Group, number>> {
  const values = Object.entries<readonly number[]>(groups).map(async ([name, pids]) => [
    name,
    pids.length === 0 ? NaN : await valueOf(pids),
  ]);
  // The type of Object.fromEntries knows no names.
  return Object.fromEntries(await Promise.all(values)) as Record<Group, number>;
}

/** Waits until these processes rest, so that what one contender leaves behind (purging, flushing) is not the next one's; 15 s at most. */
export async function settled(pids: readonly number[], mostMs = 15_000): Promise<void> {
  if (!canMeasure || pids.length === 0) return;
  const deadline = performance.now() + mostMs;
  for (let before = await cpuSeconds(pids); performance.now() < deadline;) {
    await sleep(200);
    const now = await cpuSeconds(pids);
    if (now - before <= 0.02) return;
    before = now;
  }
}

export interface Contender<Sample> {
  readonly name: string;
  measure(round: number): Promise<Sample>;
}

/** What contenders measured, in the order of rounds. */
export class Samples<Sample> extends Map<string, readonly Sample[]> {
  of(name: string): readonly Sample[] {
    return this.get(name) ?? [];
  }

  add(name: string, sample: Sample): void {
    this.set(name, [...this.of(name), sample]);
  }
}

/** Contenders in turns: one round after the other, in each round every contender, first a different one each time. */
export async function interleave<Sample>(rounds: number, contenders: readonly Contender<Sample>[], say: Say): Promise<Samples<Sample>> {
  const samples = new Samples<Sample>();
  for (let round = 0; round < rounds; round++) {
    const first = round % contenders.length;
    for (const { name, measure: once } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      say(`round ${round + 1} of ${rounds}: ${name}`);
      samples.add(name, await once(round));
    }
  }
  return samples;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { canMeasure, cpuSeconds, peakMemory, resetPeak } from './processes.mjs';

/**
 * Runs `work` and says what it took.
 * @template T
 * @param {Record<string, readonly number[]>} groups processes by name; one without processes is not measured
 * @param {() => Promise<T>} work
 * @returns {Promise<{ result: T, seconds: number, cpu: Record<string, number>, peak: Record<string, number> }>} CPU seconds and
 *   peak memory in bytes by group; the peak is that of its largest process
 */
export async function measure(groups, work) {
  const ofEach = async (value) =>
    Object.fromEntries(
      await Promise.all(Object.entries(groups).map(async ([name, pids]) => [name, pids.length === 0 ? NaN : await value(pids)])),
    );
  await ofEach(resetPeak);
  const before = await ofEach(cpuSeconds);
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  const after = await ofEach(cpuSeconds);
  const cpu = Object.fromEntries(Object.keys(groups).map((name) => [name, after[name] - before[name]]));
  return { result, seconds, cpu, peak: await ofEach(peakMemory) };
}

/** Waits until these processes rest, so that what one contender leaves behind (purging, flushing) is not the next one's; 15 s at most. */
export async function settled(pids, mostMs = 15_000) {
  if (!canMeasure || pids.length === 0) return;
  const deadline = performance.now() + mostMs;
  for (let before = await cpuSeconds(pids); performance.now() < deadline;) {
    await sleep(200);
    const now = await cpuSeconds(pids);
    if (now - before <= 0.02) return;
    before = now;
  }
}

/**
 * Contenders in turns: one round after the other, in each round every contender, first a different one each time.
 * @param {number} rounds
 * @param {readonly { name: string, measure: (round: number) => Promise<object> }[]} contenders
 * @param {(line: string) => void} say
 * @returns {Promise<Map<string, object[]>>} what each measured, by its name, in the order of rounds
 */
export async function interleave(rounds, contenders, say) {
  const samples = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const { name, measure: once } = contenders[(round + turn) % contenders.length];
      say(`round ${round + 1} of ${rounds}: ${name}`);
      samples.get(name).push(await once(round));
    }
  }
  return samples;
}

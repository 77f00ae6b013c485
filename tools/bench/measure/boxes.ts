import { between, random, type Random } from '../../samples/random.js';
import { cities, type City } from '../../samples/trips/files.js';
import type { Bench } from '../context.js';
import { startServing } from '../lab/announcing-endpoint.js';
import type { Lab } from '../lab/lab.js';
import { quantile } from '../report/statistics.js';

const points = ['origin', 'destination', 'both'] as const;
type By = (typeof points)[number];

/** Degrees: a block lies in one cell, a district is four cells wide, and a city has a border of its own. */
const shapes = { block: 0.004, district: 0.04, city: Infinity } as const;

interface Question {
  readonly name: string;
  readonly question: string;
  readonly by: By | '';
  /** Of the path. */
  readonly query: string;
  /** Of a trip that it counts. */
  readonly condition: string;
}

export interface Answered {
  readonly question: string;
  readonly by: string;
  readonly asked: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

/** By what was asked and by which point. */
export type Answers = ReadonlyMap<string, Answered>;

/** Asks a `strata serve` of the lab's about boxes of three sizes by each point and about regions. Throws where an answer is not what a count of all rows gives. */
export async function askBoxes(bench: Bench, lab: Lab): Promise<Answers> {
  const address = await startServing(lab);
  const { quick } = bench.options;
  const questions = questionsOf(random(7), quick ? 2 : 5);
  const counts = await bruteForce(lab, questions);
  const times = new Map<string, { readonly of: Question; readonly ms: number[] }>();
  for (const round of [0, 1, 2])
    for (const [index, of] of questions.entries()) {
      bench.say(`round ${round + 1} of 3: question ${index + 1} of ${questions.length}`);
      const began = performance.now();
      const response = await fetch(`http://${address}/api/trips/weekly?${of.query}`, { signal: bench.signal });
      const answer = (await response.json()) as { readonly trips?: number; readonly error?: string };
      const ms = performance.now() - began;
      if (answer.trips !== counts[index])
        throw new Error(`${of.query}: ${answer.trips ?? answer.error} trips, and a count of all rows gives ${counts[index]}`);
      const known = times.get(of.name) ?? { of, ms: [] };
      // The first round warms the server's pages.
      if (round > 0) known.ms.push(ms);
      times.set(of.name, known);
    }
  return new Map(
    [...times].map(([name, { of, ms }]) => [
      name,
      { question: of.question, by: of.by, asked: ms.length, p50: quantile(ms, 0.5), p95: quantile(ms, 0.95) },
    ]),
  );
}

function questionsOf(next: Random, boxes: number): readonly Question[] {
  const ofBoxes = Object.entries(shapes).flatMap(([shape, size]) =>
    Array.from({ length: boxes }, (_, index) => boxOf(next, cities[index % cities.length]!, size)).flatMap((box) =>
      points.map((by) => ({
        name: `${shape} by ${by}`,
        question: shape,
        by,
        query: `box=${box.map((unit) => (unit / 1e7).toFixed(7)).join(',')}&by=${by}`,
        condition: (by === 'both' ? (['origin', 'destination'] as const) : [by]).map((point) => inside(box, point)).join(' and '),
      })),
    ),
  );
  const ofRegions = cities.map(({ region }) => ({
    name: 'region',
    question: 'region',
    by: '' as const,
    query: `region=${region}`,
    condition: `t.region = (select id from {bulk}.trips_region where value = '${region}')`,
  }));
  return [...ofBoxes, ...ofRegions];
}

type Corners = readonly [west: number, south: number, east: number, north: number];

/** Corners in 1e-7 degrees, somewhere in the city; a city's own lie a little inside of its edges, so that every border cell is cut. */
function boxOf(next: Random, { west, south, width, height }: City, size: number): Corners {
  const inset = between(next, 10_000, 90_000);
  const [w, s, e, n] = [west, south, west + width, south + height].map((degrees) => Math.round(degrees * 1e7)) as unknown as Corners;
  if (size === Infinity) return [w + inset, s + inset, e - inset, n - inset];
  const units = Math.round(size * 1e7);
  const [x, y] = [between(next, w, e - units), between(next, s, n - units)];
  return [x, y, x + units, y + units];
}

function inside([west, south, east, north]: Corners, point: 'origin' | 'destination'): string {
  return `t.${point}_lon between ${west} and ${east} and t.${point}_lat between ${south} and ${north}`;
}

/** One look at every row, for all questions. */
async function bruteForce(lab: Lab, questions: readonly Question[]): Promise<readonly number[]> {
  const sums = questions.map(({ condition }, index) => `sum(${condition}) as q${index}`);
  const [row] = await lab.query<Record<string, number | string>>(`select ${sums.join(', ')} from {bulk}.trips t`);
  return questions.map((_, index) => Number(row?.[`q${index}`]));
}

import { Readable } from 'node:stream';
import { UAParser } from 'ua-parser-js';
import { createEnrichments } from '../../../src/connectors/enrichments.js';
import { compileContract } from '../../../src/engine/read/contract.js';
import { derivationsOf } from '../../../src/engine/read/fields/derivation.js';
import { ObjectScan } from '../../../src/engine/read/object-scan.js';
import { b2b } from '../../../src/pipelines/b2b.js';
import { blocks } from '../../samples/csv-file.js';
import { agents, visitLine } from '../../samples/b2b/visits.js';
import { random } from '../../samples/random.js';

/** A web log in memory. */
export interface WebLog {
  readonly lines: number;
  /** A different one for each line when there are as many. */
  readonly agents: readonly string[];
  readonly parts: readonly Buffer[];
}

export const logReaders = ['regular expression', 'library alone', 'Strata'] as const;
export type LogReader = (typeof logReaders)[number];

const day = new Date('2020-06-22T00:00:00Z');
/** All that one expression can do: it cuts the line. */
const combined = /^(\S+) \S+ (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d+) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$/;

export function webLog(lines: number, different: number): WebLog {
  const names = Array.from({ length: different }, (_, index) => agentOf(index));
  const next = random(lines + different);
  function* rows(): Generator<string> {
    for (let line = 0; line < lines; line++) yield visitLine(next, day, 10_000).replace(/"[^"]*"$/, `"${names[line % different]}"`);
  }
  return { lines, agents: names, parts: [...blocks(undefined, rows())].map((block) => Buffer.from(block, 'latin1')) };
}

/** Browsers, each within another application. */
function agentOf(index: number): string {
  const browsers = agents.filter((agent) => agent.startsWith('Mozilla') && !agent.includes('bot'));
  return `${browsers[index % browsers.length]} App/${index}`;
}

/** Lines a second of one processor. */
export async function logSpeed(log: WebLog, reader: LogReader): Promise<number> {
  const before = process.cpuUsage();
  const taken = await takes[reader](log);
  const { user, system } = process.cpuUsage(before);
  if (taken !== log.lines) throw new Error(`${reader}: ${taken} of ${log.lines} lines were taken`);
  return log.lines / ((user + system) / 1e6);
}

const takes: Readonly<Record<LogReader, (log: WebLog) => Promise<number>>> = {
  'regular expression': ({ parts }) => {
    let found = 0;
    for (const part of parts) for (const line of part.toString('latin1').split('\n')) if (combined.test(line)) found += 1;
    return Promise.resolve(found);
  },
  'library alone': ({ agents, lines }) => {
    for (const agent of agents) new UAParser(agent).getResult();
    return Promise.resolve(lines);
  },
  /** What a worker does with the bytes of a log until the server gets its rows, country and device included. */
  Strata: async ({ parts }) => {
    const contract = compileContract(b2b.feeds.find(({ name }) => name === 'weblogs')!);
    const scan = new ObjectScan(contract, Readable.from(parts), { derivations: derivationsOf(contract, createEnrichments()) });
    await scan.readHeader();
    while (!scan.done) {
      const { lines } = scan.chunk({ bytes: 64 << 20, rejectBytes: 8 << 20 });
      // Pulled as LOAD DATA pulls them.
      for await (const part of lines()) void part;
    }
    return scan.rowsRead;
  },
};

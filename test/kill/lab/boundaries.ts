import type { ProxiedRequest } from '../../support/proxies/http-proxy.js';
import type { Moment, ProxiedStatement, Verdict } from '../../support/proxies/mysql-proxy.js';
import type { Lab } from './lab.js';

/** A point of a run at which something commits, or is about to. */
export interface Boundary {
  readonly name: string;
  arm(lab: Lab, act: () => Promise<Verdict>): void;
}

/** Every worker dies at each of them, once, and another one takes over; the function says how often that has happened. */
export function dieAt(lab: Lab, boundaries: readonly Boundary[]): () => number {
  let died = 0;
  for (const boundary of boundaries) {
    boundary.arm(lab, async () => {
      died += 1;
      await lab.replaceWorkers();
      return 'cut';
    });
  }
  return () => died;
}

const places = {
  first: /load_chunks where load_id = \d+ and chunk_number = 0 for update/,
  middle: /load_chunks where load_id = \d+ and chunk_number = 1 for update/,
  last: /update \S*gear\S*\.loads[^]*staged_at = utc_timestamp/,
} as const;

/** The commit of one chunk of the feed's file. */
export function stagingCommit(moment: Moment, feed: string, place: keyof typeof places): Boundary {
  const load = new RegExp(`^load data local infile \\S+ into table \\S*staging\\S*\\.\`?${feed}\`?\\s`);
  return atCommit(
    `${moment} the staging commit of the ${place} chunk of ${feed}`,
    moment,
    (earlier) => some(earlier, load) && some(earlier, places[place]),
  );
}

/** The commit that divides a file into ranges. */
export function planCommit(moment: Moment): Boundary {
  return atCommit(`${moment} the commit of the plan`, moment, (earlier) =>
    some(earlier, /^update \S*gear\S*\.loads set header = .*, bytes_read = /),
  );
}

/** The first commit of one range. */
export function rangeCommit(moment: Moment, feed: string, range: number): Boundary {
  const load = new RegExp(`^load data local infile \\S+ into table \\S*staging\\S*\\.\`?${feed}\`?\\s`);
  const lock = new RegExp(`load_chunks where load_id = \\d+ and chunk_number = ${range} for update`);
  return atCommit(`${moment} a commit of range ${range}`, moment, (earlier) => some(earlier, load) && some(earlier, lock));
}

export function claimCommit(moment: Moment, feed: string): Boundary {
  return atCommit(`${moment} the claim of ${feed}`, moment, (earlier) =>
    some(earlier, new RegExp(`^insert into \\S*gear\\S*\\.loads[^]*'${feed}'`)),
  );
}

export function processingCommit(moment: Moment, feed: string): Boundary {
  const number = new RegExp(`^update \\S*gear\\S*\\.feeds set batch_number = .* and feed = '${feed}'$`);
  return atCommit(`${moment} the processing commit of ${feed}`, moment, (earlier) => some(earlier, number));
}

/** The commit of a mart's or a vault table's transaction, which began with its own row. */
export function targetCommit(moment: Moment, target: string): Boundary {
  const lock = new RegExp(`\\.marts where target = '${target}' for update$`);
  return atCommit(`${moment} the commit of ${target}`, moment, (earlier) => some(earlier, lock));
}

export function sourceDelete(moment: Moment, name: string): Boundary {
  return {
    name: `${moment} the delete of ${name}`,
    arm: (lab, act) => lab.s3.at(moment, isRequest('DELETE', name), act),
  };
}

/** The copy of the object to its archive. */
export function archiveCopy(moment: Moment, name: string): Boundary {
  return {
    name: `${moment} the copy of ${name} to the archive`,
    arm: (lab, act) =>
      lab.s3.at(moment, ({ method, path }) => method === 'PUT' && path.includes('/archive/') && path.endsWith(`/${name}`), act),
  };
}

/** The commit that notes what became of a file, the n-th one. */
export function releaseCommit(moment: Moment, n: number): Boundary {
  let seen = 0;
  const isRelease = ({ sql }: ProxiedStatement) => /^update \S*gear\S*\.loads set source_state = '(?!present)/.test(sql);
  return {
    name: `${moment} the ${n}. note of what became of a file`,
    arm: (lab, act) => lab.mysql.at(moment, (statement) => isRelease(statement) && ++seen === n, act),
  };
}

export function isRequest(method: string, name: string): (asked: ProxiedRequest) => boolean {
  return (asked) => asked.method === method && asked.path.endsWith(`/${name}`);
}

function atCommit(name: string, moment: Moment, matches: (earlier: ProxiedStatement['transaction']) => boolean): Boundary {
  return { name, arm: (lab, act) => lab.mysql.at(moment, ({ sql, transaction }) => sql === 'commit' && matches(transaction), act) };
}

function some(statements: readonly string[], pattern: RegExp): boolean {
  return statements.some((statement) => pattern.test(statement));
}

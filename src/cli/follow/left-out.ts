import { InvalidArgumentError } from 'commander';
import type { RunReport } from '../../contracts/workflows.js';
import { countLeftAlone, filesOfFeeds } from '../../contracts/listed-files.js';
import { counted } from '../../contracts/format-numbers.js';

/** What a run that went well may have left out of the warehouse. */
export const leftOut = ['refused', 'quarantined', 'replaced', 'gone', 'left-alone'] as const;
export type LeftOut = (typeof leftOut)[number];

const sentences: Record<LeftOut, (count: number) => string> = {
  refused: (count) => `${counted(count, 'file was', 'files were')} refused`,
  quarantined: (count) => `${counted(count, 'row')} of these files went to quarantine`,
  replaced: (count) => `${counted(count, 'file was', 'files were')} replaced while being read`,
  gone: (count) => `${counted(count, 'file was', 'files were')} removed while being read`,
  'left-alone': (count) => `${counted(count, 'file was', 'files were')} left alone`,
};

/** What lists them; of those left alone the first are in the report. */
const commands: Record<LeftOut, string | undefined> = {
  refused: 'strata loads --state refused',
  quarantined: 'strata quarantine list',
  replaced: 'strata loads --state replaced',
  gone: 'strata loads --state gone',
  'left-alone': undefined,
};

export const failOnHelp = `exit with 1 if any of these occurred: ${leftOut.join(', ')} (separate several by commas)`;

/** Parses the list of `--fail-on`. */
export function parseFailOn(text: string): readonly LeftOut[] {
  return text.split(',').map((part) => {
    const kind = leftOut.find((one) => one === part.trim());
    if (!kind) throw new InvalidArgumentError(`${JSON.stringify(part.trim())} is not one of ${leftOut.join(', ')}`);
    return kind;
  });
}

export interface LeftOutPart {
  readonly kind: LeftOut;
  readonly sentence: string;
  readonly command: string | undefined;
}

/**
 * What was left out, each kind with its sentence and what lists it; nothing of what is zero. `isBackfill`: the files are not in the
 * pipeline's source, which `strata status` lists.
 */
export function leftOutOf({ pickups = {}, feeds = {} }: Partial<RunReport>, isBackfill: boolean): readonly LeftOutPart[] {
  const hasMore = filesOfFeeds(pickups, ({ leftAlone }) => leftAlone).more.length > 0;
  const snapshots = Object.values(feeds).reduce((sum, { refused = 0 }) => sum + refused, 0);
  return leftOut.flatMap((kind) => {
    const ofPickups =
      kind === 'left-alone' ? countLeftAlone(pickups) : Object.values(pickups).reduce((sum, counts) => sum + counts[kind], 0);
    const count = ofPickups + (kind === 'refused' ? snapshots : 0);
    const command = kind === 'left-alone' && hasMore && !isBackfill ? 'strata status --all' : commands[kind];
    return count === 0 ? [] : [{ kind, sentence: sentences[kind](count), command }];
  });
}

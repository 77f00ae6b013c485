import { stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { visibleLine } from '../../../contracts/escape-controls.js';
import { counted } from '../../../contracts/format-numbers.js';
import { writeDefinition } from '../../../engine/guess/write-definition.js';
import { UnreadableFileError } from '../../../engine/read/decode/unreadable-file-error.js';
import type { Cli } from '../../cli.js';
import { withExamples } from '../../grammar.js';
import { UsageError } from '../../usage-error.js';
import { readSample } from './read-sample.js';

interface Options {
  readonly from: string;
  readonly to?: string;
}

/** `strata feed ...`: definitions from samples. */
export function feedCommand(feed: Command, cli: Cli): void {
  addCommand(feed.command('add'), cli);
}

/** `strata feed add`: a first definition, to be corrected by a person. */
function addCommand(command: Command, cli: Cli): void {
  withExamples(command.description('write a first definition in TypeScript: types guessed from all rows of a CSV file'), [
    'strata feed add visits --from visits_2025-01.csv',
    'strata feed add visits --from visits_2025-01.csv.gz --to visits/visits.ts',
  ])
    .argument('<name>', 'the name of the pipeline, its feed and its table, in snake_case')
    .requiredOption(
      '--from <file>',
      'the sample: a CSV file with any delimiter, in UTF-8, UTF-16 or Windows-1252, also packed with gzip or zstd',
    )
    .option('--to <file>', 'the file to write, which must not exist yet (default: stdout)')
    .action(async (name: string, { from, to }: Options) => {
      if (!/^[a-z][a-z0-9_]{0,47}$/.test(name))
        throw new UsageError(
          `${JSON.stringify(name)} is not a name. Begin with a lower-case letter, go on with a-z, 0-9 and _, at most 48 characters`,
        );
      const found = await stat(from).catch(() => undefined);
      if (!found?.isFile()) throw new UsageError(`there is no file ${visibleLine(from)}`);
      const file = basename(from);
      const sample = await readSample(from).catch((error: unknown) => {
        throw error instanceof UnreadableFileError ? new UsageError(error.message) : error;
      });
      const text = writeDefinition({ name, file, match: matchOf(file), ...sample });
      if (to === undefined) return void (await cli.out.bytes(Buffer.from(text)));
      await writeFile(to, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'EEXIST' ? new UsageError(`${visibleLine(to)} is there already. Name another file with --to`) : error;
      });
      cli.out.prose(
        `${visibleLine(to)} written from ${counted(sample.rows, 'row')}. Read its comments, make the folder sql beside it, then run: strata check`,
      );
    });
}

/** Files whose names begin as this one does, up to its first digit, and have its ending. */
function matchOf(file: string): string {
  const ending = /(\.[A-Za-z]+)+$/.exec(file)?.[0] ?? '';
  const start = file.slice(0, file.length - ending.length).replace(/[^A-Za-z]*\d.*$/s, '');
  const escape = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return `^${escape(start)}.*${escape(ending)}$`;
}

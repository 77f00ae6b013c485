// npm run generate -- FOLDER [--pipeline NAME] [--rows N] [--seed N]: sample files of a pipeline, the same ones for the same seed.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { firstB2bDay, writeB2bFiles } from './samples/b2b/files.js';
import { writeSampleFiles } from './samples/eastrock-files.js';
import { writeTripFiles } from './samples/trips/files.js';

const usage = `usage: npm run generate -- FOLDER [--pipeline NAME] [--rows N] [--seed N] [--days N] [--from DATE]

Writes sample files, some rows of which break the contract, into the folder: the same ones for the same seed.
  eastrock   users.csv, games.csv and payments.csv with N rows in all (default 6000); the pipeline when none is named
  b2b        data/init/*.csv, and the files of N days (default 3) in data/raw/<date>, with about N rows a day (default 6000)
  trips      trips.csv, which is real, and trips_N.csv with N trips (default 6000)

Examples:
  npm run generate -- ./samples --rows 100000 --seed 7
  npm run generate -- ./samples --pipeline b2b --days 30 --from 2020-06-01`;

export async function main(args: readonly string[]): Promise<void> {
  const read = readArguments(args);
  const [folder, ...others] = read?.folders ?? [];
  if (read?.help) console.log(usage);
  else if (read && folder !== undefined && others.length === 0 && isPossible(read)) {
    const target = path.resolve(process.env.INIT_CWD ?? '.', folder);
    const files = await writers[read.pipeline]!(target, read);
    for (const file of files) console.log(path.resolve(target, file));
  } else {
    console.error(usage);
    process.exitCode = 2;
  }
}

/** By pipeline. */
const writers: Readonly<Record<string, (folder: string, read: Arguments) => Promise<readonly string[]>>> = {
  eastrock: writeSampleFiles,
  b2b: writeB2bFiles,
  trips: writeTripFiles,
};

type Arguments = NonNullable<ReturnType<typeof readArguments>>;

function isPossible({ pipeline, rows, seed, days, from }: Arguments): boolean {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(from) && !Number.isNaN(Date.parse(`${from}T00:00:00Z`));
  return Object.hasOwn(writers, pipeline) && isDay && rows > 0 && days > 0 && [rows, seed, days].every(Number.isSafeInteger);
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        pipeline: { type: 'string', default: 'eastrock' },
        rows: { type: 'string', default: '6000' },
        seed: { type: 'string', default: '1' },
        days: { type: 'string', default: '3' },
        from: { type: 'string', default: firstB2bDay },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const { rows, seed, days } = values;
    return { ...values, folders: positionals, rows: Number(rows), seed: Number(seed), days: Number(days) };
  } catch {
    return undefined;
  }
}

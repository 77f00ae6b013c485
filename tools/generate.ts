// npm run generate -- FOLDER [--rows N] [--seed N]: sample files of the eastrock pipeline, the same ones for the same seed.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeSampleFiles } from './samples/eastrock-files.js';

const usage = `usage: npm run generate -- FOLDER [--rows N] [--seed N]

Writes users.csv, games.csv and payments.csv with N rows in all (default 6000), some of which break the contract, into the folder: the
same ones for the same seed.

Example: npm run generate -- ./samples --rows 100000 --seed 7`;

export async function main(args: readonly string[]): Promise<void> {
  const read = readArguments(args);
  const [folder, ...others] = read?.folders ?? [];
  if (read?.help) console.log(usage);
  else if (read && folder !== undefined && others.length === 0 && read.rows > 0 && [read.rows, read.seed].every(Number.isSafeInteger)) {
    const target = path.resolve(process.env.INIT_CWD ?? '.', folder);
    for (const file of await writeSampleFiles(target, read)) console.log(file);
  } else {
    console.error(usage);
    process.exitCode = 2;
  }
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { rows: { type: 'string', default: '6000' }, seed: { type: 'string', default: '1' }, help: { type: 'boolean', short: 'h' } },
    });
    return { folders: positionals, rows: Number(values.rows), seed: Number(values.seed), help: values.help };
  } catch {
    return undefined;
  }
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { strToU8, zipSync } from 'fflate';
import { counted } from '../../../contracts/format-numbers.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { withExamples } from '../../grammar.js';
import { UsageError } from '../../usage-error.js';
import { supersetBundle, type BundleFile } from './superset-bundle.js';

interface Options {
  readonly output?: string;
  readonly warehouse?: URL;
  readonly from?: string;
}

const ownFolder = fileURLToPath(new URL('../../../../dashboards/', import.meta.url));

/** `strata dashboards`: charts of a pipeline as a file that Superset imports. */
export function dashboardsCommand(command: Command, cli: Cli): void {
  withExamples(command, ['strata dashboards b2b', 'strata dashboards b2b --warehouse mysql://analyst@mysql:3306 --output b2b.zip'])
    .argument('<pipeline>', 'the pipeline')
    .option(
      '--warehouse <url>',
      'the address at which Superset reaches the warehouse, without a password (default: STRATA_MYSQL_URL, with the account analyst)',
      address,
    )
    .option('--from <folder>', 'the folder with dashboards, charts and datasets (default: that of the built-in pipeline)')
    .option('--output <file>', 'the file to write (default: <pipeline>-dashboards.zip)')
    .action(async (name: string, { warehouse, from, output = `${name}-dashboards.zip` }: Options) => {
      const { settings, ...project } = await cli.project();
      pipelineOf({ settings, ...project }, name);
      const entries = await supersetBundle({
        pipeline: name,
        folder: from ?? join(ownFolder, name),
        bus: `${settings.schemaPrefix}bus`,
        warehouse: warehouse ?? ofAnalyst(settings.mysqlUrl),
      });
      await writeFile(output, zip(entries));
      cli.out.line(
        `${output}: ${counted(entries.length, 'file')}. Import it in Superset under Dashboards, with the password of the account`,
      );
    });
}

/** Small files, stored as they are. The same ones give the same bytes: all have the first date that the format knows. */
function zip(files: readonly BundleFile[]): Uint8Array {
  const contents = Object.fromEntries(files.map(({ path, text }) => [path, strToU8(text)]));
  return zipSync(contents, { level: 0, mtime: new Date(1980, 0, 1) });
}

/** Throws a usage error for a text that is not the address of a warehouse, and for one with a password, which would stand in the file. */
function address(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'mysql:' || url.username === '')
    throw new UsageError('--warehouse takes an address such as mysql://analyst@mysql:3306');
  if (url.password !== '') throw new UsageError('--warehouse takes an address without a password: Superset asks for it');
  return url;
}

function ofAnalyst(mysqlUrl: string | undefined): URL {
  if (mysqlUrl === undefined) throw new UsageError('give --warehouse, or set STRATA_MYSQL_URL');
  const url = new URL(mysqlUrl);
  url.username = 'analyst';
  url.password = '';
  return url;
}

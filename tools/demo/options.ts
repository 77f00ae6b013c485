import { statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ProvisionError } from '../programs/run-program.js';
import { messageOf } from '../run/errors.js';
import { type DemoPipeline, demoPipelinesOf } from './pipelines.js';

const help = `npm run demo [-- options]

Sets everything up on this machine and runs the main job: files in a bucket become rows in the warehouse.
It stays until Ctrl-C, which ends all that it started.

  --pipeline NAME  eastrock (the default), b2b, totesys, trips, or all
  --once           end after the run; exit code 0 only when it succeeded
  --input FOLDER   put the files of this folder into the bucket instead of generated ones (they are copied): *.csv for eastrock and trips, data/ for b2b
  --rows N         rows to generate (default 6000, for trips 1000000; for b2b of each of three days, for totesys ten of them make an order)
  --help           this text

Servers are taken from the environment where it names them, else from PATH, else they are installed into the cache folder:
  TEMPORAL_ADDRESS     host:port of a Temporal server
  STRATA_MYSQL_URL     mysql://user:password@host:port
  AWS_ENDPOINT_URL_S3  an S3 server, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY

Examples:
  npm run demo
  npm run demo -- --once --rows 100000
  npm run demo -- --pipeline b2b
  npm run demo -- --input ~/files
`;

export interface DemoOptions {
  readonly pipelines: readonly DemoPipeline[];
  readonly once: boolean;
  readonly input: string | undefined;
  /** Undefined: as many as the pipeline's demo has. */
  readonly rows: number | undefined;
}

/** The command line; undefined when only help was asked for, which is printed. */
export function demoOptions(args: readonly string[]): DemoOptions | undefined {
  const values = parse(args);
  if (values.help) {
    console.log(help);
    return undefined;
  }
  const rows = values.rows === undefined ? undefined : Number(values.rows);
  if (rows !== undefined && (!Number.isSafeInteger(rows) || rows < 1))
    throw new ProvisionError(`--rows takes a whole number from 1, not "${values.rows}".`);
  const input = values.input === undefined ? undefined : path.resolve(process.env.INIT_CWD ?? '.', values.input);
  if (input && !statSync(input, { throwIfNoEntry: false })?.isDirectory()) throw new ProvisionError(`--input: there is no folder ${input}`);
  const pipelines = demoPipelinesOf(values.pipeline ?? 'eastrock');
  if (input && pipelines.length > 1) throw new ProvisionError('--input takes the files of one pipeline: name it with --pipeline.');
  return { pipelines, once: values.once ?? false, input, rows };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        pipeline: { type: 'string' },
        once: { type: 'boolean' },
        input: { type: 'string' },
        rows: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new ProvisionError(`${messageOf(error)}\nSee: npm run demo -- --help`);
  }
}

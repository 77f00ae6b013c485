import type { Command } from 'commander';
import type { Cli } from './cli.js';

/** Adds arguments, options, examples and the action to a command, or its subcommands. */
export type Define = (command: Command, cli: Cli) => void;

/** What `strata --help` shows of a command. Its module is loaded only when the command is called, or asked for its own help. */
export interface CommandEntry {
  readonly name: string;
  readonly description: string;
  readonly load: () => Promise<Define>;
}

/** All commands, in the order in which somebody who begins needs them. */
export const commandList: readonly CommandEntry[] = [
  {
    name: 'migrate',
    description: 'create or update the warehouse tables and Temporal search attributes to match the definitions',
    load: async () => (await import('./commands/migrate.js')).migrateCommand,
  },
  {
    name: 'worker',
    description: 'run a worker until SIGTERM or Ctrl-C',
    load: async () => (await import('./commands/worker.js')).workerCommand,
  },
  {
    name: 'serve',
    description: 'receive events about new files until SIGTERM or Ctrl-C, so that files are picked up at once',
    load: async () => (await import('./commands/serve.js')).serveCommand,
  },
  {
    name: 'schedules',
    description: 'show and change the Temporal schedules that start the work',
    load: async () => (await import('./commands/schedules.js')).schedulesCommand,
  },
  {
    name: 'put',
    description: "copy local files into a pipeline's source",
    load: async () => (await import('./commands/put.js')).putCommand,
  },
  {
    name: 'run',
    description: 'load every file that is in the source now, and watch until bus is up to date',
    load: async () => (await import('./commands/run/run.js')).runCommand,
  },
  {
    name: 'extract',
    description: 'write what is new in a database or on a server into the lake, and watch until bus is up to date',
    load: async () => (await import('./commands/lake/extract.js')).extractCommand,
  },
  {
    name: 'status',
    description: 'show waiting files, loads, the lag of each layer and the last runs',
    load: async () => (await import('./commands/status.js')).statusCommand,
  },
  {
    name: 'watch',
    description: 'show the progress of everything that runs, until Ctrl-C',
    load: async () => (await import('./commands/run/watch.js')).watchCommand,
  },
  {
    name: 'why',
    description: 'show what runs wait for now, and why they failed',
    load: async () => (await import('./commands/why.js')).whyCommand,
  },
  {
    name: 'alerts',
    description: 'list incidents (what is wrong now), close them by hand, and send a test message to all receivers',
    load: async () => (await import('./commands/alerts/alerts.js')).alertsCommand,
  },
  {
    name: 'cancel',
    description: 'stop a run and everything that it started',
    load: async () => (await import('./commands/cancel.js')).cancelCommand,
  },
  {
    name: 'loads',
    description: 'list loads, newest first (a load is one version of one file)',
    load: async () => (await import('./commands/loads.js')).loadsCommand,
  },
  {
    name: 'quarantine',
    description: 'list, export and replay rows and files that break their contract',
    load: async () => (await import('./commands/quarantine/quarantine.js')).quarantineCommand,
  },
  {
    name: 'backfill',
    description: 'load every matching file of another bucket or folder, and leave the files there',
    load: async () => (await import('./commands/backfill.js')).backfillCommand,
  },
  {
    name: 'source',
    description: 'show or change which warehouse a source belongs to',
    load: async () => (await import('./commands/source/source.js')).sourceCommand,
  },
  {
    name: 'lake',
    description: 'list and check the lake and the processed bucket, and fill an empty warehouse from them',
    load: async () => (await import('./commands/lake/lake.js')).lakeCommand,
  },
  {
    name: 'catalogue',
    description: 'show the tables and columns of a database as extracts found them',
    load: async () => (await import('./commands/lake/catalogue.js')).catalogueCommand,
  },
  {
    name: 'marts',
    description: 'rebuild marts, the tables of bus',
    load: async () => (await import('./commands/marts.js')).martsCommand,
  },
  {
    name: 'exports',
    description: 'list exports, and write their Parquet and CSV files',
    load: async () => (await import('./commands/exports/exports.js')).exportsCommand,
  },
  {
    name: 'report',
    description: 'print a mart or view of bus as a table or as CSV',
    load: async () => (await import('./commands/report.js')).reportCommand,
  },
  {
    name: 'dashboards',
    description: 'write the dashboard of a pipeline as a file that Superset imports',
    load: async () => (await import('./commands/dashboards/dashboards.js')).dashboardsCommand,
  },
  {
    name: 'check',
    description: 'check definitions and SQL files, and change nothing',
    load: async () => (await import('./commands/author/check.js')).checkCommand,
  },
  {
    name: 'dev',
    description: 'run a worker, and restart it when definitions or SQL files change, until Ctrl-C',
    load: async () => (await import('./commands/author/dev.js')).devCommand,
  },
  {
    name: 'feed',
    description: 'write a first definition from a sample file',
    load: async () => (await import('./commands/author/feed.js')).feedCommand,
  },
  {
    name: 'render',
    description: 'write the SQL that Strata makes from the definitions into files, to read and compare',
    load: async () => (await import('./commands/render.js')).renderCommand,
  },
  {
    name: 'doctor',
    description: 'check everything that Strata depends on, and say how to fix what is wrong',
    load: async () => (await import('./commands/doctor.js')).doctorCommand,
  },
];

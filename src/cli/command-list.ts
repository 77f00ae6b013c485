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
    description: 'bring the warehouse and the Temporal namespace to what the definitions say',
    load: async () => (await import('./commands/migrate.js')).migrateCommand,
  },
  {
    name: 'worker',
    description: 'do the work, until SIGTERM or Ctrl-C; start as many as there is work for',
    load: async () => (await import('./commands/worker.js')).workerCommand,
  },
  {
    name: 'serve',
    description: 'take events of object stores, so that new files are picked up at once; until SIGTERM or Ctrl-C',
    load: async () => (await import('./commands/serve.js')).serveCommand,
  },
  {
    name: 'schedules',
    description: 'the Temporal Schedules that pick up, process and aggregate',
    load: async () => (await import('./commands/schedules.js')).schedulesCommand,
  },
  {
    name: 'put',
    description: "copy local files into a pipeline's source, where they are picked up",
    load: async () => (await import('./commands/put.js')).putCommand,
  },
  {
    name: 'run',
    description: 'bring every file that is in the source now to bus, and show how it goes',
    load: async () => (await import('./commands/run.js')).runCommand,
  },
  {
    name: 'status',
    description: 'files that wait, loads, the lag of each layer and the last runs',
    load: async () => (await import('./commands/status.js')).statusCommand,
  },
  {
    name: 'why',
    description: 'what runs wait for now, and why they failed',
    load: async () => (await import('./commands/why.js')).whyCommand,
  },
  {
    name: 'cancel',
    description: 'end what runs, with all that it has started; what was committed stays, and the next run goes on from there',
    load: async () => (await import('./commands/cancel.js')).cancelCommand,
  },
  {
    name: 'loads',
    description: 'list loads, newest first: a load is one version of one object',
    load: async () => (await import('./commands/loads.js')).loadsCommand,
  },
  {
    name: 'quarantine',
    description: 'rows and files that break their contract',
    load: async () => (await import('./commands/quarantine/quarantine.js')).quarantineCommand,
  },
  {
    name: 'backfill',
    description: 'land every matching object of another bucket, prefix or folder without touching it, then bring it to bus',
    load: async () => (await import('./commands/backfill.js')).backfillCommand,
  },
  {
    name: 'source',
    description: 'which warehouse a source belongs to, and what to do when it is not this one',
    load: async () => (await import('./commands/source/source.js')).sourceCommand,
  },
  {
    name: 'marts',
    description: 'the tables of bus and what they are computed from',
    load: async () => (await import('./commands/marts.js')).martsCommand,
  },
  {
    name: 'exports',
    description: 'Parquet and CSV files that are made from the warehouse',
    load: async () => (await import('./commands/exports.js')).exportsCommand,
  },
  {
    name: 'render',
    description: "write the SQL that definitions become to rendered/ in each pipeline's SQL folder, to read, review and compare",
    load: async () => (await import('./commands/render.js')).renderCommand,
  },
  {
    name: 'doctor',
    description: 'check settings, definitions, Temporal, warehouse and sources; say what is wrong and what fixes it',
    load: async () => (await import('./commands/doctor.js')).doctorCommand,
  },
];

import { beforeAll, describe, expect, it } from '@jest/globals';
import { commandList } from '../../src/cli/command-list.js';
import { freshPrefix, warehouse } from '../support/servers/servers.js';
import { loadedModules, type Loaded } from '../support/loaded-modules.js';
import { StrataProcess } from '../support/strata-process.js';

/** What starts slowly: a native module, clients of servers, parsers of settings. */
const heavy = /^(@temporalio|@aws-sdk|@smithy|@grpc|mysql2|zod|pino|hono|@hono|webpack)\b/;
const heavyOf = ({ packages }: Loaded): readonly string[] => packages.filter((name) => heavy.test(name));
const commandsOf = ({ own }: Loaded): readonly string[] => own.filter((module) => module.startsWith('cli/commands/'));

describe('what a call of strata loads', () => {
  it.each([['--help'], ['--version'], ['rum']])('is commander alone for %s, and no command', async (word) => {
    const loaded = await loadedModules([word]);
    expect(loaded.packages).toEqual(['commander']);
    expect(commandsOf(loaded)).toEqual([]);
    expect(loaded.own.length).toBeLessThan(25);
  });

  it.each([
    ['loads', ['loads', '--help']],
    ['loads', ['help', 'loads']],
    ['render', ['render', '--help']],
  ])('is the module of %s for its help, and nothing that works', async (name, args) => {
    const loaded = await loadedModules(args);
    expect(loaded.stdout).toMatch(new RegExp(`^Usage: strata ${name} \\[options\\].*--json.*Examples:`, 's'));
    expect(commandsOf(loaded)).toEqual([`cli/commands/${name}.js`]);
    expect(heavyOf(loaded)).toEqual([]);
  });

  it('holds no native worker, and no client of S3, for all help but that of the worker', async () => {
    for (const { name } of commandList.filter((command) => command.name !== 'worker')) {
      const { code, packages } = await loadedModules([name, '--help']);
      expect({ name, code }).toEqual({ name, code: 0 });
      expect({ name, native: packages.filter((each) => /core-bridge|^@temporalio\/worker$/.test(each)) }).toEqual({ name, native: [] });
    }
  });
});

describe('strata loads', () => {
  const settings = { STRATA_MYSQL_URL: warehouse.url, STRATA_SCHEMA_PREFIX: freshPrefix() };
  beforeAll(async () => {
    expect(await StrataProcess.run(['migrate', '--warehouse-only'], settings)).toMatchObject({ code: 0 });
  });

  it('asks the warehouse, and loads neither Temporal nor S3', async () => {
    const loaded = await loadedModules(['loads'], settings);
    expect(loaded).toMatchObject({ code: 0, stdout: 'no load matches\n' });
    expect(heavyOf(loaded)).toEqual(['mysql2', 'zod']);
  });
});

describe('strata worker', () => {
  it('loads no client of mail servers or PostgreSQL before there is something to do for it', async () => {
    // It ends as soon as it has loaded what it works with: nothing listens at that port.
    const { code, packages } = await loadedModules(['worker'], {
      STRATA_MYSQL_URL: warehouse.url,
      STRATA_PIPELINES: 'eastrock',
      EASTROCK_SOURCE_URL: 's3://nowhere/files/',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    });
    expect(code).toBe(1);
    expect(packages).toContain('@temporalio/worker');
    expect(packages.filter((name) => /^(nodemailer|pg\b)/.test(name))).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eastrock } from '../../src/pipelines/eastrock.js';
import { loadPipelines } from '../../src/config/load-pipelines.js';
import { StrataProcess } from '../support/strata-process.js';

/** A definition that shares no table with eastrock. */
const calls = {
  name: 'calls',
  sourceSetting: 'CALLS_SOURCE_URL',
  schedules: { pickup: '* * * * *', process: '* * * * *', aggregate: '* * * * *' },
  feeds: [
    {
      name: 'calls',
      match: '^calls\\.csv$',
      reasons: ['bad_key'],
      columns: [{ name: 'call_id', header: 'Call', type: { kind: 'integer', min: '1', max: '9' }, reason: 'bad_key' }],
    },
  ],
  entities: [{ name: 'calls', key: ['call_id'], values: [], from: [{ feed: 'calls' }] }],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql',
};

describe('loadPipelines', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-load-'));
    await mkdir(join(folder, 'sql', 'bus'), { recursive: true });
    await writeFile(join(folder, 'sql', 'bus', 'daily_calls.sql'), 'select 1');
    await writeFile(join(folder, 'sql', 'bus', 'notes.txt'), 'not read');
    await writeFile(join(folder, 'calls.json'), JSON.stringify(calls));
    await writeFile(join(folder, 'calls.mjs'), `export default ${JSON.stringify(calls)};`);
    await writeFile(join(folder, 'broken.json'), JSON.stringify({ ...calls, name: 'broken', sqlFolder: 'nowhere' }));
    await writeFile(join(folder, 'empty.mjs'), 'export const nothing = 1;');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('loads exactly the named ones, from JSON and from modules, with the SQL beside them', async () => {
    for (const source of ['calls.json', join(folder, 'calls.json'), pathToFileURL(join(folder, 'calls.mjs')).href]) {
      const [pipeline, ...others] = await loadPipelines(source, folder);
      expect(others).toEqual([]);
      expect(pipeline?.definition).toEqual(calls);
      expect(pipeline?.sqlFiles).toEqual([{ path: 'bus/daily_calls.sql', text: 'select 1' }]);
    }
  });

  it('loads the built-in pipelines whose sources are set when nothing is named', async () => {
    const names = async (environment: Record<string, string>) =>
      (await loadPipelines('', folder, environment)).map(({ definition }) => definition.name);
    expect(await names({ B2B_SOURCE_URL: 'file:///b2b' })).toEqual(['b2b']);
    expect(await names({ B2B_SOURCE_URL: 'file:///b2b', EASTROCK_SOURCE_URL: 's3://games' })).toEqual(['eastrock', 'b2b']);
    expect(await names({ B2B_SOURCE_URL: '' })).toEqual(['eastrock']);
  });

  it('loads eastrock when nothing is named or set, and beside others by its name', async () => {
    expect((await loadPipelines(undefined)).map(({ definition }) => definition)).toEqual([eastrock]);
    const both = await loadPipelines('eastrock, calls.json', folder);
    expect(both.map(({ definition }) => definition.name)).toEqual(['eastrock', 'calls']);
  });

  it('says of every source that it cannot load which one it is and why', async () => {
    await expect(loadPipelines('missing.json,empty.mjs', folder)).rejects.toThrow(/missing\.json.*\n.*empty\.mjs.*no default export/);
    await expect(loadPipelines('broken.json', folder)).rejects.toThrow(/broken: sqlFolder: cannot read/);
  });

  it.each([
    ['a comma too many', '{\n  "name": "calls",\n  "feeds": [],\n}\n', 4],
    ['a word without quotes', '{\n  "name": "calls",\n  "schedules": { "pickup": every minute, "process": "", "aggregate": "" }\n}\n', 3],
    ['an end that is missing', '{\n  "name": "calls"\n', 2],
    ['a property twice', '{\n  "name": "calls",\n  "feeds": [{ "name": "{a", "match": "\\": {" }],\n  "name": "other"\n}\n', 4],
  ])('says in which line a file has %s', async (_what, text, line) => {
    await writeFile(join(folder, 'mistake.json'), text);
    const refused = await loadPipelines('mistake.json', folder).catch((error: Error) => error.message);
    expect(refused).toContain(`mistake.json (in STRATA_PIPELINES): line ${line}: `);
    // The file is the right one.
    expect(refused).not.toContain('Name a built-in pipeline');
  });

  it('reads files that an editor began with a byte order mark', async () => {
    await mkdir(join(folder, 'marked', 'sql', 'bus'), { recursive: true });
    await writeFile(join(folder, 'marked', 'calls.json'), `\uFEFF${await readFile(join(folder, 'calls.json'), 'utf8')}`);
    await writeFile(join(folder, 'marked', 'sql', 'bus', 'daily_calls.sql'), '\uFEFFselect 1');
    const [pipeline] = await loadPipelines('marked/calls.json', folder);
    expect([pipeline?.definition, pipeline?.sqlFiles[0]?.text]).toEqual([calls, 'select 1']);
  });

  it('reads SQL files whatever case their ending has', async () => {
    await mkdir(join(folder, 'capitals', 'sql', 'bus'), { recursive: true });
    await writeFile(join(folder, 'capitals', 'calls.json'), JSON.stringify(calls));
    await writeFile(join(folder, 'capitals', 'sql', 'bus', 'DAILY.SQL'), 'select 1');
    const [pipeline] = await loadPipelines('capitals/calls.json', folder);
    expect(pipeline?.sqlFiles.map(({ path }) => path)).toEqual(['bus/DAILY.SQL']);
  });

  it('says in which line a module has a mistake', async () => {
    await writeFile(join(folder, 'syntax.mjs'), 'const feeds = [];\nexport default {\n  name: "calls",,\n};\n');
    await writeFile(join(folder, 'throws.mjs'), 'const feeds = undefined;\n\nexport default { name: feeds.length };\n');
    const render = (file: string) => StrataProcess.run(['render'], { STRATA_PIPELINES: join(folder, file) });
    expect((await render('syntax.mjs')).stderr).toContain("syntax.mjs (in STRATA_PIPELINES): line 3: Unexpected token ','");
    expect((await render('throws.mjs')).stderr).toContain('throws.mjs (in STRATA_PIPELINES): line 3: Cannot read properties of undefined');
  });

  it('validates all of them together', async () => {
    await expect(loadPipelines('calls.json,calls.mjs', folder)).rejects.toThrow('calls: name: is the name of two pipelines');
  });
});

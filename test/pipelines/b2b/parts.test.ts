import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { b2b } from '../../../src/pipelines/b2b.js';
import { writeB2bFiles } from '../../../tools/samples/b2b/files.js';
import { root } from '../../docs/documents.js';
import { warehouses } from '../../support/servers/servers.js';
import { B2bLab } from './lab.js';

const date = '2020-06-22';
const limit = 100_000;

/** b2b as it is, but for the size of the parts of its snapshots. */
function withSmallParts(folder: string): string {
  cpSync(join(root, 'sql', 'b2b'), join(folder, 'sql'), { recursive: true });
  const exports = join(folder, 'sql', 'exports');
  for (const name of readdirSync(exports).filter((each) => each.endsWith('_snapshot.sql'))) {
    const text = readFileSync(join(exports, name), 'utf8');
    writeFileSync(join(exports, name), text.replace(/^(-- to: .*)$/m, `$1\n-- part: ${limit / 1_000} kB`));
  }
  const definition = join(folder, 'b2b.json');
  writeFileSync(definition, JSON.stringify({ ...b2b, sqlFolder: 'sql' }));
  return definition;
}

describe.each(warehouses)('snapshots of b2b in several parts on $name', ({ url }) => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-b2b-parts-'));
  let lab: B2bLab;
  const parts = (table: string) => readdirSync(lab.path('final', `table=${table}`, date)).sort();

  beforeAll(async () => {
    lab = await B2bLab.open(url, { settings: { STRATA_PIPELINES: withSmallParts(folder) } });
    await writeB2bFiles(lab.folder, { rows: 12_000, days: 1 });
    await lab.startWorker();
    await lab.succeed('run', 'b2b', '--init');
    await lab.succeed('run', 'b2b', '--date', date);
  });
  afterAll(async () => {
    await lab.close();
    rmSync(folder, { recursive: true });
  });

  it('have the rows of the table in its order, read together, and each part has some', async () => {
    const { snapshots } = lab.expected(date);
    expect((await lab.written(date)).snapshots).toEqual(snapshots);
    const counts = await lab.ofFiles(
      `select parse_filename(filename) as name, count(*) as n
       from read_parquet('final/data/final/table=web_visits/${date}/*.parquet', hive_partitioning = false, filename = true)
       group by 1 order by 1`,
    );
    expect(counts.map(({ name }) => name)).toEqual(parts('web_visits'));
    expect(counts.map(({ name }) => name)).toEqual(counts.map((_, index) => `part-0000${index}.snappy.parquet`));
    expect(counts.length).toBeGreaterThan(2);
    for (const { name } of counts) expect(statSync(lab.path('final', 'table=web_visits', date, name!)).size).toBeLessThanOrEqual(limit);
    expect(parts('companies')).toEqual(['part-00000.snappy.parquet']);
  });

  it('are listed with the number of their parts', async () => {
    const listed = JSON.parse(await lab.succeed('exports', 'list', 'b2b', '--date', date, '--json')) as {
      readonly export: string;
      readonly parts: number;
      readonly rows: number;
    }[];
    const of = (name: string) => listed.find((each) => each.export === name);
    expect(of('web_visits_snapshot')).toMatchObject({
      parts: parts('web_visits').length,
      rows: lab.expected(date).snapshots.web_visits.length,
    });
    expect(of('monthly_sales')).toMatchObject({ parts: 1 });
  });

  it('are named, and written again, where a worker died while it replaced their files', async () => {
    await lab.query("update gear.export_parts set is_changing = true where export = 'web_visits_snapshot'");
    const listed = await lab.strata('exports', 'list', 'b2b', '--date', date);
    expect(listed.stderr).toMatch(/web_visits_snapshot of 2020-06-22: its files are being replaced now, or a worker died/);
    await lab.succeed('run', 'b2b', '--date', date);
    expect((await lab.strata('exports', 'list', 'b2b', '--date', date)).stderr).not.toContain('being replaced');
  });

  it('have fewer parts where a corrected log has fewer visits, and none of the former version', async () => {
    const file = lab.path('raw', date, 'weblogs.log');
    const lines = readFileSync(file, 'latin1').trimEnd().split('\n');
    lab.replace(file, Buffer.from(`${lines.slice(0, 500).join('\n')}\n`, 'latin1'));
    await lab.succeed('run', 'b2b', '--date', date);
    expect(parts('web_visits')).toEqual(['part-00000.snappy.parquet']);
    expect((await lab.written(date)).snapshots.web_visits).toEqual(lab.expected(date).snapshots.web_visits);
  });
});

import { describe, expect, it } from '@jest/globals';
import { checkStatements } from '../../../src/gear/migrate/check-statements.js';
import { migrate } from '../../../src/gear/migrate/migrate.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { compilePipeline, type CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import { loadPipelines } from '../../../src/config/load-pipelines.js';
import { compileEastrock, migratedWarehouse } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';

/** A pipeline with one file changed, as by somebody who misspells a name. */
async function withFile(path: string, change: (text: string) => string, name = 'eastrock'): Promise<CompiledPipeline> {
  const [pipeline] = await loadPipelines(name);
  if (!pipeline) throw new Error(`${name} was not loaded`);
  const files = pipeline.sqlFiles.map((file) => (file.path === path ? { ...file, text: change(file.text) } : file));
  return compilePipeline(pipeline.definition, files);
}

const lineOf = async (path: string, change: (text: string) => string, mark: string): Promise<number> => {
  const [pipeline] = await loadPipelines('eastrock');
  const text = change(pipeline?.sqlFiles.find((file) => file.path === path)?.text ?? '');
  return text.slice(0, text.indexOf(mark)).split('\n').length;
};

describe.each(warehouses)('statements that files make the server run, on $name', ({ url }) => {
  it('can all be run where nothing is wrong', async () => {
    const pipeline = await compileEastrock();
    const prefix = freshPrefix();
    const warehouse = await migratedWarehouse(url, pipeline, prefix);
    const { checked = [] } = warehouseSchema([pipeline], []);
    expect(checked.length).toBeGreaterThan(20);
    expect(await warehouse.session((statements) => checkStatements(statements, prefix, checked))).toEqual([]);
    await warehouse.close();
  });

  it.each([
    [
      'a column in rows',
      'bus/daily_users.sql',
      (text: string) => text.replace(/(-- rows[\s\S]*?select [^\n]*?)(\w+\.)(\w+)/, '$1$2no_such_column'),
      'no_such_column',
    ],
    [
      'a column in affected by',
      'bus/daily_users.sql',
      (text: string) => text.replace(/(-- affected by \w+\s+select [^\n]*?\w+\.)(\w+)/, '$1no_such_key'),
      'no_such_key',
    ],
    [
      'a function',
      'bus/daily_users.sql',
      (text: string) => text.replace(/count\(\*\)|count\(/, (found) => (found === 'count(' ? 'no_such_sum(' : 'no_such_sum(1)')),
      'no_such_sum',
    ],
  ])('are refused by migrate with file and line, before the definitions are applied: %s', async (_what, path, change, mark) => {
    const pipeline = await withFile(path, change);
    const prefix = freshPrefix();
    const warehouse = openWarehouse({ url, prefix });
    const failure = await migrate(warehouse, prefix, warehouseSchema([pipeline], await readMigrations())).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'definition' });
    const { message } = failure as Error;
    // MySQL does not say which function it was.
    if (!message.includes('No database selected')) {
      expect(message).toContain(`${path}:${await lineOf(path, change, mark)}: `);
      expect(message).toContain(mark);
    }
    expect(message).toContain(`${path}:`);
    expect(message).toContain('run: strata migrate');
    expect(message).not.toContain(prefix);
    expect(await warehouse.query('select * from gear.definitions')).toEqual([]);
    await warehouse.close();
  });

  it('are refused where the view of the newest facts lacks a column that the facts have in the processed bucket', async () => {
    const pipeline = await withFile('bus/current_payment.sql', (text) => text.replace('  f.paid,\n', ''), 'totesys');
    const prefix = freshPrefix();
    const warehouse = openWarehouse({ url, prefix });
    const migrated = migrate(warehouse, prefix, warehouseSchema([pipeline], await readMigrations()));
    await expect(migrated).rejects.toMatchObject({
      type: 'definition',
      message: expect.stringMatching(/bus\/current_payment\.sql:3: .*\bpaid\b/),
    });
    await warehouse.close();
  });
});

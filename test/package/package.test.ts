import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { documents, fencedBlocks } from '../docs/documents.js';
import { InstalledPackage } from './installed-package.js';

function block(name: string): string {
  const found = documents.flatMap(fencedBlocks).find((each) => each.name === name);
  if (!found) throw new Error(`no page of docs has a block ${name}`);
  return found.text;
}

/** The block with one text for another, and the line that the change is on. */
function spoilt(text: string, by: string): { readonly source: string; readonly line: number } {
  const source = block('visits/visits.ts');
  const at = source.indexOf(text);
  if (at === -1) throw new Error(`the guide's definition has no ${text}`);
  return { source: source.replace(text, by), line: source.slice(0, at).split('\n').length };
}

describe('the package, installed in a project of its own', () => {
  let project: InstalledPackage;
  beforeAll(async () => {
    project = await InstalledPackage.make();
  });
  afterAll(() => project.remove());

  it("compiles the guide's definition in TypeScript, which the program then takes", async () => {
    await project.write('visits/visits.ts', block('visits/visits.ts'));
    await project.write('visits/sql/.keep', '');
    const options = /tsc (.*) visits\/visits\.ts/.exec(block('visits/compile'))?.[1]?.split(' ') ?? [];
    expect(await project.compile(['visits/visits.ts'], ...options)).toEqual([]);
    await project.strata(['render', 'visits'], { STRATA_PIPELINES: './visits/visits.js' });
    const rendered = join(project.folder, 'visits', 'sql', 'rendered');
    expect(readdirSync(rendered)).toContain('process_visits.sql');
    expect(readFileSync(join(rendered, 'bulk.sql'), 'utf8')).toContain('`page` varchar(500)');
  });

  it('has the compiler refuse what is wrong, at its place', async () => {
    const wrong = {
      'a wrong column type': spoilt("{ kind: 'text', maxLength: 500, empty: '' }", "{ kind: 'varchar', length: 500 }"),
      'a property of another type': spoilt('maxLength: 500', "maxLength: '500'"),
      'an unknown property': spoilt("sourceSetting: 'VISITS_SOURCE_URL',", "sourceSetting: 'VISITS_SOURCE_URL', sourceSettings: [],"),
      'an unknown property of an entity': spoilt("key: ['visit_id']", "keys: [], key: ['visit_id']"),
      'a key that is no column': spoilt("key: ['visit_id']", "key: ['visit']"),
      'a hub of no entity': spoilt('hubs: []', "hubs: [{ name: 'v', key: 'v', from: [{ entity: 'visit', column: 'visit_id' }] }]"),
      'a satellite of no hub': spoilt(
        'satellites: []',
        "satellites: [{ name: 's', entity: 'visits', parent: { hub: 'visit', column: 'visit_id' }, columns: ['page'] }]",
      ),
    };
    const files = Object.entries(wrong).map(([what, { source, line }]) => ({
      path: `wrong/${what.replaceAll(' ', '_')}.ts`,
      source,
      line,
    }));
    for (const { path, source } of files) await project.write(path, source);
    const mistakes = await project.compile(
      files.map(({ path }) => path),
      '--noEmit',
    );
    expect(mistakes.sort()).toEqual(files.map(({ path, line }) => `${path}(${line})`).sort());
  });

  it('has its files and no others: nothing of the tests and the tools', async () => {
    const folder = join(project.folder, 'node_modules', '@strata-etl', 'strata');
    for (const path of ['dist/workflow-bundle.js', 'sql/migrations', 'pipeline.schema.json', 'LICENSE']) {
      expect([path, existsSync(join(folder, path))]).toEqual([path, true]);
    }
    expect(readdirSync(folder).filter((name) => ['src', 'test', 'tools', 'deploy'].includes(name))).toEqual([]);
  });

  it('lets modules import its public face and its schema alone', async () => {
    await project.write(
      'imports.mjs',
      `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
console.log(Object.keys(await import('@strata-etl/strata')).join());
console.log(require('@strata-etl/strata/pipeline.schema.json').description);
await import('@strata-etl/strata/dist/worker.js').catch((error) => console.log(error.code));`,
    );
    expect(execFileSync(process.execPath, ['imports.mjs'], { cwd: project.folder, encoding: 'utf8' })).toBe(
      'definePipeline\nThe definition of a Strata pipeline.\nERR_PACKAGE_PATH_NOT_EXPORTED\n',
    );
  });
});

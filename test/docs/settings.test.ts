import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { secretNames, settingSchema } from '../../src/config/setting-names.js';
import { searchAttributes } from '../../src/contracts/names.js';
import { loadPipelines } from '../../src/config/load-pipelines.js';
import { documentAt, fencedBlocks, root, tables } from './documents.js';

const page = documentAt('docs/reference/settings.md');
const [settings = [], sources = [], , , attributes = []] = tables(page);
const name = (cell = '') => cell.replaceAll('`', '');

describe('docs/reference/settings.md', () => {
  it('lists exactly the settings that there are', () => {
    expect(settings.map(([cell]) => name(cell))).toEqual(Object.keys(settingSchema.shape));
  });

  it('prints the defaults that they have', () => {
    const defaults = settingSchema.parse({}) as Readonly<Record<string, unknown>>;
    for (const [setting, text] of settings) {
      const value = defaults[name(setting)];
      if (value !== undefined && value !== '') expect({ setting, text }).toEqual({ setting, text: `\`${String(value)}\`` });
    }
  });

  it('lists exactly the secrets that files may hold', () => {
    const listed = [...page.text.matchAll(/^- `([A-Z_]+)_FILE`$/gm)].map(([, secret]) => secret);
    expect(listed).toEqual([...secretNames]);
  });

  it('lists the sources of the built-in pipelines', async () => {
    const pipelines = await loadPipelines('eastrock,b2b,totesys,totesys_files,trips');
    expect(sources.map(([setting, pipeline]) => [name(setting), pipeline])).toEqual(
      pipelines.map(({ definition }) => [definition.sourceSetting, definition.name]),
    );
  });

  it('lists the search attributes with their types', () => {
    const wanted = Object.values(searchAttributes).map(({ name, type }) => [name, type]);
    expect(attributes.map(([attribute, type]) => [name(attribute), type?.toUpperCase()])).toEqual(wanted);
  });

  it('gives the rights that docker-compose.yml gives', () => {
    const script = readFileSync(join(root, 'deploy', 'mysql', 'create-accounts.sh'), 'utf8');
    const [, made = ''] = /<< SQL\n([\s\S]*?)\nSQL\n/.exec(script) ?? [];
    const statements = (sql: string) => sql.split('\n').filter((line) => /^(create|grant) /.test(line));
    // Given on top of these, by those who need them: see there.
    const onTop = ['deletes', 'check'];
    const printed = fencedBlocks(documentAt('docs/reference/warehouse.md'))
      .filter(({ language, name }) => language === 'sql' && !onTop.includes(name))
      .flatMap(({ text }) => statements(text));
    expect(printed).toEqual(statements(made.replace(/\$MYSQL_[A-Z]+_PASSWORD/g, '...')));
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from '@jest/globals';
import { pipelineJsonSchema } from '../../../src/engine/definition/schema/pipeline.js';
import { eastrock } from '../../../src/pipelines/eastrock.js';

const file = join(import.meta.dirname, '../../../pipeline.schema.json');

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** Paths of what editors can't explain: the values of a property themselves, or the kind of thing that a list holds. */
function undescribed(schema: Schema, path: string): string[] {
  const properties = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const place = `${path}.${key}`;
    const silent = key !== 'kind' && !value.description && !value.items?.description;
    return [...(silent ? [place] : []), ...undescribed(value, place)];
  });
  const inner = [...(schema.items ? [schema.items] : []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [...properties, ...inner.flatMap((each) => undescribed(each, `${path}[]`))];
}

describe('pipeline.schema.json', () => {
  const schema = pipelineJsonSchema();
  const accepts = new Ajv({ strict: false }).compile(schema);

  it('is what the definition says; `npm run schema` writes it again', () => {
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
  });

  it('accepts a definition that is right, with the address of the schema in it', () => {
    expect(accepts({ $schema: './pipeline.schema.json', ...eastrock })).toBe(true);
  });

  it.each([
    ['an unknown property', { ...eastrock, feed: [] }],
    ['a name that is no identifier', { ...eastrock, name: 'East Rock' }],
    ['a missing part', { ...eastrock, vault: undefined }],
    ['a column type that there is not', { ...eastrock, feeds: [{ ...eastrock.feeds[0], columns: [{ type: { kind: 'string' } }] }] }],
  ])('refuses %s', (_what, definition) => {
    expect(accepts(JSON.parse(JSON.stringify(definition)))).toBe(false);
  });

  it('describes each property, for editors', () => {
    expect(undescribed(schema, 'pipeline')).toEqual([]);
  });
});

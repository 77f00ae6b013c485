import { beforeAll, describe, expect, it } from '@jest/globals';
import { compilePipeline, type CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { PipelineDefinition } from '../../../src/engine/definition/types.js';
import { loadPipelines } from '../../../src/config/load-pipelines.js';

describe('the fingerprint of a pipeline', () => {
  let definition: PipelineDefinition;
  let sqlFiles: readonly { readonly path: string; readonly text: string }[];
  let compiled: CompiledPipeline;
  const of = (changed: Partial<PipelineDefinition>, files = sqlFiles) => compilePipeline({ ...definition, ...changed }, files).fingerprint;

  beforeAll(async () => {
    const [eastrock] = await loadPipelines('eastrock');
    ({ definition, sqlFiles } = eastrock!);
    compiled = compilePipeline(definition, sqlFiles);
  });

  it('is short, and the same wherever the files lie and whenever schedules fire', () => {
    expect(compiled.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(of({})).toBe(compiled.fingerprint);
    expect(of({ sqlFolder: 'elsewhere', schedules: { pickup: '1 * * * *', process: '2 * * * *', aggregate: '3 * * * *' } })).toBe(
      compiled.fingerprint,
    );
  });

  it('is another one when anything else differs', () => {
    const [users, ...others] = definition.feeds;
    const fingerprints = [
      of({ sourceSetting: 'OTHER_SOURCE_URL' }),
      of({ feeds: [{ ...users!, match: '^people\\.csv$' }, ...others] }),
      of({ feeds: [{ ...users!, reasons: [...users!.reasons].reverse() }, ...others] }),
      of({ surrogates: definition.surrogates.map((surrogate) => ({ ...surrogate, initial: ['Nowhere'] })) }, []),
      of({ vault: { ...definition.vault, satellites: definition.vault.satellites.slice(1) } }),
      of(
        {},
        sqlFiles.map((file) =>
          file.path === 'bus/daily_users.sql' ? { ...file, text: file.text.replace(/count\(/i, '0 + count(') } : file,
        ),
      ),
      of({}, []),
    ];
    expect(new Set([compiled.fingerprint, ...fingerprints]).size).toBe(fingerprints.length + 1);
  });
});

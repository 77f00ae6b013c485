import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { validatePipelines } from '../../../../src/engine/definition/validate.js';
import { documentAt, fencedBlocks } from '../../../docs/documents.js';

it('the feed and the entity of the how-to guide pass all checks', () => {
  const [feed, entity] = fencedBlocks(documentAt('docs/how-to/pipelines/web-logs.md'))
    .filter(({ language }) => language === 'js')
    .map(({ text }) => runInNewContext(`JSON.stringify(${text})`) as string)
    .map((text) => JSON.parse(text) as unknown);
  const definition = {
    ...{ name: 'site', sourceSetting: 'SITE_SOURCE_URL', schedules: { daily: '0 1 * * *' }, sqlFolder: 'sql', surrogates: [] },
    ...{ vault: { hubs: [], links: [], satellites: [] }, feeds: [feed], entities: [entity] },
  };
  expect(validatePipelines([definition])).toHaveLength(1);
});

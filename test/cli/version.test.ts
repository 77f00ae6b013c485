import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { StrataProcess } from '../support/strata-process.js';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

it('strata --version tells the version of package.json', async () => {
  expect(await StrataProcess.run(['--version'], {})).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it('docker-compose.yml builds and runs the image of that version', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, { image: string }> };
  for (const name of ['migrate', 'schedules', 'worker', 'serve'])
    expect({ name, image: services[name]?.image }).toEqual({ name, image: `strata:${version}` });
});

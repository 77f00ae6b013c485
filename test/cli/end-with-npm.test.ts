import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';
import { temporal } from '../support/servers/servers.js';
import { until } from '../support/until.js';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

it.each([
  ['npx', ['strata']],
  ['npm', ['exec', '--', 'strata']],
])('a service that %s started ends in order when that is ended', async (starter, words) => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-npx-'));
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    TEMPORAL_ADDRESS: temporal.address,
    EASTROCK_SOURCE_URL: pathToFileURL(folder).href,
    STRATA_LOG_FORMAT: 'text',
  };
  const npm = spawn(starter, [...words, 'serve', '--address', '127.0.0.1:0'], { cwd: checkout, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  try {
    await until(() => output.includes('info  serving'));
    npm.kill('SIGTERM');
    await until(() => output.includes('no longer serving'));
    expect(output).not.toContain('Error');
  } finally {
    npm.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});

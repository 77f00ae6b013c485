import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { visibleLine } from '../../../src/contracts/escape-controls.js';

const program = fileURLToPath(new URL('../../../bin/strata.js', import.meta.url));
const logger = new URL('../../../dist/observability/logger.js', import.meta.url).href;

/** A line of a shell that tells the exit codes of all parts of a pipe; what they wrote to stderr comes with it. */
function shell(line: string): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['--norc', '-c', `${line}; echo "codes \${PIPESTATUS[@]}"`],
      { env: { PATH: process.env.PATH } },
      (_error, stdout, stderr) => resolve({ stdout, stderr }),
    );
  });
}

const strata = `"${process.execPath}" "${program}"`;

it.each([
  ['one line of help', `${strata} --help | head -1`, /^Usage: strata .*\ncodes 0 0\n$/],
  ['no line', `${strata} run --help | true`, /^codes 0 0\n$/],
  ['no line of JSON', `${strata} run nothing --json 2>&1 | true`, /^codes 2 0\n$/],
  ['no line of errors', `{ ${strata} doctor --help 2>&1; ${strata} rum 2>&1; } | true`, /^codes 2 0\n$/],
])('ends quietly when its reader takes %s', async (_what, line, stdout) => {
  expect(await shell(line)).toEqual({ stdout: expect.stringMatching(stdout) as unknown, stderr: '' });
});

it('says in one line that its output has no place', async () => {
  const { stdout, stderr } = await shell(`${strata} --help > /dev/full`);
  expect(stderr).toMatch(/^strata: the output can't be written: ENOSPC.*\n$/);
  expect(stdout).toBe('codes 1\n');
});

/** Escapes and line feeds in what is logged: a title of the window, a forged line, a CSI in one character, a text turned round. */
const forged = 'users_\\x1b[2K\\x1b]0;owned\\x07\\n2026-11-28T00:00:00Z error FORGED\\r\\x9b31m\\u202egpj.csv';

it.each(['text', 'json'])('logs in %s what would drive a terminal, or forge a line, as escapes', async (format) => {
  const script = `
    import { createLogger } from '${logger}';
    const text = '${forged}';
    createLogger({ level: 'info', format: '${format}' }).warn({ [text]: text, nested: { text }, error: new Error(text) }, text);`;
  const { stderr } = await shell(`${strata.split(' ')[0]} --input-type=module -e "$(cat <<'END'\n${script}\nEND\n)"`);
  expect(stderr).toContain('FORGED');
  const line = stderr.replace(/\n$/, '');
  expect(visibleLine(line)).toBe(line);
});

it('writes delivered rows to files and programs, and not to a terminal', async () => {
  const { stdout } = await shell(`STRATA_MYSQL_URL=mysql://nobody@127.0.0.1:1 script -qc '${strata} quarantine export 1' /dev/null`);
  expect(stdout).toContain(
    'exported rows are not shown on a terminal, because their bytes could control it. Write them to a file: strata quarantine export 1 > rows.csv',
  );
});

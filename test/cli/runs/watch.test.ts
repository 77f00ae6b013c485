import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { Absence } from '../../../src/cli/follow/absence.js';
import type { WorkProgress } from '../../../src/status/progress/work-progress.js';
import { temporal } from '../../support/servers/servers.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';
import { until } from '../../support/until.js';
import { freePort } from '../../../tools/servers/ports.js';

const rows = 200_000;

describe('strata watch', () => {
  const { name, folder, settings } = smallPipeline();
  const source = join(folder, 'source');
  const env = {
    ...settings,
    SMALL_SOURCE_URL: pathToFileURL(source).href,
    STRATA_FOLDER_QUIET_SECONDS: '0',
    STRATA_RELEASE_UNDURABLE: '1',
    STRATA_BUNDLE_BYTES: '0',
  };
  const processes: StrataProcess[] = [];
  let watch: StrataProcess;
  let lines: StrataProcess;
  let worker: StrataProcess;
  let pushed = '';
  const leaving = new AbortController();

  beforeAll(async () => {
    mkdirSync(source);
    expect(await StrataProcess.run(['migrate'], env)).toMatchObject({ code: 0 });
    worker = await StrataProcess.startWorker(env);
    watch = StrataProcess.start(['watch', name, '--json'], env);
    lines = StrataProcess.start(['watch'], env);
    const address = `127.0.0.1:${await freePort()}`;
    processes.push(worker, watch, lines, await StrataProcess.startServe(['--address', address], env));
    const response = await fetch(`http://${address}/api/progress?pipeline=${name}`, { signal: leaving.signal });
    const reading = async () => {
      for await (const text of response.body!.pipeThrough(new TextDecoderStream())) pushed += text;
    };
    void reading().catch(() => undefined);
    await Promise.all([watch.says('watching'), lines.says('watching')]);
  });
  afterAll(async () => {
    leaving.abort();
    await Promise.all(processes.map((each) => each.stop()));
  });

  const changes = (): WorkProgress[] =>
    watch.output
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as WorkProgress);
  const arrivals = () => changes().filter(({ workflowId, state }) => workflowId === `${name}/arrivals` && state === 'finished');
  const landings = () => changes().filter(({ workflowId }) => workflowId.includes('/land/'));

  it('shows a file that lands on its arrival: that its worker has gone, and its end with every row; nothing goes back', async () => {
    const lock = await createConnection(settings.STRATA_MYSQL_URL!);
    await lock.query(`lock tables ${settings.STRATA_SCHEMA_PREFIX}staging.users read`);
    const many = Array.from({ length: rows }, (_, user) => `${user + 1},country ${user % 9}\n`);
    writeFileSync(join(source, 'users_1.csv'), `UserID,Country\n${many.join('')}`);
    await until(() => landings().length > 0);
    // Before that nobody would miss the worker: what has not begun waits for any other one.
    await until(async () => {
      const [statements] = await lock.query<(RowDataPacket & { Info: string | null })[]>('show full processlist');
      return statements.some(({ Info: text }) => /^load data/.test(text ?? '') && text!.includes(settings.STRATA_SCHEMA_PREFIX!));
    });
    await worker.kill();
    await until(() => landings().some(({ problem = '' }) => problem.startsWith('worker gone, trying again')));
    worker = await StrataProcess.startWorker(env);
    processes.push(worker);
    const again = /landRange \(.*\) is done again, .* after it was asked for \(attempt 2, .*\).*: its worker gave no sign of life/;
    for (const command of ['why', 'status']) {
      const said = (await StrataProcess.run([command, name], env)).stdout.replace(/\s+/g, ' ');
      expect(said).toMatch(again);
      expect(said).not.toContain('failing');
    }
    await lock.end();
    await until(() => landings().some(({ state }) => state !== 'running'));

    const all = landings();
    expect(all.at(-1)).toMatchObject({ pipeline: name, state: 'finished', feed: 'users', rows });
    for (const field of ['rows', 'bytes', 'percent'] as const) {
      const told = all.map((work) => work[field] ?? 0);
      expect(told).toEqual([...told].sort((a, b) => a - b));
    }
    expect(all.filter(({ state }) => state === 'finished')).toHaveLength(1);
    await lines.says(`${all.at(-1)!.workflowId}  finished  200,000 rows`);
    expect(lines.output).toContain('worker gone, trying again');
    // What brought it to bus ends after it.
    await lines.says(`${name}/arrivals  finished  200,000 rows`);
    await until(() => arrivals().length > 0);
    await until(() => pushed.includes('"state":"finished"'));
    expect(pushed).toContain('worker gone, trying again');
  });

  it('shows small files that arrive, each time that some did', async () => {
    for (const file of ['users_small_1.csv', 'users_small_2.csv']) {
      const before = arrivals().length;
      writeFileSync(join(source, file), 'UserID,Country\n1,b\n');
      await until(() => arrivals().length > before);
      expect(arrivals().at(-1)).toMatchObject({ rows: 1, files: 1 });
    }
  });

  it('shows a run to its end; Ctrl-C ends the watching alone', async () => {
    writeFileSync(join(source, 'users_2.csv'), 'UserID,Country\n1,a\n');
    expect((await StrataProcess.run(['run', name], env)).code).toBe(0);
    await until(() => changes().some(({ workflowId, state }) => workflowId === `${name}/run` && state === 'finished'));
    expect(await watch.stop('SIGINT')).toMatchObject({ code: 0 });
  });

  it('says when Temporal is away and answers again, and takes no run that goes on meanwhile for a failed one', async () => {
    const connections = new Set<Socket>();
    const proxy = createServer((near) => {
      const far = connect(Number(temporal.address.split(':')[1]), temporal.address.split(':')[0]);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        connections.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy()).on('close', () => connections.delete(one));
      }
    });
    const port = await freePort();
    const listening = () => once(proxy.listen(port, '127.0.0.1'), 'listening');
    await listening();
    const away = StrataProcess.start(['watch', name, '--json'], { ...env, TEMPORAL_ADDRESS: `127.0.0.1:${port}` });
    processes.push(away);
    await away.says('watching');
    const lock = await createConnection(settings.STRATA_MYSQL_URL!);
    await lock.query(`lock tables ${settings.STRATA_SCHEMA_PREFIX}staging.users read`);
    writeFileSync(join(source, 'users_3.csv'), 'UserID,Country\n2,b\n');
    const running = StrataProcess.run(['run', name], env);
    await away.says(`"workflowId":"${name}/run","state":"running"`);
    proxy.close();
    for (const connection of connections) connection.destroy();
    await away.says('"temporal":"away"');
    await lock.end();
    expect((await running).code).toBe(0);
    await listening();
    await away.says('"temporal":"back"');
    await away.says(`"workflowId":"${name}/run","state":"finished"`);
    expect(away.output).not.toContain('"state":"failed"');
    expect(await away.stop('SIGINT')).toMatchObject({ code: 0 });
    for (const connection of connections) connection.destroy();
    proxy.close();
  });
});

it('waits for an absent server only so long, and from the beginning after each answer', () => {
  let now = 5;
  const absence = new Absence(100, () => now);
  expect([absence.answer(), absence.noAnswer()]).toEqual([false, { isNew: true, isTooLong: false }]);
  now = 104;
  expect(absence.noAnswer()).toEqual({ isNew: false, isTooLong: false });
  expect([absence.answer(), absence.answer()]).toEqual([true, false]);
  expect(absence.noAnswer()).toEqual({ isNew: true, isTooLong: false });
  now = 204;
  expect(absence.noAnswer()).toEqual({ isNew: false, isTooLong: true });
});

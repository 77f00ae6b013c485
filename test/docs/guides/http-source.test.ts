import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { addDays, dateOf } from '../../../src/contracts/dates/dates.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { AnsweringServer, json, status } from '../../support/servers/answering-server.js';
import { freshPrefix, temporal, warehouse as server } from '../../support/servers/servers.js';
import { StrataProcess, type Settings } from '../../support/strata-process.js';
import { until } from '../../support/until.js';
import { documentAt, fencedBlocks } from '../documents.js';

const blocks = fencedBlocks(documentAt('docs/how-to/databases/http-source.md'));
const block = (name: string): string => {
  const found = blocks.find((each) => each.name === name);
  if (!found) throw new Error(`the page has no block ${name}`);
  return found.text;
};
const days = [-3, -2, -1].map((before) => addDays(dateOf(new Date()), before));

describe('the pipeline of docs/how-to/databases/http-source.md works as written', () => {
  const prefix = freshPrefix();
  let folder: string;
  let env: Settings;
  let weather: AnsweringServer;
  let warehouse: Warehouse;
  let worker: StrataProcess;

  const extract = () =>
    StrataProcess.run(
      block('extract')
        .trim()
        .replace(/^npx strata /, '')
        .split(' '),
      env,
      folder,
    );
  const mart = async () =>
    (await warehouse.query('select day, degrees from bus.warmest_hours order by day')).map((row) => Object.values(row).map(String));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-weather-'));
    for (const { name, text } of blocks.filter((each) => each.name.startsWith('weather/'))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      // The first day of the page is longer ago each day that the test runs.
      await writeFile(join(folder, name), text.replace("since: '2026-03-01'", `since: '${days[0]}'`));
    }
    await mkdir(join(folder, 'weather', 'lake'));
    weather = await AnsweringServer.open((path) => json(block('answer').replace('2026-03-02', /\d{4}-\d{2}-\d{2}/.exec(path)?.[0] ?? '')));
    const printed = [...block('settings').matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.replace('$PWD', folder).replace('https://weather.example', weather.url),
    ]);
    const namespace = `weather-${randomBytes(4).toString('hex')}`;
    const connection = await Connection.connect({ address: temporal.address });
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
    await connection.close();
    env = {
      ...(Object.fromEntries(printed) as Record<string, string>),
      ...{ STRATA_MYSQL_URL: server.url, STRATA_SCHEMA_PREFIX: prefix },
      ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: namespace },
    };
    warehouse = openWarehouse({ url: server.url, prefix, connections: 2 });
    await until(async () => (await StrataProcess.run(['migrate'], env, folder)).code === 0);
    worker = await StrataProcess.startWorker(env, folder);
  });
  afterAll(async () => {
    await worker?.stop();
    await warehouse?.close();
    await weather?.close();
    await rm(folder, { recursive: true });
  });

  it('keeps each answer as it came, brings them to bus, and tells nothing of the address', async () => {
    weather.plan(`/v1/temperatures/${days[1]}`, status(400));
    const first = await extract();
    expect(first.code).toBe(1);
    expect(first.stdout + first.stderr).toContain(`asking for leeds of ${days[1]}: the server answered 400`);
    expect(await mart()).toEqual([
      [days[0], '8.25'],
      [days[2], '8.25'],
    ]);
    const second = await extract();
    expect(second).toMatchObject({ code: 0 });
    expect(second.stdout).toContain('1 day asked for, 1 with a new answer');
    expect(await mart()).toEqual(days.map((day) => [day, '8.25']));
    expect(await readFile(join(folder, `weather/lake/temperatures/${days[1]!.replaceAll('-', '/')}/leeds-00000.json`), 'utf8')).toBe(
      block('answer').replace('2026-03-02', days[1]!),
    );
    expect(weather.asked).toContain(`/v1/temperatures/${days[0]}?city=leeds&key=secret`);
    for (const { stdout, stderr } of [first, second]) expect(stdout + stderr).not.toMatch(/secret|127\.0\.0\.1:\d+\/v1/);
  });

  it('asks for no day twice', async () => {
    const before = [...weather.asked];
    expect((await extract()).code).toBe(0);
    // A day that has ended meanwhile is asked for the first time.
    expect(weather.asked.slice(before.length).filter((path) => before.includes(path))).toEqual([]);
  });
});

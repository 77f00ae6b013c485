import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { extractAnswers, type AnswersWork } from '../../../src/activities/extract/answers/extract-answers.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import type { AnswersResult, ExtractInput } from '../../../src/contracts/activities/extract.js';
import type { HttpExtract } from '../../../src/engine/extract/requests.js';
import type { ObjectStore } from '../../../src/engine/object-store.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { AnsweringServer, cut, json, ratesOf, silent, status } from '../../support/servers/answering-server.js';
import { gearWarehouse } from '../../support/pipelines/extract-lab.js';
import { warehouses } from '../../support/servers/servers.js';
import { quietScope } from '../../support/warehouse-chain.js';

const rates: HttpExtract = {
  ...{ name: 'rates', kind: 'http', setting: 'RATES_URL', into: 'LAKE_URL', since: '2026-03-02', path: '/{date}?base={base}' },
  ...{ values: { base: ['GBP'] }, answer: { entries: 'rates', date: 'date' } },
};
/** Four days are over, from Monday to Thursday. */
const friday = new Date('2026-03-06T10:00:00Z');
const secrets = ['hidden-key', 'hidden-user', 'hidden-word', 'hidden-token'];

describe.each(warehouses)('answers of a server, with gear on $name', ({ url }) => {
  let warehouse: Warehouse;
  let server: AnsweringServer;
  let folder: string;
  let lake: ObjectStore;
  let pipeline = 0;
  beforeAll(async () => {
    warehouse = await gearWarehouse(url);
  });
  afterAll(() => warehouse.close());
  beforeEach(async () => {
    server = await AnsweringServer.open();
    folder = await mkdtemp(join(tmpdir(), 'strata-answers-'));
    lake = new FileStore(folder, 0);
    pipeline += 1;
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (
    over: Partial<AnswersWork> = {},
    { attempt = 1, ...input }: Partial<ExtractInput> & { attempt?: number } = {},
  ): Promise<AnswersResult> =>
    extractAnswers(
      {
        ...{ warehouse, lake, definition: rates, now: () => friday },
        source: { url: `http://hidden-user:hidden-word@${new URL(server.url).host}/v1/?key=hidden-key` },
        limits: { time: 30_000, bytes: 2_000 },
        patience: { tries: 3, pause: 5, longest: 2_000 },
        ...over,
      },
      { pipeline: `p${pipeline}`, extract: 'rates', ...input },
      { ...quietScope, attempt },
    );
  const path = (day: number) => `/v1/2026-03-0${day}`;
  const kept = async () => {
    const found: Record<string, string> = {};
    for await (const page of lake.list({ recursive: true, unsettled: true }))
      for (const { key } of page) found[lake.relativeKey(key)] = await text((await lake.open(lake.relativeKey(key)))!);
    return found;
  };
  const keyOf = (day: number, part = 0) => `rates/2026/03/0${day}/GBP-0000${part}.json`;
  const reasonOf = async (over: Partial<AnswersWork> = {}, options = {}) => {
    const message = await run(over, options).then(
      ({ unanswered }) => unanswered.map(({ why }) => why).join('\n'),
      (error: Error) => error.message,
    );
    for (const secret of secrets) expect(message).not.toContain(secret);
    return message;
  };

  test('each day that is over is asked for once, and its answer is kept as it came', async () => {
    const odd = `\n{"rates" : {"EUR":1.170, "JPY":1.9e2},\n"date":"2026-03-03","base":"GBP"}\r\n`;
    server.plan(path(3), json(odd));
    expect(await run()).toEqual({ kind: 'answers', wanted: 4, kept: 4, same: 0, none: 0, otherDate: 0, unanswered: [], skipped: 0 });
    expect(server.asked.sort()).toEqual([2, 3, 4, 5].map((day) => `${path(day)}?base=GBP&key=hidden-key`));
    expect(server.headers[0]).toMatchObject({
      authorization: `Basic ${Buffer.from('hidden-user:hidden-word').toString('base64')}`,
      'accept-encoding': 'identity',
    });
    expect(await kept()).toEqual({
      ...Object.fromEntries([2, 4, 5].map((day) => [keyOf(day), ratesOf(`2026-03-0${day}`)])),
      [keyOf(3)]: odd,
    });
    expect(await run()).toMatchObject({ wanted: 0 });
    // Days that were missed are asked for by the next run.
    expect(await run({ now: () => new Date('2026-03-09T00:00:01Z') })).toMatchObject({ wanted: 3, kept: 3 });
    expect(server.asked).toHaveLength(7);
  });

  test('several days are asked for side by side, and never too many', async () => {
    const slow = await AnsweringServer.open(
      (asked) => (response) => void setTimeout(() => json(ratesOf(asked.slice(4, 14)))(response, undefined!), 20),
    );
    const many = await run({ source: { url: `${slow.url}/v1` }, definition: { ...rates, since: '2026-02-04' } });
    expect(many).toMatchObject({ wanted: 30, kept: 30 });
    expect(slow.mostOpen).toBeGreaterThan(1);
    expect(slow.mostOpen).toBeLessThanOrEqual(4);
    await slow.close();
  });

  test.each([
    ['429 with seconds', status(429, { 'retry-after': '1' }), 900],
    ['429 with a date', status(429, { date: 'Fri, 06 Mar 2026 10:00:00 GMT', 'retry-after': 'Fri, 06 Mar 2026 10:00:01 GMT' }), 900],
    ['503', status(503), 0],
    ['500 with a wait that is no number', status(500, { 'retry-after': '-5' }), 0],
    ['a body that is cut', cut('{"base":"GBP","da'), 0],
    ['a body in pieces that is cut', cut('{"base":"GBP","da', true), 0],
    ['silence', silent(), 0],
    ['silence after the beginning', silent('{"base":'), 0],
    ['a connection that breaks', (response: Parameters<ReturnType<typeof silent>>[0]) => void response.destroy(), 0],
  ])('%s is asked again', async (what, answer, least) => {
    server.plan(path(2), answer);
    const began = performance.now();
    // A busy machine answers late too, so that only silence is cut short.
    const over = what.startsWith('silence') ? { limits: { time: 2_000, bytes: 2_000 } } : {};
    expect(await run(over)).toMatchObject({ kept: 4, unanswered: [] });
    expect(server.asked.filter((asked) => asked.startsWith(path(2)))).toHaveLength(2);
    // The server's wish is no measure of speed: asking earlier would break it.
    expect(performance.now() - began).toBeGreaterThanOrEqual(least);
  });

  test.each([
    ['500 for ever', status(500), 'the server answered 500. It is asked again', 3],
    ['400', status(400), 'the server answered 400. Check the path in the definition, and RATES_URL', 1],
    [
      'a page',
      (response: Parameters<ReturnType<typeof silent>>[0]) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
      'the answer is no JSON by its content type. Check RATES_URL',
      1,
    ],
    ['no JSON', json('{"base":"GBP"'), 'the answer is no JSON, or its end is missing', 1],
    ['nothing', json(''), 'the answer is empty', 1],
    ['a list', json('[]'), 'the answer is not a JSON object', 1],
    ['no rates', json('{"date":"2026-03-02","rates":[]}'), 'the answer has no object rates', 1],
    ['no day', json('{"date":"2026-02-30","rates":{}}'), 'the answer has no day date, as yyyy-mm-dd', 1],
    [
      'what is no UTF-8',
      (response: Parameters<ReturnType<typeof silent>>[0]) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from('{"\xff":1}', 'latin1')),
      'the answer is not text in UTF-8',
      1,
    ],
    ['a long answer', json(`{"x":"${'x'.repeat(3_000)}"}`), 'the answer is larger than', 1],
    [
      'a long answer of unknown length',
      (response: Parameters<ReturnType<typeof silent>>[0]) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('x'.repeat(1_500));
        response.end('x'.repeat(1_500));
      },
      'the answer is larger than',
      1,
    ],
  ])('%s leaves that day to the next run, and no other', async (_what, answer, problem, times) => {
    server.plan(path(3), ...Array.from({ length: times }, () => answer));
    const result = await run();
    expect(result).toMatchObject({ wanted: 4, kept: 3, unanswered: [{ series: 'GBP', day: '2026-03-03' }] });
    expect(result.unanswered[0]?.why).toContain(`asking for GBP of 2026-03-03: ${problem}`);
    expect(server.asked).toHaveLength(3 + times);
    expect(Object.keys(await kept())).not.toContain(keyOf(3));
    expect(await run()).toMatchObject({ wanted: 1, kept: 1 });
  });

  test('what no request can get past ends the run, and says what to do without a secret', async () => {
    const always = async (...answers: ReturnType<typeof status>[]) => {
      for (const day of [2, 3, 4, 5]) server.plan(path(day), ...answers);
      return reasonOf();
    };
    expect(await always(status(401))).toContain('401: it does not accept the account or key. Correct RATES_URL');
    expect(await always(status(403))).toContain('403: it does not accept');
    expect(await always(status(302, { location: 'https://elsewhere.example/hidden-key?x=hidden-key' }))).toContain(
      'the server answered 302, which sends on to elsewhere.example. Set RATES_URL to the address where it ends',
    );
    expect(await always(status(307, { location: '/v2/hidden-key' }))).toContain('sends on to another place of the same server');
    expect(await reasonOf({ source: { url: 'ftp://hidden-user@x/hidden-key' } })).toBe('RATES_URL: must look like https://host/path');
    expect(await reasonOf({ source: { url: 'hidden-key' } })).toBe('RATES_URL: must look like https://host/path');
    expect(await kept()).toEqual({});
  });

  test('a server that answers nothing is waited for, and is left to the next run in the end', async () => {
    const gone = await AnsweringServer.open();
    const address = `${gone.url}/hidden-key`;
    await gone.close();
    const source = { url: address };
    await expect(run({ source })).rejects.toMatchObject({ type: 'unavailable', waitSeconds: undefined });
    expect(await reasonOf({ source })).toMatch(
      /the server can not be reached, or the connection broke off \(ECONNREFUSED\)\. Check that the server in RATES_URL runs/,
    );
    expect(await run({ source }, { attempt: 10 })).toMatchObject({
      kept: 0,
      unanswered: expect.arrayContaining([expect.anything()]) as unknown,
    });
  });

  test('a long wait that the server wants is kept for all days, and what was answered stays', async () => {
    server.plan(path(3), status(429, { 'retry-after': '3600' }));
    await expect(run()).rejects.toMatchObject({ type: 'unavailable', waitSeconds: 3_600 });
    expect(Object.keys(await kept())).toContain(keyOf(2));
    const before = server.asked.length;
    server.plan(path(3), status(429, { 'retry-after': '999999' }));
    expect((await run()).unanswered).toHaveLength(1);
    expect(server.asked.length - before).toBeLessThanOrEqual(4);
    expect(await run({}, { attempt: 2 })).toMatchObject({ unanswered: [] });
    expect(Object.keys(await kept())).toHaveLength(4);
  });

  test('a day of which the server has nothing, or only another day, is asked for until it is a week old', async () => {
    server.plan(path(3), status(404), status(404), json(ratesOf('2026-03-03')));
    server.plan(path(4), json(ratesOf('2026-03-02')), json(ratesOf('2026-03-02')), status(204));
    expect(await run()).toMatchObject({ wanted: 4, kept: 3, none: 1, otherDate: 1 });
    expect(await run()).toMatchObject({ wanted: 2, kept: 0, same: 1, none: 1, otherDate: 1 });
    expect(await run()).toMatchObject({ wanted: 2, kept: 1, none: 1 });
    expect((await kept())[keyOf(4)]).toBe(ratesOf('2026-03-02'));
    const later = { now: () => new Date('2026-03-11T10:00:00Z'), definition: { ...rates, since: '2026-03-04' } };
    server.plan(path(4), status(404));
    server.plan('/v1/2026-03-10', status(404));
    expect(await run(later)).toMatchObject({ wanted: 6, kept: 4, none: 2 });
    // The fourth is a week old; the tenth is not.
    expect(await run(later)).toMatchObject({ wanted: 1, kept: 1 });
  });

  test('old days without a good answer keep neither new days nor each other waiting', async () => {
    const old = (asked: string) => asked < '/v1/2026-02-10';
    let isBroken = true;
    const odd = await AnsweringServer.open(
      (asked) => (response, request) => (isBroken && old(asked) ? status(400) : json(ratesOf(asked.slice(4, 14))))(response, request),
    );
    const work = { source: { url: `${odd.url}/v1` }, definition: { ...rates, since: '2025-11-15' } };
    const first = await run(work);
    expect(first).toMatchObject({ wanted: 111, kept: 24 });
    expect(first.unanswered.length).toBe(20);
    expect(first.skipped).toBeGreaterThan(0);
    // Up to four good answers may come late, and each lets another twenty be asked.
    expect(new Set(odd.asked.filter(old)).size).toBe(87 - first.skipped!);
    // Days of tomorrow are answered although the old ones are still bad.
    expect(await run({ ...work, now: () => new Date('2026-03-07T10:00:00Z') })).toMatchObject({ kept: 1 });
    isBroken = false;
    expect(await run(work)).toMatchObject({ wanted: 87, kept: 87, unanswered: [], skipped: 0 });
    await odd.close();
  });

  test('more bad days than a run bears stop nothing while good ones are between them', async () => {
    const odd = await AnsweringServer.open(
      (asked) => (response, request) =>
        (Number(asked.slice(12, 14)) % 2 === 0 ? status(400) : json(ratesOf(asked.slice(4, 14))))(response, request),
    );
    const work = { source: { url: `${odd.url}/v1` }, definition: { ...rates, since: '2026-01-01' } };
    const result = await run(work);
    expect(result).toMatchObject({ wanted: 64, skipped: 0 });
    expect(result.kept).toBeGreaterThan(30);
    await odd.close();
  });

  test('bad days that a run which died has passed keep no day waiting that it did not come to', async () => {
    const isBad = (asked: string) => Number(asked.slice(12, 14)) % 2 === 0;
    const odd = await AnsweringServer.open(
      (asked) => (response, request) => (isBad(asked) ? status(400) : json(ratesOf(asked.slice(4, 14))))(response, request),
    );
    const work = { source: { url: `${odd.url}/v1` }, definition: { ...rates, since: '2026-01-01' } };
    const step = (at: string) => (at === 'before 2026-01-11' ? Promise.reject(new Error('the worker died')) : Promise.resolve());
    await expect(run({ ...work, step })).rejects.toThrow('the worker died');
    // What ran beside it came to its end, and nothing goes on behind it.
    const asked = odd.asked.length;
    await sleep(50);
    expect(odd.asked).toHaveLength(asked);
    await run(work);
    const ofJanuary = Object.keys(await kept()).filter((key) => key < 'rates/2026/01/12');
    expect(ofJanuary.sort()).toEqual([1, 3, 5, 7, 9, 11].map((day) => `rates/2026/01/${String(day).padStart(2, '0')}/GBP-00000.json`));
    await odd.close();
  });

  test('a server that has nothing for any of many days is asked again by each run, which fails and says what to check', async () => {
    let isWrong = true;
    const wrong = await AnsweringServer.open(
      (asked) => (response, request) => (isWrong ? status(404) : json(ratesOf(asked.slice(4, 14))))(response, request),
    );
    const work = { source: { url: `${wrong.url}/v1` }, definition: { ...rates, since: '2026-01-01' } };
    for (let time = 0; time < 2; time += 1)
      await expect(run(work)).rejects.toMatchObject({
        type: 'misconfigured',
        message: expect.stringMatching(/nothing for any of the 64 days .* Check the path in the definition, and RATES_URL/) as unknown,
      });
    isWrong = false;
    expect(await run(work)).toMatchObject({ wanted: 64, kept: 64, none: 0 });
    await wrong.close();
  });

  test('an answer that differs is another object, and none is overwritten', async () => {
    await run();
    server.plan(path(2), json(ratesOf('2026-03-02', { EUR: 2 })), json(ratesOf('2026-03-02')));
    expect(await run({}, { full: true })).toMatchObject({ wanted: 4, kept: 1, same: 3 });
    expect(await run({}, { full: true })).toMatchObject({ wanted: 4, kept: 1, same: 3 });
    const found = await kept();
    expect([0, 1, 2].map((part) => found[keyOf(2, part)])).toEqual([
      ratesOf('2026-03-02'),
      ratesOf('2026-03-02', { EUR: 2 }),
      ratesOf('2026-03-02'),
    ]);
    expect(await run({}, { full: true })).toMatchObject({ same: 4 });
  });

  test.each(['before 2026-03-03', 'after 2026-03-03'])(
    'an attempt that dies %s leaves nothing half, and the next one asks only for the rest',
    async (place) => {
      await expect(run({ step: async (name) => (name === place ? Promise.reject(new Error('killed')) : undefined) })).rejects.toThrow(
        'killed',
      );
      expect((await run()).wanted).toBeGreaterThan(0);
      expect(Object.keys(await kept()).sort()).toEqual([2, 3, 4, 5].map((day) => keyOf(day)));
      expect(await run()).toMatchObject({ wanted: 0 });
    },
  );

  test('what an attempt that died had not brought in whole goes', async () => {
    await writeFile(join(folder, 'half'), '{');
    await lake.stage(keyOf(3), join(folder, 'half'));
    await rm(join(folder, 'half'));
    await run();
    expect((await readdir(folder, { recursive: true })).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test('a warehouse that knows of no answer takes over what the lake has', async () => {
    server.plan(path(5), json(ratesOf('2026-03-04')));
    await run();
    pipeline += 1;
    for (const key of Object.keys(await kept())) await utimes(join(folder, key), friday, friday);
    const before = server.asked.length;
    // The fifth had an answer of another day, so it is asked for again.
    expect(await run()).toMatchObject({ wanted: 1, kept: 1 });
    expect(server.asked.length - before).toBe(1);
  });

  test('a token is sent, and other values have requests and answers of their own', async () => {
    const definition = {
      ...rates,
      values: { base: ['GBP', 'EUR'], kind: ['mid'] },
      path: '?day={date}&base={base}&kind={kind}',
      since: '2026-03-05',
    };
    server.plan('/v1/', json(ratesOf('2026-03-05')), json(ratesOf('2026-03-05')));
    expect(await run({ definition, source: { url: `${server.url}/v1/`, token: 'hidden-token' } })).toMatchObject({ wanted: 2 });
    expect(server.asked.sort()).toEqual(['/v1?day=2026-03-05&base=EUR&kind=mid', '/v1?day=2026-03-05&base=GBP&kind=mid']);
    expect(server.headers[0]?.authorization).toBe('Bearer hidden-token');
  });
});

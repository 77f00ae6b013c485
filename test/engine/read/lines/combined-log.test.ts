import { describe, expect, it } from '@jest/globals';
import { logText, parseCombinedLog, type Visit } from '../../../../src/engine/read/lines/combined-log.js';

const line = (parts: Partial<Record<'ip' | 'user' | 'time' | 'request' | 'status' | 'bytes' | 'referer' | 'agent', string>> = {}) =>
  `${parts.ip ?? '203.0.113.9'} - ${parts.user ?? 'ada'} [${parts.time ?? '22/Jun/2020:08:15:00 +0000'}] "${parts.request ?? 'GET /a HTTP/1.1'}" ${parts.status ?? '200'} ${parts.bytes ?? '12'} "${parts.referer ?? '-'}" "${parts.agent ?? 'curl/8'}"`;
const visit = (text: string) => {
  const read = parseCombinedLog(text);
  if (!('visitTime' in read)) throw new Error(read.join(', '));
  return read;
};

describe('a line of a web log', () => {
  it('is a visit with the parts of its request', () => {
    expect(visit(line())).toEqual({
      visitTime: '2020-06-22 08:15:00',
      ip: '203.0.113.9',
      userName: 'ada',
      method: 'GET',
      path: '/a',
      protocol: 'HTTP/1.1',
      request: 'GET /a HTTP/1.1',
      status: '200',
      bytes: '12',
      referer: null,
      userAgent: 'curl/8',
    } satisfies Visit);
  });

  it.each([
    ['22/Jun/2020:08:15:00 +0000', '2020-06-22 08:15:00'],
    ['22/Jun/202008:15:00 +0000', '2020-06-22 08:15:00'],
    ['22/Jun/2020 08:15:00 +0000', '2020-06-22 08:15:00'],
    ['01/Jan/2020:00:30:00 +0200', '2019-12-31 22:30:00'],
    ['31/Dec/2019:23:30:00 -0545', '2020-01-01 05:15:00'],
    ['30/Jun/2015:23:59:60 +0000', '2015-06-30 23:59:59'],
    ['29/Feb/2020:00:00:00 +0000', '2020-02-29 00:00:00'],
  ])('was at %s, in UTC %s', (time, utc) => expect(visit(line({ time })).visitTime).toBe(utc));

  it.each([
    '30/Feb/2020:00:00:00 +0000',
    '22/jun/2020:08:15:00 +0000',
    '22/Xxx/2020:08:15:00 +0000',
    '22/Jun/2020:24:00:00 +0000',
    '22/Jun/2020:08:15:00 +0060',
    '22/Jun/2020:08:15:00 +1401',
  ])('of the day %s is bad_date', (time) => expect(parseCombinedLog(line({ time }))).toEqual(['bad_date']));

  it.each([
    ['GET / HTTP/1.0', ['GET', '/', 'HTTP/1.0']],
    ['M-SEARCH * HTTP/1.1', ['M-SEARCH', '*', 'HTTP/1.1']],
    ['PRI * HTTP/2', ['PRI', '*', 'HTTP/2']],
    ['-', [null, null, null]],
    ['', [null, null, null]],
    ['\\x16\\x03\\x01', [null, null, null]],
    ['GET /a b HTTP/1.1', [null, null, null]],
    ['get / HTTP/1.1', [null, null, null]],
    ['GET /', [null, null, null]],
  ])('keeps the request %j whole', (request, parts) => {
    const read = visit(line({ request }));
    expect([read.request, read.method, read.path, read.protocol]).toEqual([request, ...parts]);
  });

  it('unescapes quotes and backslashes, and keeps other sequences', () => {
    const read = visit(line({ request: 'GET /\\"a\\\\b\\x00 HTTP/1.1', agent: 'a \\"quoted\\" agent', referer: 'http://x/\\\\' }));
    expect([read.path, read.userAgent, read.referer]).toEqual(['/"a\\b\\x00', 'a "quoted" agent', 'http://x/\\']);
  });

  it('has NULL where the log has a dash, and an empty user', () => {
    const read = visit(line({ user: '-', agent: '-', bytes: '-' }));
    expect([read.userName, read.userAgent, read.bytes]).toEqual([null, null, '0']);
    expect([visit(line({ user: '""' })).userName, visit(line({ agent: '' })).userAgent]).toEqual([null, '']);
  });

  it.each(['::1', '2001:db8::ff00:42:8329', '::ffff:1.2.3.4', 'fe80::1%eth0', 'crawl-66-249-66-1.googlebot.com', 'localhost'])(
    'may come from %s',
    (ip) => expect(visit(line({ ip })).ip).toBe(ip),
  );

  it.each(['999.1.1.1', '1.2.3', 'a:b', 'a/b', '-'.repeat(0)])('can not come from %j', (ip) =>
    expect(parseCombinedLog(line({ ip }))).toEqual(['bad_line']),
  );

  it.each([
    [line({ status: 'abc' }), 'bad_line'],
    [line({ bytes: '1k' }), 'bad_line'],
    [line({ status: '99' }), 'bad_number'],
    [line({ status: '600' }), 'bad_number'],
    [line({ bytes: '9223372036854775808' }), 'bad_number'],
    [line().replace(' "curl/8"', ''), 'bad_line'],
    [line().slice(0, -1), 'bad_line'],
    [`${line()} more`, 'bad_line'],
    [` ${line()}`, 'bad_line'],
    [line().replace(' - ', '  - '), 'bad_line'],
    [line({ agent: 'a "b" c' }), 'bad_line'],
    ['\x16\x03\x01', 'bad_line'],
  ])('%j is %s', (text, problem) => expect(parseCombinedLog(text)).toEqual([problem]));

  it('has all of its problems', () =>
    expect(parseCombinedLog(line({ time: '30/Feb/2020:00:00:00 +0000', status: '700' }))).toEqual(['bad_number', 'bad_date']));

  it('may have zeros before its numbers, and parts with any character but a space', () => {
    const read = visit(line({ user: 'a\u00a0b\u3000c', status: '0200', bytes: '007' }));
    expect([read.userName, Number(read.status), Number(read.bytes)]).toEqual(['a\u00a0b\u3000c', 200, 7]);
  });

  it('takes an agent of 10 KB, and no time for a hostile line', () => {
    expect(visit(line({ agent: 'x'.repeat(10_000) })).userAgent).toHaveLength(10_000);
    const began = process.cpuUsage();
    expect(parseCombinedLog(line({ agent: '\\"'.repeat(300_000) }).slice(0, -1))).toEqual(['bad_line']);
    expect(process.cpuUsage(began).user).toBeLessThan(5_000_000);
  });
});

describe('the bytes of a log', () => {
  it.each([
    [Buffer.from('plain ü 🦉 \ufffd'), 'plain ü 🦉 \ufffd'],
    [Buffer.from([0x61, 0xff, 0x62, 0xc3, 0x28]), 'a\\xffb\\xc3('],
    [Buffer.from([0x61, 0x00, 0x62]), 'a\\x00b'],
    [Buffer.from([0xe2, 0x82]), '\\xe2\\x82'],
    [Buffer.concat([Buffer.from('é'), Buffer.from([0x80])]), 'é\\x80'],
    [Buffer.from([0xed, 0xa0, 0x80]), '\\xed\\xa0\\x80'],
  ])('%j are kept as %j', (bytes, text) => expect(logText(bytes)).toBe(text));
});

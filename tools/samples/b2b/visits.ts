import { between, pick, type Random } from '../random.js';
import { twoDigits } from './values.js';

/** Networks of some countries, and addresses that have none. */
const addresses: readonly [string, ...string[]] = [
  ...(['81.2.69.#', '80.58.61.#', '217.160.0.#', '193.0.6.#', '133.242.0.#', '8.8.8.#', '91.198.174.#', '200.160.2.#'] as const),
  ...['2001:4860:4860::8888', '2a00:1450:4003:80f::200e', '::ffff:81.2.69.142', '10.0.0.#', 'fe80::1', 'proxy.example.com'],
];

const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0';
export const agents: readonly [string, ...string[]] = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`,
  'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  `Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 14; SM-S918B) ${chrome} Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${chrome} Mobile Safari/537.36`,
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/8.5.0',
  'something else',
  '-',
];

const paths: readonly [string, ...string[]] = ['/', '/products', '/products/17?sort=price', '/cart', '/m%C3%B6bel', '/login'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** In a file of bytes: what UTF-8 makes of the text. */
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

/** A line of a day's log in the combined format; a character is a byte. */
export function visitLine(next: Random, day: Date, customers: number): string {
  const ip = pick(next, addresses).replace('#', String(between(next, 1, 250)));
  // One in three is logged in, some under a name that no customer has.
  const user = next() < 0.33 ? `user${between(next, 1, Math.ceil(customers * 1.1))}` : next() < 0.05 ? '""' : '-';
  const request = next() < 0.01 ? pick(next, oddRequests) : `${pick(next, ['GET', 'GET', 'POST'])} ${pick(next, paths)} HTTP/1.1`;
  const status = pick(next, ['200', '200', '200', '304', '404', '500']);
  const bytes = status === '304' ? '-' : String(between(next, 0, 90_000));
  const referer = next() < 0.5 ? '-' : 'https://example.com/';
  return `${ip} - ${user} [${logTime(next, day)}] "${request}" ${status} ${bytes} "${referer}" "${pick(next, agents)}"`;
}

/** Texts that are not requests: bytes of TLS, nothing, quotes that are escaped. */
const oddRequests: readonly [string, ...string[]] = [
  '\\x16\\x03\\x01',
  '',
  '-',
  'GET /search?q=\\"a\\\\b\\" HTTP/1.0',
  'GET /a b HTTP/1.1',
  'hello',
];

/** The first producer puts nothing between date and time. */
function logTime(next: Random, day: Date): string {
  const time = `${twoDigits(between(next, 2, 21))}:${twoDigits(between(next, 0, 59))}:${twoDigits(between(next, 0, 59))}`;
  return `${logDate(day)}${pick(next, ['', '', ':', ' '])}${time} ${pick(next, ['+0000', '+0000', '+0200', '-0130'])}`;
}

function logDate(day: Date): string {
  return `${twoDigits(day.getUTCDate())}/${months[day.getUTCMonth()]}/${day.getUTCFullYear()}`;
}

/** Lines of a log as servers write them: the first ones are visits, the others go to the quarantine with the reason beside them. */
export function oddVisits(day: Date): { readonly kept: readonly string[]; readonly refused: readonly (readonly [string, string])[] } {
  const date = logDate(day);
  const line = (parts: Partial<Record<'ip' | 'user' | 'time' | 'request' | 'status' | 'bytes' | 'referer' | 'agent', string>> = {}) => {
    const { ip = '8.8.8.8', user = '-', time = `${date}:12:00:00 +0000`, request = 'GET / HTTP/1.0', status = '200' } = parts;
    return `${ip} - ${user} [${time}] "${request}" ${status} ${parts.bytes ?? '1'} "${parts.referer ?? '-'}" "${parts.agent ?? 'curl/8.5.0'}"`;
  };
  return {
    kept: [
      line({ time: `${date}:23:59:60 +0000` }),
      line({ time: `${date} 00:30:00 +0100` }),
      line({ user: utf8('Zoë'), agent: `Mozilla \xff\xfe ${utf8('é')}` }),
      line({ request: 'GET /\0 HTTP/1.0' }),
      line({ request: '\x16\x03\x01\x02', status: '400', bytes: '-' }),
      line({ agent: `Mozilla/5.0 ${'x'.repeat(10_000)}` }),
      line({ agent: 'a \\"quoted\\" agent, with \\\\ and \\x41' }),
      line({ ip: '2001:db8::1', user: 'a,b\\N' }),
      line({ bytes: '9223372036854775807', status: '100' }),
    ],
    refused: [
      ['no visit', 'bad_line'],
      [line().replace(' "-"', ''), 'bad_line'],
      [line({ ip: '999.1.2.3' }), 'bad_line'],
      [line({ agent: 'an "open quote' }), 'bad_line'],
      [line({ status: 'abc' }), 'bad_line'],
      [line({ status: '999' }), 'bad_number'],
      [line({ time: '30/Feb/2020:12:00:00 +0000' }), 'bad_date'],
      [line({ time: `${date}:24:00:00 +0000` }), 'bad_date'],
    ],
  };
}

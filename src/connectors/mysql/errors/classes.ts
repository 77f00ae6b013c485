import type { Meaning, ServerError } from './meaning.js';

/** What an error of the server's operating system means, by its number in the server's text. */
const bySystem: Readonly<Record<number, Meaning>> = {
  28: { type: 'unavailable', hint: "the server's disk is full: free space there" },
  122: { type: 'unavailable', hint: "the server's disk quota is used up: free space there" },
  5: { type: 'unavailable', hint: "the server's disk has an error: look at the server's log" },
  30: { type: 'unavailable', hint: "the server's disk is read-only: look at the server's log" },
  12: { type: 'unavailable', hint: 'the server has no memory left' },
  23: { type: 'unavailable', hint: 'the server has too many files open: raise its open_files_limit' },
  24: { type: 'unavailable', hint: 'the server has too many files open: raise its open_files_limit' },
  13: { type: 'misconfigured', hint: 'the server may not use a file of its own: look at the rights of its datadir and tmpdir' },
  90: { type: 'misconfigured', hint: 'a transaction is too large for the cluster: raise wsrep_max_ws_size, and wsrep_max_ws_rows to 0' },
  // A storage engine's own, which begin at 120.
  135: { type: 'unavailable', hint: "a table is full: look at the server's disk" },
  136: { type: 'unavailable', hint: "a table is full: look at the server's disk" },
  146: { type: 'contention' },
  149: { type: 'contention' },
  126: { type: 'misconfigured', hint: "a table is damaged, or the disk of tmpdir is full: look at the server's log" },
  127: { type: 'misconfigured', hint: "a table is damaged: look at the server's log" },
  145: { type: 'misconfigured', hint: "a table is damaged: look at the server's log" },
};

/** Classes of SQLSTATE. Of 42 and HY000 the number says more, where it is known. */
const byState: Readonly<Record<string, Meaning>> = {
  '08': { type: 'unavailable' },
  '28': { type: 'denied', hint: 'check user and password in STRATA_MYSQL_URL' },
  '40': { type: 'contention' },
  '70': { type: 'unavailable' },
  '25': { type: 'unavailable', hint: 'the server takes no writes now: name the primary in STRATA_MYSQL_URL' },
  '42': { type: 'statement', hint: "the server does not take this SQL: of a mart's own SQL, correct its file" },
  '21': {
    type: 'statement',
    hint: "the statement's columns do not match: of a mart's own SQL, correct its file. Otherwise run strata doctor",
  },
  '22': { type: 'statement', hint: 'a value does not fit a column of $table: run strata doctor, or look at the SQL that makes the value' },
  '23': { type: 'statement', hint: 'a key or a constraint of $table does not hold: run strata doctor' },
  '45': { type: 'statement', hint: 'a trigger or routine of the server refused it: ask who made it' },
};

const proxyHint = 'a proxy between Strata and the server reaches no server: look at the log of the proxy';
/** First words of what proxies say of servers that they don't reach. */
const proxyWords =
  /^(Max connect timeout reached|ProxySQL Error|Can't connect to|Lost connection to|Timed-out waiting to acquire database connection|PD server timeout|TiKV server)[^\r\n'"]{0,200}(?:'[\w.:-]*'[^\r\n'"]{0,100})*$/;

/**
 * What an error means whose number is not known: by the operating system's error in its text, by who sends such numbers, by its SQLSTATE.
 */
export function byClass({ number, state, message }: ServerError): Meaning | undefined {
  const stated = byState[state.slice(0, 2)];
  if (stated && !/^(08|70)/.test(state)) return stated;
  const system = systemError(message);
  if (system) return system;
  // Of clients (MySQL Router and others pass them on), of ProxySQL, TiDB and RDS Proxy.
  if (number === 2026)
    return {
      type: 'misconfigured',
      words: proxyWords,
      hint: 'check ssl-mode and ssl-ca in STRATA_MYSQL_URL, and TLS of the proxy between',
    };
  if ((number >= 2000 && number < 2100) || (number >= 9000 && number < 9600))
    return { type: 'unavailable', words: proxyWords, hint: proxyHint };
  // The server's own use of files and memory.
  if (number < 100 || (number >= 1004 && number < 1043 && state === 'HY000'))
    return { type: 'unavailable', hint: "look at the server's disk, memory and log" };
  return stated;
}

export function systemError(message: string): Meaning | undefined {
  if (/wsrep_max_ws/.test(message)) return bySystem[90];
  const number = /(?:errno|errcode|got error)[: ]+(\d{1,3})\b/i.exec(message)?.[1];
  // 122 is a storage engine's own error too.
  if (number === undefined || (number === '122' && !/quota/i.test(message))) return undefined;
  return bySystem[Number(number)];
}

import { StrataError } from '../../engine/strata-error.js';
import { byClass, systemError } from './errors/classes.js';
import { login, type Product, type ServerError } from './errors/meaning.js';
import { nameOf } from './errors/names.js';
import { byNumber, byText } from './errors/numbers.js';

interface DriverError {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  readonly message?: unknown;
  readonly fatal?: unknown;
  /** Of an error of the network. */
  readonly syscall?: unknown;
  /** OpenSSL's words. */
  readonly reason?: unknown;
}

const tlsHint = `check ssl-mode and ssl-ca in ${login}`;
const pluginHint = 'let the account log in by caching_sha2_password (MariaDB: mysql_native_password)';
const lostCodes = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|PROTOCOL_|ER_SERVER_SHUTDOWN)/;

/**
 * The closed set's error for what the driver threw. Texts that may quote a row's values, and the statement, are left behind:
 * messages end in logs and in workflow histories.
 */
export function warehouseFailure(error: unknown, doing: string, product?: Product): StrataError {
  if (error instanceof StrataError) return error;
  const { code, errno, sqlState, message, fatal } = (typeof error === 'object' && error !== null ? error : {}) as DriverError;
  const name = typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown error';
  if (typeof errno === 'number' && errno > 0) {
    const state = typeof sqlState === 'string' ? sqlState : '';
    return serverFailure({ number: errno, state, message: String(message), name, product }, doing);
  }
  const tls = tlsMistake(error);
  if (tls !== undefined) return new StrataError('misconfigured', `${doing}: no TLS: ${tls}. ${begun(tlsHint)}`);
  if (name === 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED' || (name === 'AUTH_SWITCH_PLUGIN_ERROR' && /unknown plugin/.test(String(message))))
    return new StrataError(
      'misconfigured',
      `${doing}: the server asks for a way to log in that Strata does not have. ${begun(pluginHint)}`,
    );
  if (fatal === true || lostCodes.test(name))
    return new StrataError('unavailable', `${doing}: no connection (${name}). Check that the server in STRATA_MYSQL_URL runs`);
  return new StrataError('unexpected', `${doing}: an error of the driver that Strata does not know, ${name}`);
}

function serverFailure(error: ServerError, doing: string): StrataError {
  const { number, product, message } = error;
  const known = byText(number, message) ?? byNumber(number, product);
  const meaning = known ? { ...known, ...(isSystem(number) ? systemError(message) : undefined) } : byClass(error);
  if (meaning === undefined) return unknownFailure(error, doing);
  const text = meaning.words?.test(message) ? `${message} (${number})` : nameOf(error) + columnOf(message);
  const hint = meaning.hint === undefined ? '' : `. ${begun(meaning.hint).replaceAll('$table', tableOf(doing))}`;
  return new StrataError(meaning.type, `${meaning.whole && meaning.words?.test(message) ? '' : `${doing}: `}${text}${hint}`);
}

/** A hint as a sentence of its own. One that begins with a table's name stays as it is. */
const begun = (hint: string): string => hint.charAt(0).toUpperCase() + hint.slice(1);

/** Numbers under which servers pass on errors of their operating system. */
const isSystem = (number: number): boolean => number < 100 || number === 1180 || number === 1534 || (number > 1000 && number < 1040);

/**
 * It may pass by itself: it is tried again a few times. Its words are shown where no row takes part. What stands between the first
 * quote and the last is left out, and where rows are written, all: a trigger can say anything under any number.
 */
function unknownFailure(error: ServerError, doing: string): StrataError {
  const { state, message } = error;
  const words = /^(insert|update|delete|replace|load|call|with|processing)\b/i.test(doing)
    ? "its words may hold values of rows: the server's log or a client shows them"
    : message
        .replace(/(?<![\p{L}\p{N}])['"`].*['"`]/su, '?')
        .replace(/[\r\n]+/g, ' ')
        .slice(0, 300);
  return new StrataError(
    'unexpected',
    `${doing}: the server answered with an error that Strata does not know, ${nameOf(error)}${state === '' ? '' : `, SQLSTATE ${state}`}: ${words}`,
  );
}

/** A name of a column at the end of a text that may begin with a value. */
function columnOf(message: string): string {
  const column = /for column ['`]([\p{L}\p{N}_$.`]{1,200})['`] at row \d+$/u.exec(message)?.[1];
  return column === undefined ? '' : ` for column ${column.replaceAll('`', '')}`;
}

const tableOf = (doing: string): string =>
  /(?:into|update|from|table)\s+`?((?:\w+\.)?`?\w+)/i.exec(doing)?.[1]?.replaceAll('`', '') ?? 'the table';

/**
 * What is wrong with the certificate or the settings of TLS; undefined where it is something else. The driver gives one code to all that
 * ends a handshake, also to a server that goes away in it.
 */
function tlsMistake(error: unknown): string | undefined {
  const { code, message, syscall, reason } = (typeof error === 'object' && error !== null ? error : {}) as DriverError;
  const text = String(reason ?? message);
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return 'the server has none';
  if (code !== 'HANDSHAKE_SSL_ERROR' || syscall !== undefined || /socket disconnected|unexpected eof/i.test(text)) return undefined;
  return text;
}

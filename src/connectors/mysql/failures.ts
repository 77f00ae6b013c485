import type { FailureType } from '../../contracts/failures.js';
import { StrataError } from '../../engine/strata-error.js';

interface DriverError {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly message?: unknown;
  readonly fatal?: unknown;
  /** Of an error of the network. */
  readonly syscall?: unknown;
  /** OpenSSL's words. */
  readonly reason?: unknown;
}

interface Meaning {
  readonly type: FailureType;
  /** The server's text holds names only, never values of rows. */
  readonly open?: boolean;
  /** That text says all: which statement it was would tell nothing more. */
  readonly whole?: boolean;
  readonly hint?: string;
}

const denied = { type: 'denied', open: true, whole: true, hint: 'grant the rights listed in docs/settings.md' } as const;
const wrongLogin = { type: 'denied', open: true, whole: true, hint: 'check user and password in STRATA_MYSQL_URL (of strata migrate: STRATA_MYSQL_ADMIN_URL)' } as const;
const notMigrated = { type: 'misconfigured', open: true, whole: true, hint: 'run: strata migrate' } as const;
const localInfile = {
  type: 'misconfigured',
  open: true,
  whole: true,
  hint: 'on the server run: set global local_infile = 1 (and put local_infile = 1 into its configuration)',
} as const;

/** What a server's or the driver's error means, by number. */
const byNumber: Readonly<Record<number, Meaning>> = {
  1020: { type: 'contention' },
  1205: { type: 'contention' },
  1213: { type: 'contention' },
  3101: { type: 'contention' },
  3572: { type: 'contention' },
  1040: { type: 'unavailable', open: true, hint: 'too many connections: raise max_connections or run fewer workers' },
  1203: { type: 'unavailable', open: true, hint: "too many connections: raise the user's limit or run fewer workers" },
  1226: { type: 'unavailable', open: true, hint: "too many connections or statements: raise the user's limit or run fewer workers" },
  1053: { type: 'unavailable' },
  1077: { type: 'unavailable' },
  1129: { type: 'unavailable', open: true },
  1152: { type: 'unavailable' },
  1158: { type: 'unavailable' },
  1159: { type: 'unavailable' },
  1160: { type: 'unavailable' },
  1161: { type: 'unavailable' },
  1290: { type: 'unavailable', open: true, hint: 'the server takes no writes now' },
  1317: { type: 'unavailable' },
  1836: { type: 'unavailable', open: true, hint: 'the server takes no writes now' },
  1927: { type: 'unavailable' },
  2006: { type: 'unavailable' },
  2013: { type: 'unavailable' },
  3032: { type: 'unavailable', open: true, hint: 'the server is being taken over' },
  3169: { type: 'unavailable' },
  4031: { type: 'unavailable' },
  1021: { type: 'unavailable', hint: "the server's disk is full" },
  1153: { type: 'misconfigured', hint: 'on the server raise max_allowed_packet, to 16M at least' },
  1114: { type: 'unavailable', hint: "a table is full: look at the server's disk and tmp_table_size" },
  1044: denied,
  1045: wrongLogin,
  1142: denied,
  1143: denied,
  1227: denied,
  1370: { type: 'denied', open: true },
  1698: wrongLogin,
  1049: notMigrated,
  1054: { type: 'misconfigured', open: true, hint: 'a table differs from its definition: run strata doctor, then strata migrate' },
  1146: notMigrated,
  1136: { type: 'misconfigured', open: true, hint: 'a table differs from its definition: run strata doctor' },
  1364: { type: 'misconfigured', open: true, hint: 'a table differs from its definition: run strata doctor' },
  1148: localInfile,
  3948: localInfile,
  3950: localInfile,
  4166: localInfile,
};

const tlsHint = 'check ssl-mode and ssl-ca in STRATA_MYSQL_URL (of strata migrate: STRATA_MYSQL_ADMIN_URL)';
const lostCodes = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|PROTOCOL_|ER_SERVER_SHUTDOWN)/;

/**
 * The closed set's error for what the driver threw. Texts that may quote a row's values, and the statement, are left behind:
 * messages end in logs and in workflow histories.
 */
export function warehouseFailure(error: unknown, doing: string): StrataError {
  if (error instanceof StrataError) return error;
  const { code, errno, message, fatal } = (typeof error === 'object' && error !== null ? error : {}) as DriverError;
  const name = typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown error';
  const known = typeof errno === 'number' ? byNumber[errno] : undefined;
  if (known) {
    const text = known.open && typeof message === 'string' ? `${message} (${String(errno)})` : `${name} (${String(errno)})`;
    return new StrataError(known.type, `${known.whole ? '' : `${doing}: `}${text}${known.hint ? `; ${known.hint}` : ''}`);
  }
  const tls = tlsMistake(error);
  if (tls !== undefined) return new StrataError('misconfigured', `${doing}: no TLS: ${tls}; ${tlsHint}`);
  if (fatal === true || lostCodes.test(name))
    return new StrataError('unavailable', `${doing}: no connection (${name}); check that the server in STRATA_MYSQL_URL runs`);
  return new StrataError('statement', `${doing}: the warehouse refused the statement with ${name}${typeof errno === 'number' ? ` (${errno})` : ''}`);
}

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

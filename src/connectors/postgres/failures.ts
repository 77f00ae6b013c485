import type { FailureType } from '../../contracts/failures.js';
import { UnreadableTableError } from '../../engine/extract/source-snapshot.js';
import { StrataError } from '../../engine/strata-error.js';
import { codeOf } from '../../engine/system-errors.js';

interface Meaning {
  readonly type: FailureType;
  readonly text: string;
}

/** By SQLSTATE, or its first two characters. */
const meanings: Readonly<Record<string, Meaning>> = {
  '28P01': { type: 'denied', text: 'the password is wrong. Correct $setting' },
  '28': { type: 'denied', text: 'the account may not log in. Check user and password in $setting, and pg_hba.conf of the server' },
  '3D000': { type: 'misconfigured', text: 'there is no database of that name. Correct $setting' },
  '42501': {
    type: 'denied',
    text: 'the account has no right to do that. Grant it select, and usage of the schema',
  },
  '57014': { type: 'contention', text: 'the query was cancelled, by its time limit or by somebody. It is read again, in a new snapshot' },
  '40001': { type: 'contention', text: 'the query conflicts with the recovery of a standby. It is read again, in a new snapshot' },
  '40': { type: 'contention', text: 'the transaction was rolled back by the server. It is read again, in a new snapshot' },
  '55P03': { type: 'contention', text: 'the table is locked, by an ALTER TABLE or VACUUM FULL for example. It is read in a later run' },
  '25P04': { type: 'contention', text: 'the server ends transactions that take so long. Raise transaction_timeout of the account' },
  '25P03': { type: 'contention', text: 'the transaction was idle for too long. It is read again, in a new snapshot' },
  '53300': { type: 'unavailable', text: 'the server has no connection left. Raise its max_connections, or close some' },
  '53': { type: 'unavailable', text: 'the server lacks memory, disk or connections. Look at its log' },
  '57': { type: 'unavailable', text: 'the server stops or starts' },
  '08': { type: 'unavailable', text: 'the connection was lost' },
  '42P01': { type: 'contention', text: 'the table was dropped while it was to be read. The next run sees what is there' },
  '42703': { type: 'contention', text: 'a column was dropped while it was to be read. The next run sees what is there' },
  '0A': {
    type: 'misconfigured',
    text: 'the server cannot read that table here: a standby has no rows of unlogged tables. Extract it from the primary',
  },
  '22': { type: 'misconfigured', text: 'a value is damaged, or has no form in UTF-8. Correct it in the source' },
  '54': {
    type: 'misconfigured',
    text: 'a row is too large for the server to give it out. Make it shorter, or name the columns to extract',
  },
  '58': { type: 'unavailable', text: "the server's disk has an error. Look at its log" },
  XX: { type: 'unexpected', text: 'the server has an internal error. Look at its log' },
};

const wrongCertificate = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_|ERR_TLS_|ERR_SSL_|EPROTO$)/;

/** They end one statement, and others of the transaction can go on after a savepoint. By SQLSTATE, or its first two characters. */
const ofOneTable = ['42501', '55P03', '42P01', '42703', '0A', '22', '54', 'XX'];

/** The closed set's error for what the driver threw. The server's own words may quote values and addresses: they stay behind. */
export function sourceFailure(error: unknown, doing: string, setting: string): StrataError {
  if (error instanceof StrataError) return error;
  const code = codeOf(error) ?? '';
  const fail = ({ type, text }: Meaning, shown = code) =>
    new (ofOneTable.some((each) => code.startsWith(each)) ? UnreadableTableError : StrataError)(
      type,
      `${doing}: ${text.replace('$setting', setting)}${shown === '' ? '' : ` (${shown})`}`,
      { cause: error },
    );
  const words = error instanceof Error ? error.message : '';
  if (code === '08P01' && /pooling mode/.test(words))
    return fail({
      type: 'misconfigured',
      text: 'a connection pooler gives out its sessions by statement, and an extract needs one transaction. Let $setting name the server itself, or a pool by session',
    });
  if (/^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)) {
    const meaning = meanings[code] ?? meanings[code.slice(0, 2)];
    return fail(meaning ?? { type: 'unexpected', text: 'the server answered with an error that Strata does not know. Look at its log' });
  }
  if (wrongCertificate.test(code) || /certificate/i.test(words))
    return fail({ type: 'misconfigured', text: 'no secure connection. Check sslmode and sslrootcert in $setting' });
  if (/does not support SSL/i.test(words)) return fail({ type: 'misconfigured', text: 'the server has no TLS. Check sslmode in $setting' });
  if (/SASL|client password must be/i.test(words))
    return fail({ type: 'denied', text: 'the server asks for a password. Set it in $setting' });
  return fail({
    type: 'unavailable',
    text: 'the database can not be reached, or the connection broke off. Check that the server in $setting runs',
  });
}

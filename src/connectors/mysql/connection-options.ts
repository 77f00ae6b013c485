import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'mysql2';
import { loginRule } from '../../engine/shown-address.js';
import { StrataError } from '../../engine/strata-error.js';
import { publicKeyOptions } from './public-key.js';

const example = 'mysql://user:password@host:3306';
const sslModes = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;

/**
 * Options of the driver from an address `mysql://user:password@host:port[?ssl-mode=VERIFY_IDENTITY&ssl-ca=FILE]`.
 * Throws `misconfigured`, without the address, which holds a password.
 */
export function connectionOptions(address: string): ConnectionOptions {
  if (!URL.canParse(address))
    throw new StrataError('misconfigured', `the warehouse's address is not a URL. It must look like ${example}; ${loginRule}`);
  const url = new URL(address);
  if (url.protocol !== 'mysql:' && url.protocol !== 'mariadb:')
    throw new StrataError('misconfigured', `the warehouse's address begins with ${url.protocol}//. It must look like ${example}`);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 3306),
    user: decoded(url.username),
    password: decoded(url.password),
    ...sslOptions(url),
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    dateStrings: true,
    jsonStrings: true,
    supportBigNumbers: true,
    // The default counts an upsert that changes nothing as a change.
    flags: ['-FOUND_ROWS'],
    connectTimeout: 10_000,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
  };
}

/** Without what can't be decoded: it may be a password. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StrataError('misconfigured', "user and password in the warehouse's address must be percent-encoded: write %25 for a %");
  }
}

function sslOptions(url: URL): Pick<ConnectionOptions, 'ssl' | 'authPlugins'> {
  const mode = (url.searchParams.get('ssl-mode') ?? 'DISABLED').toUpperCase();
  if (!(sslModes as readonly string[]).includes(mode))
    throw new StrataError('misconfigured', `ssl-mode in the warehouse's address must be one of ${sslModes.join(', ')}`);
  if (mode === 'DISABLED') return publicKeyOptions(url);
  const file = url.searchParams.get('ssl-ca');
  const ca = file === null ? {} : { ca: authorities(file) };
  return { ssl: { ...ca, rejectUnauthorized: mode !== 'REQUIRED', verifyIdentity: mode === 'VERIFY_IDENTITY' } };
}

/** The certificates of a PEM file. */
function authorities(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = `${file} can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`;
    throw new StrataError('misconfigured', `${reason}. Check ssl-ca in STRATA_MYSQL_URL (of strata migrate: STRATA_MYSQL_ADMIN_URL)`);
  }
}

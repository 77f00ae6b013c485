import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import { loginRule } from '../../engine/shown-address.js';
import { StrataError } from '../../engine/strata-error.js';

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof modes)[number];

export interface Login {
  /** Without TLS; it comes beside. */
  readonly config: ClientConfig;
  /** In the order in which they are tried: undefined is a connection without TLS. */
  readonly tls: readonly (ConnectionOptions | undefined)[];
}

/**
 * What an address says, `postgres://user:password@host:5432/database?sslmode=verify-full&sslrootcert=/etc/ca.pem`, as libpq takes it:
 * `require` encrypts and checks no certificate unless there is a sslrootcert. Throws `misconfigured`, without the address.
 */
export function loginOf(url: string, setting: string): Login {
  const wrong = (text: string) => new StrataError('misconfigured', `${setting}: ${text}`);
  if (!URL.canParse(url) || !['postgres:', 'postgresql:'].includes(new URL(url).protocol))
    throw wrong(`must look like postgres://user:password@host:5432/database; ${loginRule}`);
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const mode = (searchParams.get('sslmode') ?? 'prefer') as Mode;
  if (!modes.includes(mode)) throw wrong(`sslmode must be one of ${modes.join(', ')}`);
  const decoded = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      throw wrong('user and password must be percent-encoded: write %25 for a %');
    }
  };
  const file = (name: string) => {
    const path = searchParams.get(name);
    if (path === null) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      throw wrong(`the file of ${name} can't be read`);
    }
  };
  const ca = file('sslrootcert');
  const cert = file('sslcert');
  const key = file('sslkey');
  const secure: ConnectionOptions = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    rejectUnauthorized: mode.startsWith('verify') || ca !== undefined,
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
  };
  return {
    config: {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 5432),
      user: decoded(username),
      password: decoded(password),
      database: decoded(pathname.slice(1)) || decoded(username),
    },
    tls: mode === 'disable' ? [undefined] : mode === 'prefer' ? [secure, undefined] : mode === 'allow' ? [undefined, secure] : [secure],
  };
}

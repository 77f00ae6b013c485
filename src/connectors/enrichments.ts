import { createRequire } from 'node:module';
import { currencyNameEnrichment } from '../engine/enrich/currency-name.js';
import { deviceEnrichment } from '../engine/enrich/device.js';
import { openOnce, type Enrichments } from '../engine/enrich/enrichment.js';
import { countryEnrichment } from './geo/country-of-address.js';

const devices = 'ua-parser-js';
const currencies = 'currency-codes';

/** All enrichments. `addresses`: the file of the database of IP addresses, where it is not that of the package. */
export function createEnrichments(addresses?: string): Enrichments {
  return openOnce({
    'geo.country': () => countryEnrichment(addresses),
    'iso4217.name': () => currencyNameEnrichment(`${currencies} ${versionOf(currencies)}`),
    'ua.device': () => deviceEnrichment(`${devices} ${versionOf(devices)}`),
  });
}

function versionOf(packageName: string): string {
  return (createRequire(import.meta.url)(`${packageName}/package.json`) as { version: string }).version;
}

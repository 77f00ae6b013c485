import { createRequire } from 'node:module';
import { deviceEnrichment } from '../engine/enrich/device.js';
import { openOnce, type Enrichments } from '../engine/enrich/enrichment.js';
import { countryEnrichment } from './geo/country-of-address.js';

const devices = 'ua-parser-js';

/** All enrichments. `addresses`: the file of the database of IP addresses, where it is not that of the package. */
export function createEnrichments(addresses?: string): Enrichments {
  return openOnce({
    'geo.country': () => countryEnrichment(addresses),
    'ua.device': () => deviceEnrichment(`${devices} ${versionOf(devices)}`),
  });
}

function versionOf(packageName: string): string {
  return (createRequire(import.meta.url)(`${packageName}/package.json`) as { version: string }).version;
}

import { createRequire } from 'node:module';
import type { Enrichment } from './enrichment.js';

interface CurrencyCodes {
  code(code: string): { readonly currency: string } | undefined;
}

/** The name that ISO 4217 gives a currency, by its code in any case; NULL for a code that the standard does not have. */
export function currencyNameEnrichment(version: string): Enrichment {
  const currencies = createRequire(import.meta.url)('currency-codes') as CurrencyCodes;
  return { name: 'iso4217.name', version, apply: (code) => (code === null ? null : (currencies.code(code)?.currency ?? null)) };
}

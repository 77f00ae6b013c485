/** What columns can be made of others: `geo.country` of an address, `ua.device` of a user agent, `iso4217.name` of the code of a currency. */
export const enrichmentNames = ['geo.country', 'ua.device', 'iso4217.name'] as const;
export type EnrichmentName = (typeof enrichmentNames)[number];

/** A column made of another one when a row is landed: the same value gives the same result for one version. */
export interface Enrichment {
  readonly name: EnrichmentName;
  /** Of the data or the program behind it, recorded with each load so that a figure can be explained. */
  readonly version: string;
  /** NULL gives NULL unless the enrichment says otherwise. */
  readonly apply: (value: string | null) => string | null;
}

/** The enrichments of a process; what one needs is opened when it is first asked for, once. */
export type Enrichments = (name: EnrichmentName) => Enrichment;

export function openOnce(open: Readonly<Record<EnrichmentName, () => Enrichment>>): Enrichments {
  const opened = new Map<EnrichmentName, Enrichment>();
  return (name) => {
    const enrichment = opened.get(name) ?? open[name]();
    opened.set(name, enrichment);
    return enrichment;
  };
}

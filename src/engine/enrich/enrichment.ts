/** A column made of another one when a row is landed: the same value gives the same result for one version. */
export interface Enrichment {
  /** As definitions name it, such as `geo.country`. */
  readonly name: string;
  /** Of the data or the program behind it, recorded with each load so that a figure can be explained. */
  readonly version: string;
  /** NULL gives NULL unless the enrichment says otherwise. */
  readonly apply: (value: string | null) => string | null;
}

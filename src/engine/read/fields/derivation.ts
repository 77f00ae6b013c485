import type { Enrichments } from '../../enrich/enrichment.js';
import type { Contract, DerivedContract } from '../contract.js';

/** A column that the file lacks, with what makes it. */
export interface Derivation extends DerivedContract {
  /** Of what makes it. */
  readonly version: string;
  readonly apply: (value: string | null) => string | null;
}

/** How the derived columns of a contract are made; opens what is needed for them. */
export function derivationsOf({ derived }: Contract, enrichments: Enrichments): readonly Derivation[] {
  return derived.map((column) => {
    const { version, apply } = enrichments(column.by);
    return { ...column, version, apply };
  });
}

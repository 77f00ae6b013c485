import { grouped } from '../../../contracts/format-numbers.js';

export interface Deletions {
  readonly loadId: number;
  readonly table: string;
  /** How many of the existing keys would be deleted. */
  readonly missing: number;
  readonly held: number;
  readonly refuseAbove: number;
}

/** A snapshot would delete a greater share of an entity's keys than its feed allows. */
export class TooManyDeletionsError extends Error {
  override readonly name = 'TooManyDeletionsError';
  readonly loadId: number;

  constructor({ loadId, table, missing, held, refuseAbove }: Deletions) {
    super(
      `it lacks ${grouped(missing)} of the ${grouped(held)} keys of ${table}, and refuseAbove allows ${percent(refuseAbove)} of them. ` +
        acceptDeletionsAdvice(loadId),
    );
    this.loadId = loadId;
  }
}

/** What to do with a load that was refused because of what it lacks. */
export function acceptDeletionsAdvice(loadId: number): string {
  return `Its rows wait in staging. If the file is right, run: strata quarantine replay ${loadId} --accept-deletions. If it is not, let the right file be delivered`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

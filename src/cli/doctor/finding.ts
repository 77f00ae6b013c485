import { StoreError } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';

export interface Finding {
  readonly check: string;
  readonly state: 'good' | 'warning' | 'wrong';
  /** What was found; when something is wrong, also the command or setting that fixes it. */
  readonly message: string;
}

/** Runs one check; what it throws is the finding. */
export async function finding(check: string, work: () => Promise<string | { state: Finding['state']; message: string }>): Promise<Finding> {
  try {
    const result = await work();
    return typeof result === 'string' ? { check, state: 'good', message: result } : { check, ...result };
  } catch (error) {
    const known = error instanceof StrataError || error instanceof StoreError;
    return {
      check,
      state: 'wrong',
      message: known ? error.message : `${String(error)}. This is unexpected: report it with the output of STRATA_LOG_LEVEL=debug`,
    };
  }
}

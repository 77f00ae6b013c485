import type { Phase } from '../../contracts/progress.js';
import type { WorkNumbers } from './work-tally.js';

/** A run, or the landing of one file that nobody's run waits for, as those see it who watch. */
export interface WorkProgress extends Partial<WorkNumbers> {
  readonly pipeline: string;
  readonly workflowId: string;
  readonly state: 'running' | 'finished' | 'failed';
  readonly phase?: Phase;
  readonly feed?: string;
  /** One line for people, without values of rows. */
  readonly message: string;
  /** Why it does not go on; absent while it does. */
  readonly problem?: string;
  /** ISO 8601, UTC. */
  readonly started: string;
}

/** What changed: the work as it is now. */
export type ProgressListener = (work: WorkProgress) => void;

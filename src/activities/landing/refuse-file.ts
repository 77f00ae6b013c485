import type { BadHeader } from '../../engine/read/csv/header/header-reader.js';
import type { FileReason } from '../../engine/read/reject.js';
import type { UnreadableFileError } from '../../engine/read/decode/unreadable-file-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { shownKey } from '../../gear/loads/load-row.js';
import { refuseLoad, type LandedLoad } from '../../gear/loads/load-states.js';
import type { ActivityScope } from '../run-activity.js';

/** Characters of a refusal's two lines: why, for everybody, and what was found, for those who may see rows. */
const maxProblem = 640;
const maxFound = 380;

/** Why a file is refused as a whole; for a bad header the reason goes without saying. */
export interface Refusal extends Pick<BadHeader, 'lineNumber' | 'raw' | 'problem'> {
  readonly reason?: FileReason;
  readonly found?: string | undefined;
}

/** A file of which no row can be loaded: one entry in quarantine, no rows; its object is moved, not deleted. */
export async function refuseFile(warehouse: Warehouse, landed: LandedLoad, refusal: Refusal, scope: ActivityScope): Promise<void> {
  const { load } = landed;
  const { lineNumber, raw, reason = 'bad_header' } = refusal;
  const reject = { lineNumber, rowOffset: 0, rowBytes: load.object.size, reasons: [reason], raw };
  await refuseLoad(warehouse, landed, { reject, problem: textOf(refusal) }, scope);
  scope.log.warn(`refused ${shownKey(load.object.key)} (load ${load.loadId}): ${refusal.problem}`);
}

/** A file that can't be decoded: what was landed of it is dropped, however much that is. */
export async function refuseUnreadable(
  warehouse: Warehouse,
  landed: LandedLoad,
  { reason, message: problem }: UnreadableFileError,
  scope: ActivityScope,
): Promise<void> {
  await refuseFile(warehouse, landed, { reason, lineNumber: 0, raw: Buffer.alloc(0), problem }, scope);
}

function textOf({ problem, found }: Refusal): string {
  const lines = [problem.slice(0, maxProblem), ...(found === undefined ? [] : [found.slice(0, maxFound)])];
  return lines.map((line) => line.replaceAll('\n', ' ')).join('\n');
}

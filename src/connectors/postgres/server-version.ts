import { StrataError } from '../../engine/strata-error.js';

/** Of pg_current_snapshot(), by which changes are found. */
const oldest = 130_000;

/** Throws `misconfigured` for a server that is too old; `number` as server_version_num has it. */
export function refuseOldServer(number: number, version: string, setting: string): void {
  if (number >= oldest) return;
  throw new StrataError(
    'misconfigured',
    `the server in ${setting} is PostgreSQL ${version}. Extracts need 13 or later: upgrade it, or extract from a newer replica`,
  );
}

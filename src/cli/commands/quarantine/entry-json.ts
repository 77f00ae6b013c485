import type { QuarantineEntry } from '../../../status/quarantine-entries.js';

/** For scripts, without what stands in the file. */
export function withoutText({ rules, raw: _raw, found: _found, ...entry }: QuarantineEntry): Record<string, unknown> {
  return { ...entry, rules: rules?.map(({ column, place, reason, rule }) => ({ column, place, reason, rule })) };
}

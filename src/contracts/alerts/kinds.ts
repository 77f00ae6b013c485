/** What people can be notified of; definitions and ids of workflows hold these names. */
export const alertKinds = ['failed', 'late', 'left_out', 'quarantined', 'refused', 'new_columns', 'clock_ahead', 'loaded'] as const;
export type AlertKind = (typeof alertKinds)[number];

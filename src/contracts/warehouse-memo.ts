const key = 'warehouse';

/** Memo of runs that schedules or the CLI start: the warehouse that they are for. Not secret. */
export type WarehouseMemo = Readonly<Record<typeof key, string>>;

export function memoOf({ uuid }: { readonly uuid: string }): WarehouseMemo {
  return { [key]: uuid };
}

/** The UUID in a memo. */
export function warehouseOf(memo: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const uuid = memo?.[key];
  return typeof uuid === 'string' ? uuid : undefined;
}

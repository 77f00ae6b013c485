import type { Contract } from '../contract.js';
import type { Dialect } from './dialect.js';
import type { FileColumns } from '../extra-columns.js';
import { HeaderReader, type BadHeader, type GoodHeader } from './header/header-reader.js';
import { RowBoundaries, type RowBoundary } from './row-boundaries.js';

/** How an object is divided: scans of its ranges give together what one of the whole gives. */
export interface RangePlan extends FileColumns {
  readonly kind: 'ok';
  /** Where each range begins, in order, the first one after the header. It ends where the next one begins, the last at `end`. */
  readonly starts: readonly RowBoundary[];
  /** Bytes of the object. */
  readonly end: number;
}

/**
 * Reads an object once and divides what follows its header into ranges of about `rangeBytes`, whole rows each. Costs a fraction of
 * a scan: 1 GB/s and more without quotes, 300 MB/s where every field has them.
 */
export async function planRanges(
  contract: Contract,
  source: AsyncIterable<Uint8Array>,
  rangeBytes: number,
): Promise<RangePlan | BadHeader> {
  const reader = new HeaderReader(contract);
  let body: Body | undefined;
  for await (const bytes of source) {
    if (body) {
      body.rows.push(bytes);
      continue;
    }
    const outcome = reader.push(bytes);
    if (outcome?.kind === 'bad_header') return outcome;
    if (outcome) body = begin(outcome, rangeBytes, contract.dialect);
  }
  if (!body) {
    const outcome = reader.end();
    if (outcome.kind === 'bad_header') return outcome;
    body = begin(outcome, rangeBytes, contract.dialect);
  }
  const boundaries = body.rows.end();
  return { ...body.columns, kind: 'ok', starts: [body.start, ...boundaries], end: body.rows.offset };
}

interface Body {
  readonly columns: FileColumns;
  readonly start: RowBoundary;
  readonly rows: RowBoundaries;
}

function begin({ columnOrder, keptNames, nextOffset, nextLine, rest }: GoodHeader, rangeBytes: number, dialect: Dialect): Body {
  const start = { offset: nextOffset, line: nextLine };
  const rows = new RowBoundaries(start, rangeBytes, dialect);
  rows.push(rest);
  return { columns: { columnOrder, ...(keptNames && { keptNames }) }, start, rows };
}

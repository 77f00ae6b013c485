import type { FeedDefinition } from '../../engine/definition/types.js';
import type { RangePlan } from '../../engine/read/csv/plan-ranges.js';
import type { Load } from '../../gear/loads/load-row.js';
import type { DividedLoad } from '../../gear/loads/load-states.js';
import { columnNames, contractOf } from './file-columns.js';

/** A load with the ranges that were found in its file. */
export function dividedLoad(load: Load, feed: FeedDefinition, plan: RangePlan): DividedLoad {
  const contract = contractOf(load, feed);
  return {
    header: columnNames(plan, contract),
    contract: contract.checksum,
    headerBytes: plan.starts[0]!.offset,
    ranges: plan.starts.map(({ offset, line }, number) => ({
      number,
      startOffset: offset,
      startLine: line,
      endOffset: plan.starts[number + 1]?.offset ?? plan.end,
    })),
  };
}

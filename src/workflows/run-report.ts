import { setCurrentDetails } from '@temporalio/workflow';
import type { RunReport } from '../contracts/workflows.js';
import { failureList, feedTable, martTable, paragraphs, pickupTable, vaultLine } from './details.js';

/** The report of a run while it grows; each part that is told shows in Temporal Web at once. */
export class GrowingReport {
  readonly failures: string[] = [];
  current: RunReport = { pickups: {}, feeds: {}, vault: {}, marts: {}, failures: this.failures };

  constructor(private readonly heading = '') {}

  readonly tell = (part: Partial<RunReport>): void => {
    this.current = { ...this.current, ...part };
    const { pickups, feeds, marts, vault } = this.current;
    const tables = [failureList(this.failures), pickupTable(pickups), feedTable(feeds), martTable(marts), vaultLine(vault)];
    setCurrentDetails(paragraphs(this.heading, ...tables));
  };
}

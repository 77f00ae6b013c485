import { condition, isCancellation, sleep } from '@temporalio/workflow';
import type { ArrivalsCarried, RunReport } from '../../contracts/workflows.js';
import { pruneChanges } from '../marts/aggregate-pipeline.js';
import { FeedPickups } from '../pickup/feed-pickups.js';
import { loadChangedVault, tablesAtOnce } from '../vault/load-vault.js';
import { MartLanes } from '../marts/mart-lanes.js';
import { processFeeds, pruneFeeds } from '../processing/process-feeds.js';
import { martsAtOnce } from '../marts/refresh-marts.js';
import { GrowingReport, sumOfMarts, sumOfRows } from '../report/run-report.js';

/** Marts rest for half as long as their last refresh took, at most this long: under load a third of the time is left for files. */
const longestRest = 2_000;
/** A timer of the server fires up to this much later than it was asked to: a rest shorter than this would be many times as long. */
const timersLag = 1_000;
/** The vault gives way to marts for this long. */
const vaultWaits = 30_000;
/** The last ones, so that a mart that never succeeds does not make what is carried too large. */
const carriedFailures = 20;

/**
 * What `followArrivals` does, in lanes that don't wait for one another: for each feed one of pickups and one of processing, for the
 * pipeline one that looks for marts and some that refresh large ones, and one of vault and pruning. A lane takes all that has come up for
 * it at once. Nothing that failed is tried again by itself: the next arrival and the schedules do that.
 */
export class ArrivalLanes {
  private readonly growing: GrowingReport;
  private readonly pickups = new Map<string, FeedPickups>();
  private readonly toProcess: Set<string>;
  private readonly processors = new Set<string>();
  private readonly untidy: Set<string>;
  private readonly marts: MartLanes;
  private atWork = 0;
  private rest = { until: 0 };
  private untidySince = Date.now();
  private closing = false;
  private broken: { readonly error: unknown } | undefined;

  constructor(
    private readonly pipeline: string,
    carried?: ArrivalsCarried,
  ) {
    this.growing = new GrowingReport('', carried?.report);
    this.toProcess = new Set();
    this.untidy = new Set(carried?.untidy);
    const { failures } = this.growing;
    this.marts = new MartLanes({ pipeline, bounded: true, failures }, (marts) =>
      this.growing.tell({ marts: sumOfMarts(this.growing.current.marts, marts) }),
    );
    this.marts.unseen = carried?.processed ?? false;
    this.open(
      () => this.marts.unseen,
      () => this.rested(() => this.marts.look()),
    );
    for (let lane = 0; lane < martsAtOnce; lane++)
      this.open(
        () => this.marts.hasNext,
        () => this.marts.refreshNext(),
      );
    this.open(
      () => this.untidy.size > 0 && (this.marts.isIdle || Date.now() - this.untidySince > vaultWaits),
      () => this.tidyUp(),
    );
    this.arrived(carried?.arrived ?? []);
    this.landed(carried?.landed ?? []);
  }

  /** Objects may have been put there. */
  arrived(feeds: readonly string[]): void {
    for (const feed of feeds) {
      let pickups = this.pickups.get(feed);
      if (!pickups) {
        pickups = new FeedPickups(this.pipeline, feed, this.growing, (staged) => staged && this.landed([feed]));
        this.pickups.set(feed, pickups);
        this.guard(pickups.follow(() => this.closing));
      }
      pickups.wanted = true;
    }
  }

  /** Loads are staged. */
  landed(feeds: readonly string[]): void {
    for (const feed of feeds) {
      this.toProcess.add(feed);
      if (this.processors.has(feed)) continue;
      this.processors.add(feed);
      this.open(
        () => this.toProcess.has(feed),
        () => this.process(feed),
      );
    }
  }

  get report(): RunReport {
    return this.growing.current;
  }

  get carried(): ArrivalsCarried {
    return {
      report: { ...this.report, failures: this.report.failures.slice(-carriedFailures) },
      arrived: [...this.pickups].flatMap(([feed, { wanted }]) => (wanted ? [feed] : [])),
      landed: [...this.toProcess],
      processed: this.marts.isWanted,
      untidy: [...this.untidy],
    };
  }

  /** Nothing runs and nothing waits. */
  get isIdle(): boolean {
    const { arrived, landed, processed, untidy } = this.carried;
    return this.isQuiet && arrived.length + landed.length + untidy.length === 0 && !processed;
  }

  /** Nothing runs. */
  get isQuiet(): boolean {
    return this.isQuietButForPickups && [...this.pickups.values()].every(({ running }) => running === 0);
  }

  get isQuietButForPickups(): boolean {
    return this.atWork === 0;
  }

  /** What runs goes on, what waits stays for the next run. */
  takeNoMore(): void {
    this.closing = true;
  }

  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  throwIfBroken(): void {
    if (this.broken) throw this.broken.error;
  }

  /** Opens a lane: whenever there is work for it, all of it is done. */
  private open(hasWork: () => boolean, work: () => Promise<void>): void {
    const lane = async () => {
      for (;;) {
        await condition(() => hasWork() && !this.closing);
        this.atWork += 1;
        await work();
        this.atWork -= 1;
      }
    };
    this.guard(lane());
  }

  /** A lane that ends by anything but cancellation, which reaches the workflow by itself, breaks the workflow. */
  private guard(lane: Promise<void>): void {
    lane.catch((error: unknown) => {
      if (!isCancellation(error)) this.broken ??= { error };
    });
  }

  private async process(feed: string): Promise<void> {
    this.toProcess.delete(feed);
    const { pipeline, growing } = this;
    const counts = { ...growing.current.feeds };
    const before = counts[feed];
    const changed = () => growing.tell({ feeds: { ...growing.current.feeds, ...(counts[feed] && { [feed]: counts[feed] }) } });
    const more = await processFeeds({ pipeline, counts, failures: growing.failures, changed }, [feed]);
    if (more) this.toProcess.add(feed);
    // A worker that died after its commit told nobody of the batch: marts and pruning look for themselves.
    if (counts[feed] === before) return;
    this.marts.unseen = true;
    if (this.untidy.size === 0) this.untidySince = Date.now();
    this.untidy.add(feed);
  }

  private async rested(work: () => Promise<void>): Promise<void> {
    const left = this.rest.until - Date.now() - timersLag;
    if (left > 0) await sleep(left, { summary: 'let files go first' });
    const began = Date.now();
    await work();
    this.rest = { until: Date.now() + Math.min((Date.now() - began) / 2, longestRest) };
  }

  private async tidyUp(): Promise<void> {
    const { pipeline, growing } = this;
    const { failures } = growing;
    const feeds = [...this.untidy];
    const atOnce = this.marts.isIdle ? tablesAtOnce : 1;
    this.untidy.clear();
    growing.tell({ vault: sumOfRows(growing.current.vault, await loadChangedVault(pipeline, failures, { atOnce })) });
    await Promise.all([pruneFeeds({ pipeline, failures }, feeds), pruneChanges(pipeline, failures)]);
    growing.tell({});
  }
}

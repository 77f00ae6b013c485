import { condition, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { ArrivalsCarried, RunReport } from '../../contracts/workflows.js';
import { writeProcessed } from '../exports/write-processed.js';
import { pruneChanges } from '../marts/prune-changes.js';
import { FeedPickups } from '../pickup/feed-pickups.js';
import { loadStaleVault, tablesAtOnce } from '../vault/load-vault.js';
import { MartLanes } from '../marts/mart-lanes.js';
import { processFeeds, pruneFeeds } from '../processing/process-feeds.js';
import { martsAtOnce } from '../marts/refresh-marts.js';
import type { Publish } from '../report/progress.js';
import { LiveReport, sumOfMarts, sumOfProcessed, sumOfRows } from '../report/run-report.js';

/**
 * Milliseconds. Marts rest for half as long as their last refresh took, at most this long. Under load this leaves a third of the time to
 * files.
 */
const longestRest = 2_000;
/** Milliseconds by which a timer of the server may be late. A shorter rest would become many times as long. */
const timersLag = 1_000;
/** Milliseconds that the vault and the processed bucket wait for marts. */
const othersWait = 30_000;
/** Failures that are carried over, the last ones, so that a mart that never succeeds does not make the input too large. */
const carriedFailures = 20;

/**
 * The work of `followArrivals`, in lanes that don't wait for one another. Each feed has a lane for pickups and one for processing. The
 * pipeline has a lane for stale marts, some for large marts, one for the processed bucket, and one for vault and pruning. A lane does in one
 * pass all the work that has come up. It does not retry a failure: the next arrival and the schedules do that.
 */
export class ArrivalLanes {
  private readonly live: LiveReport;
  /** Of the stream that `publish` publishes to. */
  private readonly progress = { workflowId: workflowInfo().workflowId };
  private readonly pickups = new Map<string, FeedPickups>();
  private readonly toProcess: Set<string>;
  private readonly processors = new Set<string>();
  private readonly awaitingVault: Set<string>;
  private readonly marts: MartLanes;
  private atWork = 0;
  private rest = { until: 0 };
  private awaitingVaultSince = Date.now();
  private writtenAt = Date.now();
  private closing = false;
  private broken: { readonly error: unknown } | undefined;

  constructor(
    private readonly pipeline: string,
    private readonly publish: Publish,
    carried?: ArrivalsCarried,
  ) {
    this.live = new LiveReport('', carried?.report);
    this.toProcess = new Set();
    this.awaitingVault = new Set(carried?.awaitingVault);
    const { failures } = this.live;
    this.marts = new MartLanes({ pipeline, bounded: true, progress: this.progress, failures }, (marts) => {
      for (const [mart, { mode, rows }] of Object.entries(marts))
        publish({ phase: 'marts', subject: mart, message: `${mart}: ${mode}`, rows, done: true });
      this.live.update({ marts: sumOfMarts(this.live.current.marts, marts) });
    });
    this.marts.unseen = carried?.processed ?? false;
    this.open(
      () => this.marts.unseen,
      () => this.rested(() => this.marts.refreshStale()),
    );
    for (let lane = 0; lane < martsAtOnce; lane++)
      this.open(
        () => this.marts.hasNext,
        () => this.marts.refreshNext(),
      );
    this.marts.unwritten = carried?.unwritten ?? false;
    this.open(
      () => this.marts.unwritten && (this.marts.isIdle || Date.now() - this.writtenAt > othersWait),
      () => this.writeProcessed(),
    );
    this.open(
      () => this.awaitingVault.size > 0 && (this.marts.isIdle || Date.now() - this.awaitingVaultSince > othersWait),
      () => this.loadVault(),
    );
    this.arrived(carried?.arrived ?? []);
    this.landed(carried?.landed ?? []);
  }

  /** Objects may have been put there. */
  arrived(feeds: readonly string[]): void {
    for (const feed of feeds) {
      let pickups = this.pickups.get(feed);
      if (!pickups) {
        pickups = new FeedPickups(this.pipeline, feed, this.live, this.publish, (staged) => staged && this.landed([feed]));
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
    return this.live.current;
  }

  get carried(): ArrivalsCarried {
    return {
      report: { ...this.report, failures: this.report.failures.slice(-carriedFailures) },
      arrived: [...this.pickups].flatMap(([feed, { wanted }]) => (wanted ? [feed] : [])),
      landed: [...this.toProcess],
      processed: this.marts.isWanted,
      awaitingVault: [...this.awaitingVault],
      unwritten: this.marts.unwritten,
    };
  }

  /** Nothing runs and nothing waits. */
  get isIdle(): boolean {
    const { arrived, landed, processed, awaitingVault, unwritten } = this.carried;
    return this.isQuiet && arrived.length + landed.length + awaitingVault.length === 0 && !processed && !unwritten;
  }

  /** Nothing runs. */
  get isQuiet(): boolean {
    return this.isQuietButForPickups && [...this.pickups.values()].every(({ running }) => running === 0);
  }

  get isQuietButForPickups(): boolean {
    return this.atWork === 0;
  }

  /** Lets running work end, and leaves waiting work to the next run. */
  takeNoMore(): void {
    this.closing = true;
  }

  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  throwIfBroken(): void {
    if (this.broken) throw this.broken.error;
  }

  /** Opens a lane, which does all its work whenever there is some. */
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

  /** If a lane ends by an error, the workflow fails. Cancellation reaches the workflow by itself. */
  private guard(lane: Promise<void>): void {
    lane.catch((error: unknown) => {
      if (!isCancellation(error)) this.broken ??= { error };
    });
  }

  private async process(feed: string): Promise<void> {
    this.toProcess.delete(feed);
    const { pipeline, live } = this;
    const counts = { ...live.current.feeds };
    const before = counts[feed];
    const changed = () => live.update({ feeds: { ...live.current.feeds, ...(counts[feed] && { [feed]: counts[feed] }) } });
    this.publish({ phase: 'processing', feed, message: `${feed}: staging to bulk` });
    const more = await processFeeds({ pipeline, progress: this.progress, counts, failures: live.failures, changed }, [feed]);
    if (more) this.toProcess.add(feed);
    // A worker that died after its commit reported no batch. Marts and pruning find the batch all the same, because they ask the warehouse.
    if (counts[feed] === before) return;
    this.marts.unseen = true;
    if (this.awaitingVault.size === 0) this.awaitingVaultSince = Date.now();
    this.awaitingVault.add(feed);
  }

  private async rested(work: () => Promise<void>): Promise<void> {
    const left = this.rest.until - Date.now() - timersLag;
    if (left > 0) await sleep(left, { summary: 'let files go first' });
    const began = Date.now();
    await work();
    this.rest = { until: Date.now() + Math.min((Date.now() - began) / 2, longestRest) };
  }

  private async writeProcessed(): Promise<void> {
    const { pipeline, live } = this;
    // What is refreshed meanwhile may come too late for it.
    this.marts.unwritten = false;
    const written = await writeProcessed({ pipeline, failures: live.failures, progress: this.progress });
    this.writtenAt = Date.now();
    live.update({ processed: written ? sumOfProcessed(live.current.processed, written) : live.current.processed });
  }

  private async loadVault(): Promise<void> {
    const { pipeline, live } = this;
    const { failures } = live;
    const feeds = [...this.awaitingVault];
    const atOnce = this.marts.isIdle ? tablesAtOnce : 1;
    this.awaitingVault.clear();
    live.update({ vault: sumOfRows(live.current.vault, await loadStaleVault(pipeline, failures, { atOnce, publish: this.publish })) });
    await Promise.all([pruneFeeds({ pipeline, failures }, feeds), pruneChanges(pipeline, failures)]);
    live.update({});
  }
}

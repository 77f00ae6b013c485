import type { Logger } from 'pino';

/** Milliseconds between two lines: whoever guesses tokens must be seen, and must not fill the log. */
const shortestInterval = 60_000;

/** Counts the requests that were refused and says so in the log: the first at once, those that follow once a minute. */
export class RefusedRequests {
  private total = 0;
  private readonly waiting = new Map<string, number>();
  private from: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly interval = shortestInterval,
  ) {}

  /** `reason` is a text of ours, never one of the request. */
  note(status: number, reason: string, from: string | undefined): void {
    this.total += 1;
    this.from = from;
    const kind = `${status}: ${reason}`;
    this.waiting.set(kind, (this.waiting.get(kind) ?? 0) + 1);
    if (!this.timer) this.say();
  }

  private say(): void {
    this.timer = undefined;
    if (this.waiting.size === 0) return;
    this.logger.warn({ refused: Object.fromEntries(this.waiting), sinceStart: this.total, lastFrom: this.from }, 'requests were refused');
    this.waiting.clear();
    this.timer = setTimeout(() => this.say(), this.interval).unref();
  }
}

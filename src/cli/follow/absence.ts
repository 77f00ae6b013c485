/** How long a server has given no answer, by the monotonic clock. */
export class Absence {
  private since: number | undefined;

  /** `longest` and the clock's times are milliseconds. */
  constructor(
    private readonly longest: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** There was no answer: whether that is new, and whether it has lasted too long to wait for one. */
  noAnswer(): { readonly isNew: boolean; readonly isTooLong: boolean } {
    const isNew = this.since === undefined;
    this.since ??= this.now();
    return { isNew, isTooLong: this.now() - this.since >= this.longest };
  }

  /** There was an answer: whether that is new. */
  answer(): boolean {
    const isNew = this.since !== undefined;
    this.since = undefined;
    return isNew;
  }
}

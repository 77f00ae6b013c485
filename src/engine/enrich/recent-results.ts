/**
 * Remembers the results of a function for the values that came last: at least `capacity` of them, at most twice as many. Whole generations
 * are forgotten at once, for taking single keys out of a large Map is slow.
 */
export class RecentResults<Result> {
  private current = new Map<string, Result>();
  private former = new Map<string, Result>();

  constructor(
    private readonly capacity: number,
    private readonly compute: (value: string) => Result,
  ) {}

  /** A result that is undefined is not remembered. */
  of(value: string): Result {
    const known = this.current.get(value);
    if (known !== undefined) return known;
    const former = this.former.size > 0 ? this.former.get(value) : undefined;
    const result = former === undefined ? this.compute(value) : former;
    if (result === undefined) return result;
    if (this.current.size >= this.capacity) {
      this.former = this.current;
      this.current = new Map();
    }
    this.current.set(value, result);
    return result;
  }
}

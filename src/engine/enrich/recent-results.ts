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

  of(value: string): Result {
    const known = this.current.get(value);
    if (known !== undefined || this.current.has(value)) return known as Result;
    const result = this.former.has(value) ? (this.former.get(value) as Result) : this.compute(value);
    if (this.current.size >= this.capacity) {
      this.former = this.current;
      this.current = new Map();
    }
    this.current.set(value, result);
    return result;
  }
}

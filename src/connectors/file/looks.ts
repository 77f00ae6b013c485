/** More are not remembered, so that memory stays bounded: their first look is made again by the next listing. */
const mostLooks = 100_000;

interface Look {
  readonly state: string;
  /** Milliseconds of the clock. */
  readonly since: number;
  listing: number;
  isSettled?: true;
}

/**
 * How long something has looked the same, by a clock of this process that only goes forward: the time of a file system is another
 * clock, which may be ahead, behind or set.
 */
export class Looks {
  private readonly looks = new Map<string, Look>();
  private listings = 0;

  constructor(private readonly clock: () => number = () => performance.now()) {}

  now(): number {
    return this.clock();
  }

  /** When what has this key was first seen in this state without any other one between. */
  since(key: string, state: string): number {
    const known = this.looks.get(key);
    if (known?.state === state) {
      known.listing = this.listings;
      return known.since;
    }
    const since = this.clock();
    if (known || this.looks.size < mostLooks) this.looks.set(key, { state, since, listing: this.listings });
    return since;
  }

  /** What has this key and this state was found to be complete. */
  settle(key: string, state: string): void {
    const known = this.looks.get(key);
    if (known?.state === state) known.isSettled = true;
  }

  isSettled(key: string, state: string): boolean {
    const known = this.looks.get(key);
    return known?.state === state && known.isSettled === true;
  }

  /** Call it when a listing begins. It returns a function to call at the end of the listing, which forgets files that are gone. */
  begin(isListed: (key: string) => boolean): () => void {
    this.listings += 1;
    const listing = this.listings;
    return () => {
      for (const [key, look] of this.looks) if (look.listing < listing && isListed(key)) this.looks.delete(key);
    };
  }
}

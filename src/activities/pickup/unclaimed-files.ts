import type { LeftAloneFiles } from '../../contracts/activities/pickup.js';
import { shownKey } from '../../gear/loads/load-row.js';
import type { UnclaimedObject } from './feed-objects.js';

/** Objects that are listed one by one. */
const toldFiles = 5;

/** Counts the objects that a claim leaves alone. */
export class UnclaimedFiles {
  /** With files that are there, but of which no load was made. */
  readonly dates = new Set<string>();
  files = 0;
  private waiting = 0;
  private blocked = 0;
  private example = '';
  private readonly first: { object: string; reason: string }[] = [];

  add({ key, reason, waits, dates }: UnclaimedObject): void {
    const object = shownKey(key);
    this.files += 1;
    if (this.first.length < toldFiles) this.first.push({ object, reason });
    if (waits) this.waiting += 1;
    else if (dates) {
      if (this.blocked === 0) this.example = `${object}: ${reason}`;
      this.blocked += 1;
    }
    for (const date of dates ?? []) this.dates.add(date);
  }

  listed(withDates: boolean): LeftAloneFiles {
    const { files, waiting, first, blocked, example, dates } = this;
    return {
      files,
      waiting,
      first,
      ...(blocked > 0 && { blocked: { files: blocked, example } }),
      ...(withDates && dates.size > 0 && { dates: [...dates].sort() }),
    };
  }
}

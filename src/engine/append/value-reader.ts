import type { EntityColumn } from '../entities/entity.js';
import { PointReader } from '../types/bytes/point-reader.js';
import type { ValueCheck } from '../types/traits.js';
import { appendKind, type AppendKind } from './append-columns.js';
import { ByteDictionary } from './byte-dictionary.js';

/**
 * What keeps a value of a column while its row is checked: the check that the scanner calls leaves it here. Fields are those of the
 * row; a field that is empty is not checked.
 */
export interface ValueReader {
  readonly kind: AppendKind;
  readonly check: ValueCheck;
  /** Integers of 32 bits that a value takes. */
  readonly words: number;
  /** Forgets the row before. */
  clear(): void;
}

export class PointValue implements ValueReader {
  readonly kind = 'point';
  readonly words = 2;
  readonly reader = new PointReader();
  readonly check: ValueCheck = (bytes, start, end) => this.reader.read(bytes, start, end);
  clear(): void {}
}

/** A local time: the day as yyyymmdd and the time as hhmmss, which sort as numbers. */
export class TimestampValue implements ValueReader {
  readonly kind = 'timestamp';
  readonly words = 2;
  day = 0;
  time = 0;
  readonly check: ValueCheck;

  constructor(isGood: ValueCheck) {
    this.check = (bytes, start, end) => {
      if (!isGood(bytes, start, end)) return false;
      this.day = pair(bytes, start) * 1_000_000 + pair(bytes, start + 2) * 10_000 + pair(bytes, start + 5) * 100 + pair(bytes, start + 8);
      const hasSeconds = end - start >= 19;
      this.time = pair(bytes, start + 11) * 10_000 + pair(bytes, start + 14) * 100 + (hasSeconds ? pair(bytes, start + 17) : 0);
      return true;
    };
  }

  clear(): void {}
}

/** Text as it stands in the file, without white space around it. */
export class TextValue implements ValueReader {
  readonly words: number = 2;
  start = 0;
  end = 0;
  readonly check: ValueCheck;

  constructor(
    readonly kind: 'text' | 'dictionary',
    isGood: ValueCheck,
  ) {
    this.check = (bytes, start, end) => {
      this.start = start;
      this.end = end;
      return isGood(bytes, start, end);
    };
  }

  clear(): void {
    this.start = 0;
    this.end = 0;
  }
}

/** Text of which the number in a dictionary is kept. */
export class DictionaryValue extends TextValue {
  override readonly words = 1;
  readonly dictionary = new ByteDictionary();
  /** That of the value in the dictionary, once it was looked up; -1 of one that is not there. */
  number = -1;

  constructor(isGood: ValueCheck) {
    super('dictionary', isGood);
  }
}

/** `isGood`: the check of the column's contract. */
export function valueReader(column: EntityColumn, isGood: ValueCheck): PointValue | TimestampValue | TextValue | DictionaryValue {
  const kind = appendKind(column);
  switch (kind) {
    case 'point':
      return new PointValue();
    case 'timestamp':
      return new TimestampValue(isGood);
    case 'dictionary':
      return new DictionaryValue(isGood);
    case 'text':
      return new TextValue(kind, isGood);
  }
}

/** Two digits. */
function pair(bytes: Buffer, at: number): number {
  return (bytes[at]! - 0x30) * 10 + bytes[at + 1]! - 0x30;
}

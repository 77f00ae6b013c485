import type { InputWindow } from './input-window.js';
import type { RowSplitter } from './row-splitter.js';

/** What makes staged rows of those that a scanner finds. */
export interface RowTaker {
  /** To be called when the window's bytes have moved or changed. */
  bytesChanged(): void;
  /**
   * Takes the row that `row` found at the window's start: writes it where it is good, else returns why it is not. `offset` and `line`:
   * its place in the object.
   */
  take(window: InputWindow, row: RowSplitter, offset: number, line: number): readonly string[] | undefined;
  /** Hands out the rows written so far. */
  flush(): void;
}

/** What a run's workflow stream carries: how far work has come; counts and names, never values of rows. */
export const progressTopic = 'progress';

export const phases = [
  'extract',
  'pickup',
  'landing',
  'processing',
  'vault',
  'marts',
  'processed',
  'exports',
  'outputs',
  'pruning',
  'done',
] as const;
export type Phase = (typeof phases)[number];

export interface ProgressEvent {
  readonly phase: Phase;
  /** The dates of a run by date that this is the beginning of: its phases come again for the next ones. */
  readonly part?: string | undefined;
  readonly feed?: string | undefined;
  /** One object or table; absent: the event speaks of the whole phase (of the feed). */
  readonly subject?: string | undefined;
  /** One line for people. */
  readonly message: string;
  /** So far, of the subject or the whole phase. */
  readonly rows?: number | undefined;
  readonly bytes?: number | undefined;
  /** Bytes that there are to read, where they are known. */
  readonly totalBytes?: number | undefined;
  /** Which range of the subject this speaks of, where several are read side by side; `committed` is then part of rows and bytes. */
  readonly range?: number | undefined;
  /** What was committed of the whole subject when this attempt began. */
  readonly committed?: { readonly rows: number; readonly bytes: number } | undefined;
  /** Of the phase: finished objects or tables, and how many there are as far as is known. */
  readonly items?: number | undefined;
  readonly totalItems?: number | undefined;
  /** The subject is finished; counts of the whole phase include it from now on. */
  readonly done?: boolean | undefined;
}

/** What the heartbeats of an activity carry. */
export interface HeartbeatDetails extends Partial<ProgressEvent> {
  /** The statement or the request that is at work, and for how long a statement has been; never values of rows. */
  readonly step?: string | undefined;
  /** Bytes that the attempt has read from object stores. */
  readonly bytesMoved: number;
}

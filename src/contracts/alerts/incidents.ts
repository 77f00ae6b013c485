/** What crosses Temporal about incidents: names, counts and words for people; never values of rows, addresses or secrets. */
import type { AlertKind } from './kinds.js';

/** Something that is wrong now. One trouble is one incident: pipeline, kind and subject make its workflow's id. */
export interface Trouble {
  readonly pipeline: string;
  readonly kind: AlertKind;
  /** What of the pipeline it is about: a feed, a run's name without the pipeline, a table of an extract. */
  readonly subject: string;
  readonly feed?: string | undefined;
  /** Of a run that failed: the type of its workflow. */
  readonly workflowType?: string | undefined;
  /** Distinguishes this trouble from a later one of the same subject: another cause is news to somebody who has closed this one. */
  readonly cause: string;
  /** One sentence without a full stop, which begins with the thing. */
  readonly summary: string;
  /** Of files that are loaded, which is good news. */
  readonly loaded?: LoadedCounts | undefined;
  /** What the summary counts; absent where it counts nothing. */
  readonly count?: number | undefined;
  readonly details: readonly string[];
  /** Commands that show more or help, the first one first. */
  readonly commands: readonly string[];
  /** When the cause came up: ISO 8601, UTC. */
  readonly at: string;
}

export interface LoadedCounts {
  readonly files: number;
  readonly rows: number;
  readonly quarantined: number;
  /** Of the files. */
  readonly bytes: number;
}

/** Somebody who is notified, without the address, which only settings hold. */
export interface Receiver {
  /** The setting that holds the address. */
  readonly setting: string;
  /** Of the address: twelve digits of its SHA-256. */
  readonly key: string;
  readonly kind: 'mail' | 'webhook';
  /** For people: the kind and the host. */
  readonly shown: string;
}

/** Of a receiver: `begun` and `ended` mean that the message was taken. */
export type DeliveryState = 'waiting' | 'begun' | 'ended' | 'given up';

export interface IncidentDelivery {
  readonly receiver: Receiver;
  readonly state: DeliveryState;
  /** Why a message was given up. */
  readonly why?: string | undefined;
}

export interface IncidentEnd {
  /** healthy: the trouble is gone; closed: somebody said that it is dealt with. */
  readonly how: 'healthy' | 'closed';
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly note?: string | undefined;
}

/** A trouble as the watch saw it, and who is to be notified. */
export interface Seen {
  readonly trouble: Trouble;
  readonly receivers: readonly Receiver[];
}

export interface IncidentInput extends Seen {
  /** What earlier runs of a continued one did; never given by starters. */
  readonly carried?: IncidentCarried | undefined;
  /** Milliseconds that deliveries have left once the trouble is back: some minutes where it is left out. */
  readonly grace?: number | undefined;
}

export interface IncidentCarried {
  readonly id: string;
  readonly since: string;
  readonly deliveries: readonly IncidentDelivery[];
  readonly end?: IncidentEnd | undefined;
}

/** Of `followIncident`, also in its memo while it runs. */
export interface IncidentState {
  /** Unique: another trouble of the same subject later is another incident. */
  readonly id: string;
  /** open: not dealt with; closed: closed by somebody while the trouble lasts; over: gone. */
  readonly state: 'open' | 'closed' | 'over';
  readonly trouble: Trouble;
  /** ISO 8601, UTC: of the first cause. */
  readonly since: string;
  /** ISO 8601, UTC: when the trouble was last noted. */
  readonly noted: string;
  readonly end?: IncidentEnd | undefined;
  /** The cause of a trouble that came after the end, and that the next incident is about. */
  readonly next?: string | undefined;
  readonly deliveries: readonly IncidentDelivery[];
}

/** Signals of `followIncident`. */
export const incidentSignals = {
  /** The trouble is there; carries Seen. */
  seen: 'seen',
  /** It is there no longer. */
  healthy: 'healthy',
  /** Somebody deals with it; carries CloseNote. */
  close: 'close',
} as const;

export interface CloseNote {
  readonly note?: string | undefined;
}

/** What the memo of `followIncident` calls its IncidentState. */
export const incidentMemo = 'incident';

export interface AlertMessage {
  /** The incident's; of files that are loaded the notice's. */
  readonly incident: string;
  readonly event: 'began' | 'over' | 'loaded' | 'test';
  readonly trouble: Trouble;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly end?: IncidentEnd | undefined;
}

export interface SendAlertInput {
  readonly receiver: Receiver;
  readonly message: AlertMessage;
}

export interface WatchInput {
  readonly pipeline: string;
}

export interface WatchReport {
  readonly opened: number;
  readonly over: number;
  /** Incidents that go on. */
  readonly open: number;
  /** What could not be looked at: incidents of it stay as they are. */
  readonly failures: readonly string[];
}

export interface AlertActivities {
  /** Looks for trouble, and signals incidents that begin, change and are over. */
  watchPipeline(input: WatchInput): Promise<WatchReport>;
  /** Delivers one message to one receiver; a repeat has the same ids, so that receivers can drop it. */
  sendAlert(input: SendAlertInput): Promise<void>;
}

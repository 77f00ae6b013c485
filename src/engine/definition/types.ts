import type { ReleaseKind } from './release.js';

/**
 * Pipelines are data. A definition says which objects are a feed's deliveries, what a good row is, how rows become
 * current tables (entities), what the Data Vault keeps of them and which marts are computed from them.
 * `validatePipeline` checks all of it before anything runs.
 */

/** Why a row was put into quarantine; the scanner reports them in the order of the feed's `reasons`. */
export type Reason = string;

export type ColumnType =
  /** ASCII digits, leading zeros allowed; bounds inclusive, as decimal strings because they may pass 2^53. */
  | { readonly kind: 'integer'; readonly min: string; readonly max: string }
  /** `-?digits[.digits]`, at most `scale` digits after the point, within decimal(precision, scale). */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  /** Day, month and four-digit year 1000..9999 that exist; zero-padded or not. */
  | { readonly kind: 'date'; readonly format: 'd/m/yyyy' | 'yyyy-mm-dd' }
  /** One of `values` in any case (ASCII); stored as written here. */
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  /** Trimmed of ASCII space, tab, CR and LF; at most `maxLength` characters; `empty` is stored for an empty one. */
  | { readonly kind: 'text'; readonly maxLength: number; readonly empty: string };

export interface ColumnDefinition {
  /** snake_case; the column's name in staging and bulk. */
  readonly name: string;
  /** The column's name in the file's header; compared trimmed and in any case. */
  readonly header: string;
  readonly type: ColumnType;
  /** The reason for a value that breaks the type; `empty` when an empty value has a reason of its own. */
  readonly reason: Reason | { readonly bad: Reason; readonly empty: Reason };
}

/** A current table filled from a feed: the latest row of each key, by order of deliveries. */
export interface EntityDefinition {
  /** snake_case; the table's name in bulk. */
  readonly name: string;
  /** The business key: names of the feed's columns. */
  readonly key: readonly string[];
  /** The other columns kept, names of the feed's columns; without them a row's presence is all it says. */
  readonly values: readonly string[];
  /** Secondary indexes, for what marts read. */
  readonly indexes?: readonly (readonly string[])[];
}

export interface FeedDefinition {
  /** snake_case; the table's name in staging. */
  readonly name: string;
  /** JavaScript regular expression (flag u) over the key below the source's prefix; an object belongs to one feed at most. */
  readonly match: string;
  readonly columns: readonly ColumnDefinition[];
  /** Reasons of the feed's columns in the order in which a row reports them. */
  readonly reasons: readonly Reason[];
  /** The first has the feed's counts of rows shown by default. */
  readonly entities: readonly EntityDefinition[];
}

/** Small integers for names, given when a name is first delivered, never reused: gear.<name>(<id>, <value>). */
export interface SurrogateDefinition {
  readonly name: string;
  /** The id's column, int unsigned. */
  readonly id: string;
  /** The name's column. */
  readonly value: string;
  /** The entity columns (text) whose values need an id. */
  readonly from: readonly { readonly entity: string; readonly column: string }[];
  /** Names that have an id before any delivery. */
  readonly initial?: readonly string[];
}

export interface HubDefinition {
  /** Table hub_<name>. */
  readonly name: string;
  /** Column of the business key in the hub; the type is that of the entities' column. */
  readonly key: string;
  /** Entity columns that hold this business key. */
  readonly from: readonly { readonly entity: string; readonly column: string }[];
}

export interface LinkDefinition {
  /** Table link_<name>. */
  readonly name: string;
  readonly entity: string;
  /** The hubs it joins, each by the entity column that holds the hub's key. */
  readonly hubs: readonly { readonly hub: string; readonly column: string }[];
  /** Further columns of the link's key (dependent child keys). */
  readonly dependent?: readonly string[];
  /**
   * The hubs that drive the relation: for one driving key one link is current at a time, and
   * an effectivity satellite eff_sat_<name> records when each began and ended.
   */
  readonly driving?: readonly string[];
}

export interface SatelliteDefinition {
  /** Table sat_<name>. */
  readonly name: string;
  readonly entity: string;
  /** The hub or link whose hash key it describes. */
  readonly parent: { readonly hub: string; readonly column: string } | { readonly link: string };
  /** Entity columns, the payload of the hashdiff. */
  readonly columns: readonly string[];
}

export interface VaultDefinition {
  readonly hubs: readonly HubDefinition[];
  readonly links: readonly LinkDefinition[];
  readonly satellites: readonly SatelliteDefinition[];
}

export interface PipelineDefinition {
  /** snake_case; part of workflow ids and of the folder sql/<name>. */
  readonly name: string;
  /** The environment variable that holds the source's address, s3:// or file://. */
  readonly sourceSetting: string;
  readonly schedules: {
    /** Cron expressions in UTC; one pickup schedule a feed. */
    readonly pickup: string;
    readonly process: string;
    readonly aggregate: string;
  };
  /** What becomes of a file once its rows are in staging; 'delete' when left out. */
  readonly release?: ReleaseKind | undefined;
  /** How long the file stays first: '30 minutes', '12 hours', '7 days'; it goes at once when left out. */
  readonly releaseAfter?: string | undefined;
  readonly feeds: readonly FeedDefinition[];
  readonly surrogates: readonly SurrogateDefinition[];
  readonly vault: VaultDefinition;
  /** Folder of the pipeline's SQL: bus/*.sql (marts and views), reports/*.sql; relative to the definition's root. */
  readonly sqlFolder: string;
}

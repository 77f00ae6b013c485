import type { z } from 'zod';
import { formatSchema, type FormatDefinition } from '../read/format.js';
import { entitySchema } from './schema/entity.js';
import { deliverySchema } from './schema/delivery.js';
import { columnSchema, partitionSchema, rowRuleSchema } from './schema/feed.js';
import { surrogateSchema } from './schema/pipeline.js';
import { hubSchema, linkSchema, satelliteSchema } from './schema/vault.js';
import type {
  ColumnDefinition,
  DeliveryDefinition,
  EntityDefinition,
  HubDefinition,
  LinkDefinition,
  PartitionDefinition,
  RowRuleDefinition,
  SatelliteDefinition,
  SurrogateDefinition,
} from './types.js';

/** A piece of a definition whose own shape is right, and where it stands. */
export interface Part<Value> {
  readonly path: string;
  readonly value: Value;
}

/** The pieces of one list. Names of pieces with a wrong shape are kept, so that references to them are not reported on top. */
export interface Parts<Value> {
  readonly sound: readonly Part<Value>[];
  readonly broken: ReadonlySet<string>;
  /** False when the list itself is missing or no list: then nothing can be said about references into it. */
  readonly listed: boolean;
}

export interface FeedOutline {
  readonly path: string;
  readonly name?: string;
  readonly match?: string;
  readonly partition?: PartitionDefinition;
  readonly manifest?: string;
  /** Undefined where it is left out or its shape is wrong. */
  readonly delivery: DeliveryDefinition | undefined;
  /** Undefined where it is left out; null where its shape is wrong. */
  readonly format: FormatDefinition | null | undefined;
  readonly reasons?: readonly string[];
  readonly columns: Parts<ColumnDefinition>;
  readonly rules: readonly Part<RowRuleDefinition>[];
}

/** A definition as far as its shape is right, so that what it means is checked even while some of its shape is wrong. */
export interface Outline {
  readonly name?: string;
  readonly sourceSetting?: string;
  readonly exportSetting?: string;
  /** Of the processed bucket. */
  readonly into?: string;
  readonly tablePrefix?: string;
  readonly release?: string;
  readonly schedules: readonly Part<string>[];
  /** As they stand there. */
  readonly extracts: unknown;
  readonly alerts: unknown;
  readonly feedsListed: boolean;
  readonly feeds: readonly FeedOutline[];
  readonly entities: Parts<EntityDefinition>;
  readonly surrogates: Parts<SurrogateDefinition>;
  readonly hubs: Parts<HubDefinition>;
  readonly links: Parts<LinkDefinition>;
  readonly satellites: Parts<SatelliteDefinition>;
}

/** The outline of anything; parts with a wrong shape are left out. */
export function outline(definition: unknown): Outline {
  const whole = record(definition);
  const vault = record(whole.vault);
  return {
    ...optionalText('name', whole.name),
    ...optionalText('sourceSetting', whole.sourceSetting),
    ...optionalText('exportSetting', whole.exportSetting),
    ...optionalText('into', record(whole.processed).into),
    ...optionalText('tablePrefix', whole.tablePrefix),
    ...optionalText('release', whole.release),
    schedules: [...texts(whole.schedules, 'schedules'), ...texts(record(whole.schedules).feeds, 'schedules.feeds')],
    extracts: whole.extracts,
    alerts: whole.alerts,
    feedsListed: Array.isArray(whole.feeds),
    feeds: array(whole.feeds).map((feed, index) => feedOutline(record(feed), `feeds[${index}]`)),
    entities: parts(whole.entities, 'entities', entitySchema),
    surrogates: parts(whole.surrogates, 'surrogates', surrogateSchema),
    hubs: parts(vault.hubs, 'vault.hubs', hubSchema),
    links: parts(vault.links, 'vault.links', linkSchema),
    satellites: parts(vault.satellites, 'vault.satellites', satelliteSchema),
  };
}

function texts(value: unknown, path: string): Part<string>[] {
  return Object.entries(record(value)).flatMap(([key, text]) =>
    typeof text === 'string' ? [{ path: `${path}.${key}`, value: text }] : [],
  );
}

function feedOutline(feed: Record<string, unknown>, path: string): FeedOutline {
  const partition = partitionSchema.safeParse(feed.partition);
  const reasons = array(feed.reasons).filter((reason) => typeof reason === 'string');
  return {
    path,
    ...optionalText('name', feed.name),
    ...optionalText('match', feed.match),
    ...optionalText('manifest', feed.manifest),
    ...(partition.success ? { partition: partition.data } : {}),
    delivery: deliverySchema.safeParse(feed.delivery).data,
    format: feed.format === undefined ? undefined : (formatSchema.safeParse(feed.format).data ?? null),
    ...(Array.isArray(feed.reasons) ? { reasons } : {}),
    columns: parts(feed.columns, `${path}.columns`, columnSchema),
    rules: array(feed.rules).flatMap((rule, index) => {
      const { success, data } = rowRuleSchema.safeParse(rule);
      return success ? [{ path: `${path}.rules[${index}]`, value: data }] : [];
    }),
  };
}

function parts<Value extends { readonly name: string }>(list: unknown, path: string, shape: z.ZodType<Value>): Parts<Value> {
  const sound: Part<Value>[] = [];
  const broken = new Set<string>();
  array(list).forEach((item, index) => {
    const result = shape.safeParse(item);
    const name = record(item).name;
    if (result.success) sound.push({ path: `${path}[${index}]`, value: result.data });
    else if (typeof name === 'string') broken.add(name);
  });
  return { sound, broken, listed: Array.isArray(list) };
}

/** The piece of that name; `absent` when it is certain that there is none; neither when its shape is wrong. */
export function lookUp<Value extends { readonly name: string }>(
  of: Parts<Value>,
  name: string,
): { readonly value?: Value; readonly absent: boolean } {
  const found = of.sound.find((part) => part.value.name === name);
  return found ? { value: found.value, absent: false } : { absent: of.listed && !of.broken.has(name) };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function optionalText<Key extends string>(key: Key, value: unknown): { readonly [K in Key]?: string } {
  return typeof value === 'string' ? ({ [key]: value } as { readonly [K in Key]?: string }) : {};
}

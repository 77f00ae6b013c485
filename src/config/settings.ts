import { readFileSync } from 'node:fs';
import type { FolderTimes } from '../engine/object-store.js';
import type { Receiver } from '../contracts/alerts/incidents.js';
import { receiverMistakes, receiversOfSettings } from '../engine/alerts/receivers.js';
import { StrataError } from '../engine/strata-error.js';
import { secretNames, settingSchema } from './setting-names.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Settings {
  /** mysql://user:password@host:port; undefined where the command needs no warehouse. */
  readonly mysqlUrl: string | undefined;
  readonly mysqlAdminUrl: string | undefined;
  readonly schemaPrefix: string;
  readonly mysqlConnections: number;
  /** Besides the pipelines' sources, the only places that backfills may read from; undefined: all. */
  readonly backfillSources: readonly string[] | undefined;
  readonly taskQueue: string;
  readonly activitySlots: number;
  /** Bytes of a file that landing commits at once: what a worker's death makes it read again at most. */
  readonly chunkBytes: number;
  /** Files of at least twice this many bytes are landed in ranges of at least this, side by side. */
  readonly rangeBytes: number;
  /** Bytes of a file of an append entity that are read into memory, sorted and committed at once. */
  readonly runBytes: number;
  /** Files of at most so many bytes are landed in bundles where several wait; 0: none. */
  readonly bundleBytes: number;
  /** Milliseconds without a sign of life after which a statement, a stream or an activity counts as stalled. */
  readonly stallTime: number;
  /** The file of the database of IP addresses; that of the package where there is none. */
  readonly geoDatabase: string | undefined;
  /** Sources go at once also where a crash of the warehouse's server can lose commits. */
  readonly releaseUndurable: boolean;
  /** How long a file of a folder must look the same before it is taken. */
  readonly folderTimes: FolderTimes;
  readonly shutdownGraceSeconds: number;
  readonly deployment: { readonly name: string; readonly buildId: string } | undefined;
  readonly metricsAddress: string | undefined;
  /** host:port of `strata serve`. */
  readonly serveAddress: string;
  /** What senders of events must present. */
  readonly eventsToken: string | undefined;
  readonly eventsQueueUrl: string | undefined;
  /** The only topics of SNS that are believed; none: all. */
  readonly eventsTopics: readonly string[];
  /** Undefined where no mail is sent. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  /** Signs what is posted to webhooks. */
  readonly webhookSecret: string | undefined;
  readonly log: { readonly level: string; readonly format: 'json' | 'text' };
  /** The environment with what `*_FILE` settings name filled in; for AWS's and Temporal's own settings. */
  readonly environment: Environment;
}

export interface SettingsNeeded {
  readonly warehouse?: boolean;
  /** Names of the settings that hold the addresses of sources. */
  readonly sources?: readonly string[];
  /** Names of further settings that may be given as the name of a file: the addresses of databases. */
  readonly secrets?: readonly string[];
  /** Names of the settings that hold receivers of alerts; they may be given as the name of a file too. */
  readonly receivers?: readonly string[];
}

/**
 * Parses the environment once. Throws StrataError `misconfigured` with every missing or malformed name in one message; values, which may
 * be secret, are not repeated. An empty value counts as not given.
 */
export function readSettings(environment: Environment, needed: SettingsNeeded = {}): Settings {
  const mistakes: string[] = [];
  const env = withFiles(environment, mistakes, [...(needed.secrets ?? []), ...(needed.receivers ?? [])]);
  const parsed = settingSchema.safeParse(env);
  for (const issue of parsed.error?.issues ?? []) mistakes.push(`${issue.path.join('.')}: ${issue.message}`);
  const named = (name: string) => mistakes.some((mistake) => mistake.startsWith(`${name}:`) || mistake.startsWith(`${name}_FILE:`));
  const missing = (name: string, example: string) => {
    if (env[name] === undefined && !named(name)) mistakes.push(`${name}: is missing. Set it, for example to ${example}`);
  };
  if (needed.warehouse) missing('STRATA_MYSQL_URL', 'mysql://user:password@host:3306');
  for (const name of new Set(needed.sources)) {
    missing(name, 's3://bucket/prefix or file:///folder');
    if (env[name] !== undefined && !/^(s3|file):\/\//.test(env[name]))
      mistakes.push(`${name}: must be s3://bucket/prefix or file:///folder`);
  }
  mistakes.push(...mistakesOfReceivers(env, needed.receivers ?? []));
  const { STRATA_DEPLOYMENT_NAME: name, STRATA_BUILD_ID: buildId } = env;
  if ((name === undefined) !== (buildId === undefined)) {
    mistakes.push(`${name === undefined ? 'STRATA_DEPLOYMENT_NAME' : 'STRATA_BUILD_ID'}: is missing. The two go together`);
  }
  if (mistakes.length > 0 || !parsed.success) {
    throw new StrataError(
      'misconfigured',
      `the settings are wrong (see docs/reference/settings.md):\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    );
  }
  const settings = parsed.data;
  return {
    mysqlUrl: settings.STRATA_MYSQL_URL,
    mysqlAdminUrl: settings.STRATA_MYSQL_ADMIN_URL ?? settings.STRATA_MYSQL_URL,
    schemaPrefix: settings.STRATA_SCHEMA_PREFIX,
    mysqlConnections: settings.STRATA_MYSQL_CONNECTIONS,
    backfillSources: settings.STRATA_BACKFILL_SOURCES,
    taskQueue: settings.STRATA_TASK_QUEUE,
    activitySlots: settings.STRATA_ACTIVITY_SLOTS,
    chunkBytes: settings.STRATA_CHUNK_BYTES,
    rangeBytes: settings.STRATA_RANGE_BYTES,
    runBytes: settings.STRATA_RUN_BYTES,
    bundleBytes: settings.STRATA_BUNDLE_BYTES,
    stallTime: settings.STRATA_STALL_SECONDS * 1_000,
    geoDatabase: settings.STRATA_GEO_DATABASE,
    releaseUndurable: settings.STRATA_RELEASE_UNDURABLE === '1',
    folderTimes: { quietSeconds: settings.STRATA_FOLDER_QUIET_SECONDS, unfinishedSeconds: settings.STRATA_FOLDER_UNFINISHED_SECONDS },
    shutdownGraceSeconds: settings.STRATA_SHUTDOWN_GRACE_SECONDS,
    deployment: name !== undefined && buildId !== undefined ? { name, buildId } : undefined,
    metricsAddress: settings.STRATA_METRICS_ADDRESS,
    serveAddress: settings.STRATA_SERVE_ADDRESS,
    eventsToken: settings.STRATA_EVENTS_TOKEN,
    eventsQueueUrl: settings.STRATA_EVENTS_QUEUE_URL,
    eventsTopics: settings.STRATA_EVENTS_TOPICS ?? [],
    mail:
      settings.STRATA_SMTP_URL !== undefined && settings.STRATA_MAIL_FROM !== undefined
        ? { url: settings.STRATA_SMTP_URL, from: settings.STRATA_MAIL_FROM }
        : undefined,
    webhookSecret: settings.STRATA_WEBHOOK_SECRET,
    log: { level: settings.STRATA_LOG_LEVEL, format: settings.STRATA_LOG_FORMAT ?? (process.stderr.isTTY ? 'text' : 'json') },
    environment: env,
  };
}

/** Receivers must be readable, and the servers that take messages to them known. */
function mistakesOfReceivers(env: Environment, names: readonly string[]): string[] {
  const mistakes = names.flatMap((name) => receiverMistakes(env[name] ?? '').map((mistake) => `${name}: ${mistake}`));
  const wants = (kind: Receiver['kind']) =>
    receiversOfSettings(names, env)
      .filter((receiver) => receiver.kind === kind)
      .map(({ setting }) => setting)[0];
  const [mailTo, webhookTo] = [wants('mail'), wants('webhook')];
  const required = (name: string, why: string | undefined, example: string) =>
    why === undefined || env[name] !== undefined ? [] : [`${name}: is missing. ${why} needs it. Set it, for example to ${example}`];
  return [
    ...mistakes,
    ...required('STRATA_SMTP_URL', mailTo && `A mail address in ${mailTo}`, 'smtps://user:password@mail.example.com'),
    ...required('STRATA_MAIL_FROM', mailTo && `A mail address in ${mailTo}`, 'strata@example.com'),
    ...required('STRATA_WEBHOOK_SECRET', webhookTo && `A webhook in ${webhookTo}`, '32 random characters'),
  ];
}

/** Fills in what `*_FILE` settings name; empty values go. */
function withFiles(environment: Environment, mistakes: string[], more: readonly string[]): Environment {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined && value !== '') env[name] = value;
  for (const name of new Set([...secretNames, ...more])) {
    const file = env[`${name}_FILE`];
    if (file === undefined) continue;
    if (env[name] !== undefined) {
      mistakes.push(`${name}_FILE: ${name} is given too. Keep one of them`);
      continue;
    }
    try {
      env[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      mistakes.push(`${name}_FILE: its file can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
      continue;
    }
    if (env[name] === '') mistakes.push(`${name}_FILE: its file is empty`);
  }
  return env;
}

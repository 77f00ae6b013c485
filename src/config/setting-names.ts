import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { isQueueUrl, queueUrlRule } from '../connectors/sqs/queue-url.js';
import { regionOf } from '../connectors/sqs/sns-topic.js';
import { defaultTaskQueue } from '../contracts/names.js';
import { loginRule } from '../engine/shown-address.js';
import { prefixPattern } from '../engine/sql/qualify.js';

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

const address = (example: string) => z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, `must be host:port, e.g. ${example}`);

/** Texts separated by commas. */
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** Temporal's SDK takes no names here. */
const metricsAddress = z.string().refine(isIpAndPort, 'must be an IP address and a port, e.g. 127.0.0.1:9464');

const mailUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && ['smtp:', 'smtps:'].includes(new URL(text).protocol) && new URL(text).hostname !== '',
    `must look like smtp://user:password@host:587, or smtps://user:password@host:465; ${loginRule}`,
  )
  .refine(hasReadableLogin, 'user and password must be percent-encoded: write %25 for a %');

/** One address, alone or in angle brackets after a name. */
const sender = z
  .string()
  .regex(/^(?:[^\r\n<>@]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'must be a mail address, such as strata@example.com');

const databaseUrl = z
  .string()
  .refine(isDatabaseUrl, `must look like mysql://user:password@host:3306; ${loginRule}`)
  .refine(hasReadableLogin, 'user and password must be percent-encoded: write %25 for a %');

/** Every setting of Strata's own; sources are named by the pipelines' definitions, AWS's and Temporal's keep their own names. */
export const settingSchema = z.object({
  STRATA_MYSQL_URL: databaseUrl.optional(),
  STRATA_MYSQL_ADMIN_URL: databaseUrl.optional(),
  STRATA_SCHEMA_PREFIX: z
    .string()
    .regex(prefixPattern, 'must be a-z, 0-9 and _, begin with a letter and have at most 32 characters')
    .default(''),
  STRATA_MYSQL_CONNECTIONS: wholeNumber(4, 500).default(20),
  STRATA_PIPELINES: z.string().optional(),
  STRATA_BACKFILL_SOURCES: list
    .refine(
      (urls) => urls.every((url) => /^(s3|file):\/\/./.test(url)),
      'must be s3://bucket/prefix or file:///folder, separated by commas',
    )
    .optional(),
  STRATA_TASK_QUEUE: z.string().min(1).max(200).default(defaultTaskQueue),
  STRATA_ACTIVITY_SLOTS: wholeNumber(1, 400).default(12),
  STRATA_CHUNK_BYTES: wholeNumber(1_000, 1_073_741_824).default(67_108_864),
  STRATA_RUN_BYTES: wholeNumber(1_000, 1_073_741_824).default(134_217_728),
  STRATA_RANGE_BYTES: wholeNumber(1_000, 1_099_511_627_776).default(8_388_608),
  STRATA_BUNDLE_BYTES: wholeNumber(0, 16_777_216).default(1_048_576),
  STRATA_STALL_SECONDS: wholeNumber(60, 86_400).default(300),
  STRATA_GEO_DATABASE: z.string().min(1).optional(),
  STRATA_RELEASE_UNDURABLE: z.enum(['0', '1'], { error: 'must be 1 or 0' }).default('0'),
  STRATA_FOLDER_QUIET_SECONDS: wholeNumber(0, 3_600).default(2),
  STRATA_FOLDER_UNFINISHED_SECONDS: wholeNumber(0, 86_400).default(60),
  STRATA_SHUTDOWN_GRACE_SECONDS: wholeNumber(0, 3_600).default(10),
  STRATA_DEPLOYMENT_NAME: z.string().min(1).optional(),
  STRATA_BUILD_ID: z.string().min(1).optional(),
  STRATA_METRICS_ADDRESS: metricsAddress.optional(),
  STRATA_SERVE_ADDRESS: address('127.0.0.1:8090').default('127.0.0.1:8090'),
  STRATA_EVENTS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  STRATA_EVENTS_QUEUE_URL: z.string().refine(isQueueUrl, queueUrlRule).optional(),
  STRATA_EVENTS_TOPICS: list
    .refine((topics) => topics.every((topic) => regionOf(topic) !== undefined), 'must be ARNs of SNS topics, separated by commas')
    .optional(),
  STRATA_SMTP_URL: mailUrl.optional(),
  STRATA_MAIL_FROM: sender.optional(),
  STRATA_WEBHOOK_SECRET: z
    .string()
    .min(24, 'must have at least 24 characters')
    .regex(/^(?!whsec_)|^whsec_[A-Za-z0-9+/]{24,}={0,2}$/, 'must be base64 after whsec_')
    .optional(),
  STRATA_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  STRATA_LOG_FORMAT: z.enum(['json', 'text']).optional(),
});

/** Settings that may be given as the name of a file that holds the value. */
export const secretNames = [
  ...(['STRATA_MYSQL_URL', 'STRATA_MYSQL_ADMIN_URL', 'STRATA_EVENTS_TOKEN', 'TEMPORAL_API_KEY'] as const),
  ...(['STRATA_SMTP_URL', 'STRATA_WEBHOOK_SECRET'] as const),
  ...(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const),
] as const;

function isIpAndPort(text: string): boolean {
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  return (isIPv6(six ?? '') || isIPv4(four ?? '')) && Number(port) <= 65_535;
}

function hasReadableLogin(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false;
  }
}

function isDatabaseUrl(text: string): boolean {
  return URL.canParse(text) && ['mysql:', 'mariadb:'].includes(new URL(text).protocol) && new URL(text).hostname !== '';
}

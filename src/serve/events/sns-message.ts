import { verify } from 'node:crypto';
import { z } from 'zod';
import { regionOf } from '../../connectors/sqs/sns-topic.js';
import { fetchFromSns, SnsCertificates, type FetchText } from './sns-certificates.js';

const message = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string(),
  Subject: z.string().nullish(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
  SignatureVersion: z.string().optional(),
  Signature: z.string().optional(),
  SigningCertURL: z.string().optional(),
});
export type SnsMessage = z.infer<typeof message>;

/** An envelope of Amazon SNS; undefined if the text is not one. */
export function snsMessage(body: unknown): SnsMessage | undefined {
  return message.safeParse(body).data;
}

const signedFields = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;
const algorithms: Readonly<Record<string, string>> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };
/** Milliseconds: SNS tries to deliver a message for an hour; clocks may differ by some minutes. */
const longestWay = 60 * 60_000;
const clockDifference = 5 * 60_000;

export interface SnsOptions {
  /** The only topics to believe; empty: every topic of SNS. */
  readonly listed?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Checks envelopes and confirms subscriptions. */
export class SnsTopics {
  readonly listed: readonly string[];
  private readonly now: () => number;
  private readonly certificates: SnsCertificates;

  constructor(
    private readonly fetchText: FetchText = fetchFromSns,
    { listed = [], now = Date.now }: SnsOptions = {},
  ) {
    this.listed = listed;
    this.now = now;
    this.certificates = new SnsCertificates(fetchText, now);
  }

  /** Why an envelope is not looked at any further, whoever signed it; undefined when nothing speaks against it. */
  unwanted({ TopicArn, Timestamp }: SnsMessage): string | undefined {
    if (!regionOf(TopicArn)) return 'the topic is not an SNS topic';
    if (this.listed.length > 0 && !this.listed.includes(TopicArn))
      return 'STRATA_EVENTS_TOPICS does not name this topic. Add it there, or end its subscription';
    const age = this.now() - Date.parse(Timestamp);
    return age <= longestWay && age >= -clockDifference
      ? undefined
      : 'this message of SNS is older than an hour, or the clock of this machine is wrong';
  }

  /** Whether SNS has signed this, within the last hour and for a topic that is listed; rejects when the certificate can't be had. */
  async isGenuine(sns: SnsMessage): Promise<boolean> {
    const { SigningCertURL: url = '', Signature: signature = '', SignatureVersion: version = '' } = sns;
    const algorithm = Object.hasOwn(algorithms, version) ? algorithms[version] : undefined;
    const region = regionOf(sns.TopicArn);
    if (!algorithm || !region || this.unwanted(sns) !== undefined) return false;
    const key = await this.certificates.keyAt(url, region);
    try {
      return key !== undefined && verify(algorithm, Buffer.from(signedText(sns)), key, Buffer.from(signature, 'base64'));
    } catch {
      return false;
    }
  }

  /** Confirms a subscription that `isGenuine`; false when its address does anything but confirm one to this topic. */
  async confirm({ SubscribeURL: url = '', TopicArn: topic, Token: token = '' }: SnsMessage): Promise<boolean> {
    const region = regionOf(topic);
    if (!region || !URL.canParse(url)) return false;
    const { origin, pathname, searchParams, hash } = new URL(url);
    const asked = [...searchParams].map(([name, value]) => `${name}=${value}`).sort();
    const wanted = ['Action=ConfirmSubscription', `Token=${token}`, `TopicArn=${topic}`];
    if (!url.startsWith(`${origin}/`) || origin !== `https://${region.host}` || pathname !== '/' || hash !== '') return false;
    if (token === '' || asked.length !== wanted.length || asked.some((each, index) => each !== wanted[index])) return false;
    await this.fetchText(url);
    return true;
  }
}

/** Names and values of the fields that the envelope has, in this order, a line each. */
function signedText(sns: SnsMessage): string {
  return signedFields[sns.Type]
    .flatMap((field) => (sns[field] === undefined || sns[field] === null ? [] : [`${field}\n${sns[field]}\n`]))
    .join('');
}

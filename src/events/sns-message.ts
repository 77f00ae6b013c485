import { verify } from 'node:crypto';
import { z } from 'zod';

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

/** An envelope of Amazon SNS; undefined when it is none. */
export function snsMessage(body: unknown): SnsMessage | undefined {
  return message.safeParse(body).data;
}

/** Fetches a text over https; rejects when that fails. */
export type FetchText = (url: string) => Promise<string>;

/** Does what it says only for SNS itself: addresses of `sns.<region>.amazonaws.com` over https, nothing that they redirect to. */
export const fetchFromSns: FetchText = async (url) => {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
  return response.text();
};

const signedFields = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;
const algorithms: Readonly<Record<string, string>> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };

/** Checks envelopes and confirms subscriptions; certificates are fetched once. */
export class SnsTopics {
  private readonly certificates = new Map<string, Promise<string>>();

  constructor(private readonly fetchText: FetchText = fetchFromSns) {}

  /** Whether SNS has signed this; rejects when the certificate can't be had. */
  async isGenuine(sns: SnsMessage): Promise<boolean> {
    const { SigningCertURL: url = '', Signature: signature = '', SignatureVersion: version = '' } = sns;
    const algorithm = algorithms[version];
    if (!algorithm || !isOfSns(url) || !new URL(url).pathname.endsWith('.pem')) return false;
    const certificate = await this.certificate(url);
    try {
      return verify(algorithm, Buffer.from(signedText(sns)), certificate, Buffer.from(signature, 'base64'));
    } catch {
      return false;
    }
  }

  /** Confirms a subscription that `isGenuine`; false when its address is not one of SNS. */
  async confirm({ SubscribeURL: url = '' }: SnsMessage): Promise<boolean> {
    if (!isOfSns(url)) return false;
    await this.fetchText(url);
    return true;
  }

  private certificate(url: string): Promise<string> {
    let certificate = this.certificates.get(url);
    if (!certificate) {
      certificate = this.fetchText(url);
      certificate.catch(() => this.certificates.delete(url));
      this.certificates.set(url, certificate);
    }
    return certificate;
  }
}

function isOfSns(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, host, username, password } = new URL(text);
  return protocol === 'https:' && /^sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(host) && username === '' && password === '';
}

/** Names and values of the fields that the envelope has, in this order, a line each. */
function signedText(sns: SnsMessage): string {
  return signedFields[sns.Type].flatMap((field) => (sns[field] === undefined || sns[field] === null ? [] : [`${field}\n${sns[field]}\n`])).join('');
}

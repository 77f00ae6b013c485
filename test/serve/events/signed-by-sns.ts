import { createPrivateKey, createSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { snsMessage, type SnsMessage } from '../../../src/serve/events/sns-message.js';
import { inSns } from './notifications.js';

const file = (name: string) => readFileSync(new URL(`./certificates/${name}`, import.meta.url), 'utf8');

/** What SNS would answer at the address of its certificate: all are of one key, of nobody but these tests, and signed by themselves. */
export const certificates = {
  sns: file('sns.pem'),
  expired: file('expired.pem'),
  other: file('other.pem'),
  regional: file('regional.pem'),
} as const;
const privateKey = createPrivateKey(file('signer.key'));

const token = '2336412f37';
export const confirmation: Readonly<Record<string, string>> = {
  ...inSns({}),
  Type: 'SubscriptionConfirmation',
  Message: 'You have chosen to subscribe to the topic',
  Token: token,
  SubscribeURL: `https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${inSns({}).TopicArn}&Token=${token}`,
};

/** Signed as SNS documents it, over these fields in this order. */
export function signed(envelope: Readonly<Record<string, string>>, version: '1' | '2' = '2'): SnsMessage {
  const fields =
    envelope.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const sign = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256');
  for (const field of fields) if (envelope[field] !== undefined) sign.update(`${field}\n${envelope[field]}\n`);
  return snsMessage({ ...envelope, SignatureVersion: version, Signature: sign.sign(privateKey, 'base64') })!;
}

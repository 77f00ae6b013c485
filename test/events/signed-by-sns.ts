import { createSign, generateKeyPairSync } from 'node:crypto';
import { snsMessage, type SnsMessage } from '../../src/events/sns-message.js';
import { inSns } from './notifications.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** What SNS would answer at the address of its certificate. */
export const certificate = publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const confirmation: Readonly<Record<string, string>> = {
  ...inSns({}),
  Type: 'SubscriptionConfirmation',
  Message: 'You have chosen to subscribe to the topic',
  Token: '2336412f37',
  SubscribeURL: 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37',
};

/** Signed as SNS documents it, over these fields in this order. */
export function signed(envelope: Readonly<Record<string, string>>, version: '1' | '2' = '2'): SnsMessage {
  const fields = envelope.Type === 'Notification' ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const sign = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256');
  for (const field of fields) if (envelope[field] !== undefined) sign.update(`${field}\n${envelope[field]}\n`);
  return snsMessage({ ...envelope, SignatureVersion: version, Signature: sign.sign(privateKey, 'base64') })!;
}

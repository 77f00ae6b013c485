import { createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { snsMessage, SnsTopics } from '../../src/events/sns-message.js';
import { inSns, notification } from './notifications.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const certificate = publicKey.export({ type: 'spki', format: 'pem' }).toString();

const confirmation = {
  ...inSns({}),
  Type: 'SubscriptionConfirmation',
  Message: 'You have chosen to subscribe to the topic',
  Token: '2336412f37',
  SubscribeURL: 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37',
};

/** Signed as SNS documents it, over these fields in this order. */
function signed(envelope: Readonly<Record<string, string>>, version: '1' | '2' = '2') {
  const fields = envelope.Type === 'Notification' ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const sign = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256');
  for (const field of fields) if (envelope[field] !== undefined) sign.update(`${field}\n${envelope[field]}\n`);
  return snsMessage({ ...envelope, SignatureVersion: version, Signature: sign.sign(privateKey, 'base64') })!;
}

function topics() {
  const fetched: string[] = [];
  const fetchText = async (url: string) => {
    fetched.push(url);
    return certificate;
  };
  return { topics: new SnsTopics(fetchText), fetched };
}

describe('messages of SNS', () => {
  it.each(['1', '2'] as const)('are genuine when their signature of version %s is', async (version) => {
    const { topics: sns, fetched } = topics();
    const message = signed(inSns(notification('aws-s3')), version);
    expect(await sns.isGenuine(message)).toBe(true);
    expect(await sns.isGenuine({ ...message, Message: '{}' })).toBe(false);
    const withoutSubject = Object.fromEntries(Object.entries(inSns({})).filter(([field]) => field !== 'Subject'));
    expect(await sns.isGenuine(signed(withoutSubject, version))).toBe(true);
    expect(fetched).toHaveLength(1);
  });

  it.each([
    'http://sns.eu-central-1.amazonaws.com/a.pem',
    'https://sns.eu-central-1.amazonaws.com.evil.example/a.pem',
    'https://evil.example/sns.eu-central-1.amazonaws.com/a.pem',
    'https://sns.eu-central-1.amazonaws.com@evil.example/a.pem',
    'https://user@sns.eu-central-1.amazonaws.com/a.pem',
    'https://sns.eu-central-1.amazonaws.com:8443/a.pem',
    'https://bucket.s3.amazonaws.com/a.pem',
    'no address',
  ])('are not believed with a certificate from %s, which is not fetched', async (SigningCertURL) => {
    const { topics: sns, fetched } = topics();
    expect(await sns.isGenuine(signed({ ...inSns({}), SigningCertURL }))).toBe(false);
    expect(fetched).toEqual([]);
  });

  it('are not believed without a signature, or with one that is garbage', async () => {
    const { topics: sns } = topics();
    expect(await sns.isGenuine(snsMessage(inSns({}))!)).toBe(false);
    expect(await sns.isGenuine({ ...snsMessage(inSns({}))!, SignatureVersion: '3' })).toBe(false);
  });

  it('confirm a subscription at SNS and nowhere else', async () => {
    const { topics: sns, fetched } = topics();
    expect(await sns.confirm(signed(confirmation))).toBe(true);
    expect(fetched).toEqual([confirmation.SubscribeURL]);
    expect(await sns.confirm(signed({ ...confirmation, SubscribeURL: 'https://169.254.169.254/latest/meta-data' }))).toBe(false);
    expect(fetched).toHaveLength(1);
  });

  it('are tried again when their certificate could not be had', async () => {
    let works = false;
    const sns = new SnsTopics(async () => (works ? certificate : Promise.reject(new Error('no route'))));
    const message = signed(inSns({}));
    await expect(sns.isGenuine(message)).rejects.toThrow('no route');
    works = true;
    expect(await sns.isGenuine(message)).toBe(true);
  });
});

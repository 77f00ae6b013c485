import { describe, expect, it } from '@jest/globals';
import { snsMessage, SnsTopics } from '../../src/events/sns-message.js';
import { inSns, notification } from './notifications.js';
import { certificate, confirmation, signed } from './signed-by-sns.js';

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

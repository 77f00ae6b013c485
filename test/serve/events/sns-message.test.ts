import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { fetchFromSns } from '../../../src/serve/events/sns-certificates.js';
import { snsMessage, SnsTopics, type SnsOptions } from '../../../src/serve/events/sns-message.js';
import { inSns, notification } from './notifications.js';
import { certificates, confirmation, signed } from './signed-by-sns.js';

function topics(options: SnsOptions & { readonly answer?: string } = {}) {
  const fetched: string[] = [];
  const fetchText = async (url: string) => {
    fetched.push(url);
    return options.answer ?? certificates.sns;
  };
  return { topics: new SnsTopics(fetchText, options), fetched };
}

const name = `SimpleNotificationService-${'0'.repeat(32)}.pem`;
const arn = (region: string, partition = 'aws') => `arn:${partition}:sns:${region}:123456789012:new-files`;
const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();

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
    `http://sns.eu-central-1.amazonaws.com/${name}`,
    `https://sns.eu-central-1.amazonaws.com.evil.example/${name}`,
    `https://evil.example/sns.eu-central-1.amazonaws.com/${name}`,
    `https://sns.eu-central-1.amazonaws.com@evil.example/${name}`,
    `https://user@sns.eu-central-1.amazonaws.com/${name}`,
    `https://sns.eu-central-1.amazonaws.com:8443/${name}`,
    `https://sns.eu-central-1.amazonaws.com:443/${name}`,
    `https://bucket.s3.amazonaws.com/${name}`,
    // Buckets that are named sns.
    `https://sns.s3.amazonaws.com/${name}`,
    `https://sns.s3-ap-southeast-2.amazonaws.com/${name}`,
    `https://sns.s3.eu-central-1.amazonaws.com/${name}`,
    // Another region than the topic's.
    `https://sns.us-east-1.amazonaws.com/${name}`,
    `https://sns.eu-central-1.amazonaws.com.cn/${name}`,
    // Other answers of SNS, which may repeat what they were asked.
    `https://sns.eu-central-1.amazonaws.com/${name}?Action=Publish`,
    `https://sns.eu-central-1.amazonaws.com/?Action=Publish&x=/${name}`,
    `https://sns.eu-central-1.amazonaws.com/${name}#x`,
    `https://sns.eu-central-1.amazonaws.com/a/${name}`,
    `https://sns.eu-central-1.amazonaws.com//${name}`,
    'https://sns.eu-central-1.amazonaws.com/a.pem',
    `https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-${'0'.repeat(31)}.pem`,
    `https://sns.eu-central-1.amazonaws.com/${name}\n`,
    `HTTPS://sns.eu-central-1.amazonaws.com/${name}`,
    'no address',
  ])('are not believed with a certificate from %j, which is not fetched', async (SigningCertURL) => {
    const { topics: sns, fetched } = topics();
    expect(await sns.isGenuine(signed({ ...inSns({}), SigningCertURL }))).toBe(false);
    expect(fetched).toEqual([]);
  });

  it.each([
    ['has expired', certificates.expired],
    ['was issued to somebody else', certificates.other],
    ['is of another region', certificates.regional],
    ['stands in another text', `<Error>\n${certificates.sns}</Error>`],
    ['stands behind another text', `x\n${certificates.sns}`],
    ['is none', 'no certificate'],
    ['is garbage', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('are not believed when the certificate %s', async (_case, answer) => {
    expect(await topics({ answer }).topics.isGenuine(signed(inSns({})))).toBe(false);
  });

  it.each([
    ['aws', 'af-south-1', 'amazonaws.com', certificates.regional],
    ['aws', 'us-east-1', 'amazonaws.com', certificates.sns],
    ['aws-cn', 'cn-north-1', 'amazonaws.com.cn', certificates.sns],
    ['aws-us-gov', 'us-gov-west-1', 'amazonaws.com', certificates.sns],
  ])('of partition %s in %s are believed with the certificate of that region', async (partition, region, domain, answer) => {
    const envelope = { ...inSns({}), TopicArn: arn(region, partition), SigningCertURL: `https://sns.${region}.${domain}/${name}` };
    expect(await topics({ answer }).topics.isGenuine(signed(envelope))).toBe(true);
  });

  it.each([
    '',
    'x',
    'arn:aws:sqs:eu-central-1:123456789012:new-files',
    'arn:aws:sns:s3:123456789012:x',
    'arn:aws:sns:evil.example/:123456789012:x',
    `${arn('eu-central-1')}\nerror FORGED`,
  ])('are not believed of what is no topic: %j', async (TopicArn) => {
    const { topics: sns, fetched } = topics();
    const message = signed({ ...inSns({}), TopicArn });
    expect(sns.unwanted(message)).toBe('the topic is not an SNS topic');
    expect(await sns.isGenuine(message)).toBe(false);
    expect(fetched).toEqual([]);
  });

  it('are not believed of other topics than those that are listed, where some are', async () => {
    const message = signed(inSns({}));
    expect(await topics({ listed: [arn('eu-central-1')] }).topics.isGenuine(message)).toBe(true);
    const { topics: sns, fetched } = topics({ listed: [arn('eu-central-1').replace('new', 'old')] });
    expect(sns.unwanted(message)).toMatch(/STRATA_EVENTS_TOPICS/);
    expect(await sns.isGenuine(message)).toBe(false);
    expect(fetched).toEqual([]);
  });

  it.each([
    [-61, false],
    [-59, true],
    [4, true],
    [6, false],
  ])('of %i minutes from now are believed: %s', async (count, isBelieved) => {
    const { topics: sns } = topics();
    expect(await sns.isGenuine(signed({ ...inSns({}), Timestamp: minutes(count) }))).toBe(isBelieved);
    expect(await sns.isGenuine(signed({ ...inSns({}), Timestamp: 'yesterday' }))).toBe(false);
  });

  it('are not believed without a signature, or with one that is garbage', async () => {
    const { topics: sns } = topics();
    expect(await sns.isGenuine(snsMessage(inSns({}))!)).toBe(false);
    for (const SignatureVersion of ['3', 'constructor', ''])
      expect(await sns.isGenuine({ ...signed(inSns({})), SignatureVersion })).toBe(false);
  });

  const subscribe = confirmation.SubscribeURL ?? '';
  it.each([
    'https://169.254.169.254/latest/meta-data',
    subscribe.replace('https:', 'http:'),
    subscribe.replace('eu-central-1.amazonaws', 'us-east-1.amazonaws'),
    subscribe.replace('sns.', 'sns.s3-'),
    subscribe.replace('ConfirmSubscription', 'Unsubscribe'),
    subscribe.replace('new-files', 'other-files'),
    subscribe.replace(/Token=.*/, 'Token=other'),
    `${subscribe}&Action=Publish`,
    `${subscribe}&AuthenticateOnUnsubscribe=true`,
    `${subscribe}#x`,
    subscribe.replace('/?', '/x?'),
    subscribe.replace('https://', 'https://user@'),
    '',
  ])('do not confirm a subscription at %j', async (SubscribeURL) => {
    const { topics: sns, fetched } = topics();
    expect(await sns.confirm(signed({ ...confirmation, SubscribeURL }))).toBe(false);
    expect(fetched).toEqual([]);
  });

  it('confirm a subscription to their topic at SNS', async () => {
    const { topics: sns, fetched } = topics();
    expect(await sns.confirm(signed(confirmation))).toBe(true);
    const escaped = subscribe.replaceAll(':123456789012:', '%3A123456789012%3A');
    expect(await sns.confirm(signed({ ...confirmation, SubscribeURL: escaped }))).toBe(true);
    expect(fetched).toEqual([subscribe, escaped]);
  });

  it('are tried again when their certificate could not be had', async () => {
    let works = false;
    const sns = new SnsTopics(async () => (works ? certificates.sns : Promise.reject(new Error('no route'))));
    const message = signed(inSns({}));
    await expect(sns.isGenuine(message)).rejects.toThrow('no route');
    works = true;
    expect(await sns.isGenuine(message)).toBe(true);
  });

  it('keep a certificate for an hour, and only so many of them', async () => {
    let now = Date.now();
    const { topics: sns, fetched } = topics({ now: () => now });
    const at = (digit: number) =>
      signed({
        ...inSns({}),
        Timestamp: new Date(now).toISOString(),
        SigningCertURL: `https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-${String(digit).padStart(32, '0')}.pem`,
      });
    for (let digit = 0; digit < 16; digit += 1) await sns.isGenuine(at(digit));
    expect(await sns.isGenuine(at(0))).toBe(true);
    expect(fetched).toHaveLength(16);
    await sns.isGenuine(at(16));
    await sns.isGenuine(at(0));
    expect(fetched).toHaveLength(18);
    now += 61 * 60_000;
    await sns.isGenuine(at(0));
    expect(fetched).toHaveLength(19);
  });
});

it('an answer that is too long, an error or a redirect is no text of SNS', async () => {
  const answers: Readonly<Record<string, readonly [number, string]>> = {
    '/long': [200, 'x'.repeat(100_000)],
    '/error': [404, 'not here'],
    '/moved': [302, ''],
    '/short': [200, 'fine'],
  };
  const server = createServer((request, response) => {
    const [status, text] = answers[request.url ?? ''] ?? [500, ''];
    response.writeHead(status, status === 302 ? { Location: '/short' } : {}).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = (path: string) => fetchFromSns(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  try {
    await expect(at('/long')).rejects.toThrow('sent more than 65536 bytes');
    await expect(at('/error')).rejects.toThrow('answered 404');
    await expect(at('/moved')).rejects.toThrow();
    expect(await at('/short')).toBe('fine');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

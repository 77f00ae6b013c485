import { readFileSync } from 'node:fs';

/** A notification as its sender sends it: `notifications/<name>.json`. */
export function notification(name: 'aws-s3' | 'aws-test' | 'eventbridge' | 'minio' | 'versitygw'): unknown {
  return JSON.parse(readFileSync(new URL(`./notifications/${name}.json`, import.meta.url), 'utf8')) as unknown;
}

/** It in an envelope of SNS that nobody has signed. */
export function inSns(message: unknown): Record<string, string> {
  return {
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: 'arn:aws:sns:eu-central-1:123456789012:new-files',
    Subject: 'Amazon S3 Notification',
    Message: JSON.stringify(message),
    Timestamp: new Date().toISOString(),
    SignatureVersion: '2',
    Signature: 'EXAMPLE==',
    SigningCertURL: 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem',
    UnsubscribeURL: 'https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe',
  };
}

export const feeds = ['users', 'games', 'payments'].map((name) => ({
  name,
  match: `^${name}([-_ ].*)?\\.csv$`,
  columns: [],
  reasons: [],
}));

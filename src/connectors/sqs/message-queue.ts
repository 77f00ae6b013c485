import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { shownAddress } from '../../engine/shown-address.js';
import { StrataError } from '../../engine/strata-error.js';
import { isQueueUrl, queueUrlRule } from './queue-url.js';

export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  /** Names this delivery of the message. */
  readonly receipt: string;
}

/** A queue that delivers a message again until it is removed. */
export interface MessageQueue {
  /** Waits up to 20 s for messages; at most 10, none when there was nothing. */
  receive(signal: AbortSignal): Promise<QueueMessage[]>;
  remove(messages: readonly QueueMessage[]): Promise<void>;
  close(): void;
}

const longestWait = 20;
const mostMessages = 10;

/**
 * A queue of Amazon SQS, or of a server that speaks its protocol at the address; login and region by AWS's own settings. Nothing is
 * reached yet. Throws StrataError `misconfigured`.
 */
export function openQueue(url: string, env: Readonly<Record<string, string | undefined>>): MessageQueue {
  if (!isQueueUrl(url)) throw new StrataError('misconfigured', `the queue's address ${JSON.stringify(shownAddress(url))} ${queueUrlRule}`);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  const [, ofQueue] = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com/.exec(url) ?? [];
  const client = new SQSClient({
    endpoint: new URL(url).origin,
    region: ofQueue ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1'),
    ...(accessKeyId && secretAccessKey && !env['AWS_PROFILE']
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
    requestHandler: { connectionTimeout: 5_000, requestTimeout: (longestWait + 10) * 1_000, throwOnRequestTimeout: true },
  });
  return {
    async receive(abortSignal) {
      const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: mostMessages, WaitTimeSeconds: longestWait });
      const { Messages = [] } = await client.send(command, { abortSignal });
      return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '' }) => ({ id: MessageId, body: Body, receipt: ReceiptHandle }));
    },
    async remove(messages) {
      if (messages.length === 0) return;
      const Entries = messages.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
      // One that is not deleted comes again, which is harmless.
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    },
    close: () => client.destroy(),
  };
}

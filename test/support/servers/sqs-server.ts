import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface Held {
  readonly id: string;
  readonly body: string;
  receipt: string;
  /** Milliseconds since the epoch until which nobody else gets it. */
  hiddenUntil: number;
  deliveries: number;
}

interface Asked {
  readonly QueueUrl: string;
  readonly MaxNumberOfMessages?: number;
  readonly WaitTimeSeconds?: number;
  readonly Entries?: readonly { readonly Id: string; readonly ReceiptHandle: string }[];
}

const pollInterval = 50;

/**
 * Speaks the JSON protocol of Amazon SQS as far as a consumer needs it: long polling, a visibility timeout, batches of deletions with
 * an outcome each, checksums of bodies.
 */
export class SqsServer {
  readonly messages: Held[] = [];

  private constructor(
    private readonly server: Server,
    /** Milliseconds for which a delivered message is hidden. */
    private readonly visibilityTimeout: number,
  ) {}

  static async start(visibilityTimeout: number): Promise<SqsServer> {
    const server = createServer((request, response) => {
      const answer = (status: number, body: object) =>
        response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
      sqs.answer(request).then(
        (body) => answer(200, body),
        (error: Error) => answer(400, { __type: 'com.amazonaws.sqs#InvalidAddress', message: error.message }),
      );
    });
    const sqs = new SqsServer(server, visibilityTimeout);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return sqs;
  }

  get queueUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/123456789012/new-files`;
  }

  send(body: string): Held {
    const message = { id: randomUUID(), body, receipt: '', hiddenUntil: 0, deliveries: 0 };
    this.messages.push(message);
    return message;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage): Promise<object> {
    let text = '';
    for await (const bytes of request.setEncoding('utf8')) text += String(bytes);
    const asked = JSON.parse(text) as Asked;
    if (asked.QueueUrl !== this.queueUrl) throw new Error(`there is no queue ${asked.QueueUrl}`);
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) throw new Error('the request is not signed');
    const [, action] = String(request.headers['x-amz-target']).split('.');
    if (action === 'ReceiveMessage') return this.receive(asked, request);
    if (action === 'DeleteMessageBatch') return this.remove(asked);
    throw new Error(`${action} is not known`);
  }

  private async receive({ MaxNumberOfMessages: most = 1, WaitTimeSeconds: wait = 0 }: Asked, request: IncomingMessage): Promise<object> {
    for (const until = Date.now() + wait * 1_000; ;) {
      const visible = this.messages.filter(({ hiddenUntil }) => hiddenUntil <= Date.now()).slice(0, most);
      if (visible.length > 0 || Date.now() >= until || request.socket.destroyed)
        return visible.length > 0 ? { Messages: visible.map((each) => this.deliver(each)) } : {};
      await sleep(pollInterval);
    }
  }

  private deliver(message: Held): object {
    message.receipt = randomUUID();
    message.hiddenUntil = Date.now() + this.visibilityTimeout;
    message.deliveries += 1;
    return {
      MessageId: message.id,
      ReceiptHandle: message.receipt,
      Body: message.body,
      MD5OfBody: createHash('md5').update(message.body).digest('hex'),
    };
  }

  private remove({ Entries = [] }: Asked): object {
    const outcomes = Entries.map(({ Id, ReceiptHandle }) => {
      const index = this.messages.findIndex(({ receipt }) => receipt === ReceiptHandle);
      if (index >= 0) this.messages.splice(index, 1);
      return { Id, found: index >= 0 };
    });
    return {
      Successful: outcomes.filter(({ found }) => found).map(({ Id }) => ({ Id })),
      Failed: outcomes.filter(({ found }) => !found).map(({ Id }) => ({ Id, Code: 'ReceiptHandleIsInvalid', SenderFault: true })),
    };
  }
}

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { s3Client } from '../../servers/s3-client.js';

/** An object's text, or the file that holds it. */
export type Content = string | { readonly path: string };

/** A bucket of the store, and of other gateways to it. */
export class Bucket {
  readonly #clients = new Map<string, S3Client>();

  constructor(
    readonly name: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  async make(): Promise<void> {
    await this.#client().send(new CreateBucketCommand({ Bucket: this.name }));
  }

  /** Puts an object; at another endpoint of the store, where one is named. */
  async put(key: string, content: Content, endpoint?: string): Promise<void> {
    // Without a length the client warns also of what is empty.
    const body =
      typeof content === 'string'
        ? { Body: content, ContentLength: Buffer.byteLength(content) }
        : { Body: createReadStream(content.path), ContentLength: (await stat(content.path)).size };
    await this.#client(endpoint).send(new PutObjectCommand({ Bucket: this.name, Key: key, ...body }));
  }

  /** Puts an object of any size from blocks, in parts of 128 MB: VersityGW keeps the list of parts where about 300 have room. */
  async stream(key: string, blocks: Iterable<string> | AsyncIterable<Buffer>): Promise<void> {
    const params = { Bucket: this.name, Key: key, Body: Readable.from(blocks, { objectMode: false }) };
    await new Upload({ client: this.#client(), params, partSize: 128 << 20, queueSize: 2 }).done();
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
  }

  #client(endpoint = this.env.AWS_ENDPOINT_URL_S3 ?? ''): S3Client {
    const client = this.#clients.get(endpoint) ?? s3Client({ ...this.env, AWS_ENDPOINT_URL_S3: endpoint });
    this.#clients.set(endpoint, client);
    return client;
  }
}

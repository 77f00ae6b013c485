import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Ways in which S3 servers, and proxies before them, answer otherwise than S3. */
export type OddWay =
  | 'other etag in listings'
  | 'upper case in listings'
  | 'upper case in headers'
  | 'number of parts in listings'
  | 'weak etags'
  | 'next second in headers'
  | 'deletes do nothing'
  | 'read only'
  | 'encoded names in listings'
  | 'names said to be encoded'
  | 'no token'
  | 'one token for ever';

export interface OddServer {
  readonly endpoint: string;
  way: OddWay | undefined;
  close(): Promise<void>;
}

/** A proxy before an S3 server, which is odd in one way at a time. Headers of requests pass as they are, so that signatures stay valid. */
export async function startOddServer(upstream: string): Promise<OddServer> {
  const { hostname, port } = new URL(upstream);
  let way: OddWay | undefined;
  const proxy = createServer((asked, answer) => {
    if (way === 'deletes do nothing' && asked.method === 'DELETE') return void answer.writeHead(204).end();
    if (way === 'read only' && ['PUT', 'POST', 'DELETE'].includes(asked.method ?? '')) {
      asked.resume();
      return void answer.writeHead(403, { 'content-type': 'application/xml' }).end('<Error><Code>AccessDenied</Code></Error>');
    }
    const isListing = asked.method === 'GET' && /list-type=2/.test(asked.url ?? '');
    const forwarded = request({ host: hostname, port, method: asked.method, path: asked.url, headers: asked.headers }, (given) => {
      const headers = oddHeaders(given.headers, way);
      if (!isListing) {
        answer.writeHead(given.statusCode ?? 502, headers);
        given.pipe(answer);
        return;
      }
      void text(given).then((listing) => {
        const body = oddListing(listing, way);
        delete headers['transfer-encoding'];
        answer.writeHead(given.statusCode ?? 502, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
      });
    });
    asked.pipe(forwarded);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    get way() {
      return way;
    },
    set way(next) {
      way = next;
    },
    close: async () => {
      const closed = once(proxy, 'close');
      proxy.close();
      proxy.closeAllConnections();
      await closed;
    },
  };
}

function oddHeaders(headers: IncomingHttpHeaders, way: OddWay | undefined): IncomingHttpHeaders {
  const { etag, 'last-modified': time } = headers;
  if (way === 'weak etags' && etag) return { ...headers, etag: `W/${etag}` };
  if (way === 'upper case in headers' && etag) return { ...headers, etag: etag.toUpperCase() };
  if (way === 'next second in headers' && time) return { ...headers, 'last-modified': new Date(Date.parse(time) + 1_000).toUTCString() };
  return { ...headers };
}

function fromXml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const etags = (listing: string, change: (etag: string) => string) =>
  listing.replace(/<ETag>(.*?)<\/ETag>/g, (_all, etag: string) => `<ETag>${change(etag)}</ETag>`);

const oddListings: Partial<Record<OddWay, (listing: string) => string>> = {
  'other etag in listings': (listing) => etags(listing, () => `&#34;${'0'.repeat(32)}-1&#34;`),
  'upper case in listings': (listing) => etags(listing, (etag) => etag.replace(/[0-9a-f]{32}/, (digits) => digits.toUpperCase())),
  'number of parts in listings': (listing) => etags(listing, (etag) => etag.replace(/[0-9a-f]{32}/, (digits) => `${digits}-1`)),
  'encoded names in listings': (listing) =>
    saidEncoded(listing).replace(/<Key>([^<]*)/g, (_all, key: string) => `<Key>${encodeURIComponent(fromXml(key)).replaceAll('%20', '+')}`),
  'names said to be encoded': saidEncoded,
  'no token': (listing) => listing.replace('<IsTruncated>false', '<IsTruncated>true'),
  'one token for ever': (listing) =>
    listing.replace(
      '<IsTruncated>false</IsTruncated>',
      '<IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>',
    ),
};

function oddListing(listing: string, way: OddWay | undefined): string {
  return way === undefined ? listing : (oddListings[way]?.(listing) ?? listing);
}

function saidEncoded(listing: string): string {
  return listing.replace(/<EncodingType>.*?<\/EncodingType>/, '<EncodingType>url</EncodingType>');
}

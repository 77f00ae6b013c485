import { X509Certificate, type KeyObject } from 'node:crypto';
import type { SnsRegion } from '../../connectors/sqs/sns-topic.js';

/** Fetches a text over https; rejects when that fails. */
export type FetchText = (url: string) => Promise<string>;

/** Bytes; a certificate has about 2,000, an answer to a confirmation some hundreds. */
const largestAnswer = 64 * 1024;
/** Milliseconds for which a certificate is not fetched again. */
const keptFor = 60 * 60_000;
/** SNS signs with one certificate a region; anyone can name others. */
const mostKept = 16;

/** Fetches from SNS: nothing that it redirects to, and no long answer. Rejects when SNS does not answer as it should. */
export const fetchFromSns: FetchText = async (url) => {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
  const { host } = new URL(url);
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${host} answered ${response.status}`);
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += (part as Uint8Array).length;
    if (bytes > largestAnswer) throw new Error(`${host} sent more than ${largestAnswer} bytes`);
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts).toString('utf8');
};

/** The certificates that SNS signs with, each fetched once an hour. */
export class SnsCertificates {
  private readonly kept = new Map<string, { readonly since: number; readonly text: Promise<string> }>();

  constructor(
    private readonly fetchText: FetchText,
    private readonly now: () => number,
  ) {}

  /**
   * The public key of the certificate at the address, where it is one of SNS in that region and valid now; undefined when it is not. Rejects
   * when it can't be had. That SNS itself sent it is what TLS shows: the file holds no issuers by which it could be checked again.
   */
  async keyAt(url: string, region: SnsRegion): Promise<KeyObject | undefined> {
    const path = /^https:\/\/([^/]+)\/SimpleNotificationService-[0-9a-f]{32}\.pem$/.exec(url);
    if (path?.[1] !== region.host) return undefined;
    const certificate = parsed(await this.text(url));
    if (!certificate || !region.signers.some((name) => certificate.checkHost(name, { subject: 'default' }) !== undefined)) return undefined;
    const now = this.now();
    return Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo) ? certificate.publicKey : undefined;
  }

  private text(url: string): Promise<string> {
    const known = this.kept.get(url);
    if (known && this.now() - known.since < keptFor) return known.text;
    this.kept.delete(url);
    const [oldest] = this.kept.keys();
    if (oldest !== undefined && this.kept.size >= mostKept) this.kept.delete(oldest);
    const entry = { since: this.now(), text: this.fetchText(url) };
    this.kept.set(url, entry);
    entry.text.catch(() => {
      if (this.kept.get(url) === entry) this.kept.delete(url);
    });
    return entry.text;
  }
}

/** The first certificate of a text that holds certificates and nothing else: a page that quotes one does not count. */
function parsed(text: string): X509Certificate | undefined {
  if (!/^(-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*)+$/.test(text)) return undefined;
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

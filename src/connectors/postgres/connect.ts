import { Client } from 'pg';
import { StrataError } from '../../engine/strata-error.js';
import { codeOf } from '../../engine/system-errors.js';
import { watchCall } from '../work-watch.js';
import { loginOf } from './client-options.js';
import { sourceFailure } from './failures.js';

const connectTimeout = 30_000;

export interface Connected {
  readonly client: Client;
  /** Cuts the connection, whatever goes on; the server ends its part when it notices. */
  cut(): void;
  /** Why the server ended the connection, where it did so while nothing was asked of it. */
  lost(): unknown;
}

/** One connection of its own. Every value comes as the server's text: exact, however many digits. */
export async function connectSource(url: string, setting: string, signal: AbortSignal): Promise<Connected> {
  const { config, tls } = loginOf(url, setting);
  const doing = 'connecting to the source database';
  let failure: unknown;
  for (const ssl of tls) {
    signal.throwIfAborted();
    const client = new Client({
      ...config,
      ssl: ssl ?? false,
      application_name: 'strata extract',
      keepAlive: true,
      connectionTimeoutMillis: connectTimeout,
      types: { getTypeParser: () => (value: string) => value },
    });
    let lost: unknown;
    // Without a listener, a connection that is cut while nobody waits for it would end the process.
    client.on('error', (error) => (lost ??= error));
    try {
      await watchCall(doing, () => client.connect());
      return { client, cut: () => streamOf(client)?.destroy(), lost: () => lost };
    } catch (error) {
      await client.end().catch(() => undefined);
      failure = error;
      // Only where TLS is what failed, or a rule of pg_hba.conf for connections with TLS or without, is there another way.
      if (!/SSL/i.test(error instanceof Error ? error.message : '') && codeOf(error) !== '28000') break;
    }
  }
  throw failure instanceof StrataError ? failure : sourceFailure(failure, doing, setting);
}

function streamOf(client: Client): { destroy(): void } | undefined {
  const { connection } = client as Client & { connection?: { stream?: { destroy(): void } } };
  return connection?.stream;
}

import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { StrataError } from '../../engine/strata-error.js';
import { closableCalls } from './closable-calls.js';

export type ClientConnectConfig = ReturnType<typeof loadClientConnectConfig>;

const defaultAddress = 'localhost:7233';
const connectTimeout = '10 seconds';

/** Where Temporal is and how to log in there: Temporal's own environment variables and temporal.toml. */
export interface TemporalSettings {
  readonly config: ClientConnectConfig;
  readonly address: string;
  readonly namespace: string;
}

/** Reads Temporal's own settings; `env` must already hold what `*_FILE` settings name. */
export function temporalSettings(env: Readonly<Record<string, string | undefined>>): TemporalSettings {
  const overrideEnvVars = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  let config: ClientConnectConfig;
  try {
    config = loadClientConnectConfig({ overrideEnvVars });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StrataError(
      'misconfigured',
      `Temporal's settings can't be read: ${reason}. Check the TEMPORAL_* variables and temporal.toml.`,
    );
  }
  return { config, address: config.connectionOptions.address ?? defaultAddress, namespace: config.namespace ?? 'default' };
}

/**
 * A client for the configured namespace. Throws `unavailable` when nothing answers at the address, `denied` when the login is refused,
 * `misconfigured` when the namespace is not there.
 */
export async function connectTemporal(settings: TemporalSettings): Promise<Client> {
  const { config, namespace } = settings;
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({
      ...config.connectionOptions,
      address: settings.address,
      connectTimeout,
      interceptors: closableCalls,
    });
    await connection.workflowService.describeNamespace({ namespace });
    return new Client({ connection, namespace });
  } catch (error) {
    await connection?.close();
    throw explain(error, settings);
  }
}

/** gRPC's numbers of the codes that a person can do something about. */
const codes = { notFound: 5, permissionDenied: 7, unauthenticated: 16 } as const;

/** A failure of Temporal in words that say what to do. */
export function explain(error: unknown, { address, namespace }: TemporalSettings): StrataError {
  const code = isGrpcServiceError(error) ? error.code : undefined;
  if (code === codes.notFound) {
    const command = `temporal operator namespace create --address ${address} --namespace ${namespace}`;
    return new StrataError(
      'misconfigured',
      `Temporal at ${address} has no namespace ${namespace}. Set TEMPORAL_NAMESPACE, or run: ${command}`,
    );
  }
  if (code === codes.permissionDenied || code === codes.unauthenticated) {
    return new StrataError(
      'denied',
      `Temporal at ${address} refuses the login to namespace ${namespace}. Check TEMPORAL_API_KEY or the TEMPORAL_TLS_* settings.`,
    );
  }
  const start = 'temporal server start-dev';
  return new StrataError(
    'unavailable',
    `no Temporal server answers at ${address}. Set TEMPORAL_ADDRESS (host:port) and, with TLS, TEMPORAL_TLS. To start one for development, run: ${start}`,
    { cause: error },
  );
}

import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { cachedProgram } from '../programs/cache.js';
import { goInstall } from '../programs/go-build.js';
import { findProgram, programAt, type ProvisionOptions } from '../programs/run-program.js';
import { runServer, type RunServer, StartError, startProcess, withFreshPorts } from '../run/process.js';
import type { RunFolder } from '../run/run-folder.js';
import { freePort } from './ports.js';

const region = 'us-east-1';
const goModule = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';

/** VersityGW, an S3 server over a folder: from PATH, from the cache folder, built with Go. Undefined when none of it works. */
export async function objectStoreProgram({ say, signal }: ProvisionOptions): Promise<string | undefined> {
  return (
    (await findProgram(['versitygw'])) ??
    (await programAt(cachedProgram('versitygw'))) ??
    (await goInstall({
      module: goModule,
      program: 'versitygw',
      what: 'building the S3 server (VersityGW) with Go, this once',
      say,
      signal,
    }))
  );
}

export interface Gateway extends RunServer {
  readonly endpoint: string;
}

export interface ObjectStore extends Gateway {
  /** The settings by which AWS's SDK finds it. */
  readonly env: Readonly<Record<'AWS_ENDPOINT_URL_S3' | 'AWS_REGION' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>>;
  /** Starts another gateway to the same buckets, with flags of its own. */
  beside(flags: readonly string[]): Promise<Gateway>;
}

/** An S3 server on 127.0.0.1 over a folder of the run, with keys that are made for this run. */
export async function startObjectStore(run: RunFolder, { program }: { readonly program: string }): Promise<ObjectStore> {
  const objects = run.path('objects');
  const metadata = run.path('object-metadata');
  await mkdir(objects, { recursive: true });
  await mkdir(metadata, { recursive: true });
  const accessKeyId = `STRATA${randomBytes(7).toString('hex').toUpperCase()}`;
  const secretAccessKey = randomBytes(20).toString('hex');
  // Keys by environment alone: a command line can be read by every user of the machine.
  const env = {
    PATH: process.env.PATH,
    ROOT_ACCESS_KEY: accessKeyId,
    ROOT_SECRET_KEY: secretAccessKey,
    ROOT_ACCESS_KEY_ID: accessKeyId,
    ROOT_SECRET_ACCESS_KEY: secretAccessKey,
  };
  const start = async (backend: readonly string[]): Promise<ObjectStore> => {
    const gateway = await startGateway(run, { program, env, flags: [], backend: [...backend, objects] });
    return {
      ...gateway,
      env: {
        AWS_ENDPOINT_URL_S3: gateway.endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
      beside: (flags) => startGateway(run, { program, env, flags, backend: [...backend, objects] }),
    };
  };
  try {
    return await start(['posix']);
  } catch (error) {
    // Not every file system has the extended attributes in which it keeps an object's metadata.
    if (!(error instanceof StartError) || !/xattr/i.test(error.output)) throw error;
    return start(['posix', '--sidecar', metadata]);
  }
}

interface GatewayOptions {
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly flags: readonly string[];
  readonly backend: readonly string[];
}

function startGateway(run: RunFolder, { program, env, flags, backend }: GatewayOptions): Promise<Gateway> {
  return withFreshPorts(async () => {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const launch = async () => {
      const child = await startProcess(run, {
        name: 'VersityGW',
        command: program,
        args: ['--port', `127.0.0.1:${port}`, '--region', region, '--health', '/health', '--quiet', ...flags, ...backend],
        env,
        cwd: run.folder,
        logFile: run.path(`object-store-${port}.log`),
      });
      await child.waitUntil(() =>
        fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2000) }).then(
          (response) => response.ok,
          () => false,
        ),
      );
      return child;
    };
    return { endpoint, ...runServer(await launch(), launch) };
  });
}

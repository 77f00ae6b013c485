import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { cachedProgram } from './cache.mjs';
import { goInstall } from './go-build.mjs';
import { freePorts } from './ports.mjs';
import { findProgram, programAt } from './programs.mjs';
import { StartError, startProcess, withFreshPorts } from './process.mjs';

const goModule = 'github.com/versity/versitygw/cmd/versitygw@latest';

/**
 * VersityGW, an S3 server over a folder: from PATH, from the cache folder, built with Go. Undefined when none of it works.
 * @param {{ say: (line: string) => void, signal?: AbortSignal }} options
 */
export async function objectStoreProgram({ say, signal }) {
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

/**
 * An S3 server on 127.0.0.1 over a folder of the run, with keys that are made for this run.
 * @param {import('./run-folder.mjs').RunFolder} run
 * @param {{ program: string }} options
 * @returns {Promise<{ endpoint: string, env: Record<string, string>, process: () => object, stop: () => Promise<void>,
 *   restart: () => Promise<void> }>}
 */
export async function startObjectStore(run, { program }) {
  const objects = run.path('objects');
  const metadata = run.path('object-metadata');
  await mkdir(objects, { recursive: true });
  await mkdir(metadata, { recursive: true });
  const accessKeyId = `STRATA${randomBytes(7).toString('hex').toUpperCase()}`;
  const secretAccessKey = randomBytes(20).toString('hex');

  const start = (extra) =>
    withFreshPorts(async () => {
      const [port] = await freePorts(1);
      const endpoint = `http://127.0.0.1:${port}`;
      const launch = async () => {
        const child = await startProcess(run, {
          name: 'VersityGW',
          command: program,
          args: ['--port', `127.0.0.1:${port}`, '--region', 'us-east-1', '--health', '/health', '--quiet', 'posix', ...extra, objects],
          // Keys by environment alone: a command line can be read by every user of the machine.
          env: {
            PATH: process.env.PATH,
            ROOT_ACCESS_KEY: accessKeyId,
            ROOT_SECRET_KEY: secretAccessKey,
            ROOT_ACCESS_KEY_ID: accessKeyId,
            ROOT_SECRET_ACCESS_KEY: secretAccessKey,
          },
          cwd: run.folder,
          logFile: run.path('object-store.log'),
        });
        await child.waitUntil(() =>
          fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2000) }).then(
            (response) => response.ok,
            () => false,
          ),
        );
        return child;
      };
      let child = await launch();
      return {
        endpoint,
        env: {
          AWS_ENDPOINT_URL_S3: endpoint,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
        },
        process: () => child,
        stop: () => child.stop(),
        async restart() {
          await child.stop();
          child = await launch();
        },
      };
    });
  try {
    return await start([]);
  } catch (error) {
    // Not every file system has the extended attributes in which it keeps an object's metadata.
    if (!(error instanceof StartError) || !/xattr/i.test(error.output)) throw error;
    return start(['--sidecar', metadata]);
  }
}

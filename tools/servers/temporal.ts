import { runServer, type RunServer, startProcess, withFreshPorts } from '../run/process.js';
import type { RunFolder } from '../run/run-folder.js';
import { threeFreePorts } from './ports.js';

/** What the dev server needs beyond its defaults. Visibility is limited to 10 requests a second, too few for tests and a status. */
const dynamicConfig = [
  'frontend.enableUpdateWithStart=true',
  'frontend.namespaceRPS.visibility=200',
  'system.forceSearchAttributesCacheRefreshOnRead=true',
];

export interface TemporalServer extends RunServer {
  readonly address: string;
  /** Of Temporal Web, where it was asked for. */
  readonly webUrl: string;
  readonly env: { readonly TEMPORAL_ADDRESS: string };
}

interface TemporalOptions {
  readonly program: string;
  /** Whether Temporal Web is served too. */
  readonly web?: boolean;
}

/** A Temporal dev server on 127.0.0.1 whose state is in the run folder, so that a restart goes on with it. */
export function startTemporal(run: RunFolder, { program, web = true }: TemporalOptions): Promise<TemporalServer> {
  return withFreshPorts(async () => {
    const [port, httpPort, webPort] = await threeFreePorts();
    const args = [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--http-port', String(httpPort)],
      ...(web ? ['--ui-port', String(webPort)] : ['--headless']),
      ...['--db-filename', run.path('temporal.db'), '--log-level', 'warn'],
      ...dynamicConfig.flatMap((entry) => ['--dynamic-config-value', entry]),
    ];
    const launch = async () => {
      const child = await startProcess(run, {
        name: 'Temporal',
        command: program,
        args,
        cwd: run.folder,
        logFile: run.path('temporal.log'),
      });
      await child.waitUntil(async () => {
        const answer = await fetch(`http://127.0.0.1:${httpPort}/api/v1/namespaces/default`, { signal: AbortSignal.timeout(2000) })
          .then((response) => response.ok)
          .catch(() => false);
        return answer;
      }, 120_000);
      return child;
    };
    const address = `127.0.0.1:${port}`;
    const server = runServer(await launch(), launch);
    return { address, webUrl: `http://127.0.0.1:${webPort}`, env: { TEMPORAL_ADDRESS: address }, ...server };
  });
}

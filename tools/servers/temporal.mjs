import { freePorts } from './ports.mjs';
import { startProcess, withFreshPorts } from './process.mjs';

/** What the dev server needs beyond its defaults. Visibility is limited to 10 requests a second, too few for tests and a status. */
const dynamicConfig = [
  'frontend.enableUpdateWithStart=true',
  'frontend.namespaceRPS.visibility=200',
  'system.forceSearchAttributesCacheRefreshOnRead=true',
];

/**
 * A Temporal dev server on 127.0.0.1 whose state is in the run folder, so that a restart goes on with it.
 * @param {import('./run-folder.mjs').RunFolder} run
 * @param {{ program: string, ui?: boolean, name?: string }} options
 * @returns {Promise<{ address: string, uiUrl?: string, env: Record<string, string>, process: () => object,
 *   stop: () => Promise<void>, restart: () => Promise<void> }>}
 */
export function startTemporal(run, { program, ui = true, name = 'temporal' }) {
  return withFreshPorts(async () => {
    const [port, httpPort, uiPort] = await freePorts(3);
    const args = [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--http-port', String(httpPort)],
      ...(ui ? ['--ui-port', String(uiPort)] : ['--headless']),
      ...['--db-filename', run.path(`${name}.db`), '--log-level', 'warn'],
      ...dynamicConfig.flatMap((entry) => ['--dynamic-config-value', entry]),
    ];
    const launch = async () => {
      const child = await startProcess(run, {
        name: 'Temporal',
        command: program,
        args,
        cwd: run.folder,
        logFile: run.path(`${name}.log`),
      });
      await child.waitUntil(async () => {
        const answer = await fetch(`http://127.0.0.1:${httpPort}/api/v1/namespaces/default`, { signal: AbortSignal.timeout(2000) })
          .then((response) => response.ok)
          .catch(() => false);
        return answer;
      }, 120_000);
      return child;
    };
    let child = await launch();
    const address = `127.0.0.1:${port}`;
    return {
      address,
      ...(ui ? { uiUrl: `http://127.0.0.1:${uiPort}` } : {}),
      env: { TEMPORAL_ADDRESS: address },
      process: () => child,
      stop: () => child.stop(),
      async restart() {
        await child.stop();
        child = await launch();
      },
    };
  });
}

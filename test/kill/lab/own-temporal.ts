import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { closableCalls } from '../../../src/connectors/temporal/closable-calls.js';
import { temporal } from '../../support/servers/servers.js';

/** A Temporal server of the test's own, which it may kill; its state survives in a file. */
export interface OwnTemporal {
  readonly address: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  drop(): Promise<void>;
}

/** With `continueAfter` it suggests to continue as new after so many events. */
export async function startOwnTemporal({ continueAfter }: { readonly continueAfter?: number } = {}): Promise<OwnTemporal> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-temporal-'));
  const port = await freePort();
  const args = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--headless',
    '--db-filename',
    join(folder, 'temporal.db'),
  ];
  const limits = continueAfter === undefined ? [] : [`limit.historyCount.suggestContinueAsNew=${continueAfter}`];
  const values = ['system.forceSearchAttributesCacheRefreshOnRead=true', ...limits].flatMap((value) => ['--dynamic-config-value', value]);
  const config = [...values, '--log-level', 'never'];
  let server: ChildProcess;
  const own: OwnTemporal = {
    address: `127.0.0.1:${port}`,
    async start() {
      server = spawn(temporal.program, [...args, ...config], { stdio: 'ignore' });
      await untilItAnswers(server, port);
    },
    async kill() {
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    },
    async drop() {
      await own.kill();
      await rm(folder, { recursive: true });
    },
  };
  await own.start();
  return own;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilItAnswers(server: ChildProcess, port: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    if (server.exitCode !== null) throw new Error('the Temporal server of the test does not start');
    try {
      const connection = await Connection.connect({
        address: `127.0.0.1:${port}`,
        connectTimeout: '5 seconds',
        interceptors: closableCalls,
      });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return await connection.close();
    } catch (error) {
      if (tries === 240) throw error;
      await sleep(250);
    }
  }
}

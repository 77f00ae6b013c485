import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from '@jest/globals';
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Runtime, Worker, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { connectTemporal, temporalSettings } from '../../src/connectors/temporal/connect.js';
import { registerSearchAttributes } from '../../src/connectors/temporal/search-attributes.js';
import type { Activities } from '../../src/contracts/activities/activities.js';
import { temporal } from '../support/servers/servers.js';

/** Bundles the workflows once a test file. */
export function bundleWorkflows(): Promise<WorkflowBundle> {
  const logger = new DefaultLogger('WARN');
  return bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)), logger });
}

export interface WorkflowHost {
  readonly client: Client;
  readonly taskQueue: string;
  /** Unique in this test file, so that ids of workflows are too. */
  readonly pipeline: string;
  /** Runs `work` while a worker serves the task queue with these activities. */
  withWorker<Result>(activities: Partial<Activities>, work: () => Promise<Result>): Promise<Result>;
  /** Ends what a test left running. */
  terminate(handle: WorkflowHandle | string): Promise<void>;
}

/**
 * A worker of its own on the real Temporal server; activities are given by each test, for they are the seam under test.
 * With `continueAfter` the server is one of its own that suggests to continue as new after so many events.
 */
export function hostWorkflows(options: { readonly continueAfter?: number } = {}): WorkflowHost {
  const unique = Math.random().toString(36).slice(2, 8);
  const host = { taskQueue: `test-${unique}`, pipeline: `p${unique}` };
  let client: Client;
  let connection: NativeConnection;
  let bundle: WorkflowBundle;
  let server: OwnServer | undefined;
  beforeAll(async () => {
    if (options.continueAfter !== undefined) server = await startServer(options.continueAfter);
    const address = server?.address ?? temporal.address;
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });
    client = await connectTemporal(temporalSettings({ TEMPORAL_ADDRESS: address }));
    await registerSearchAttributes(client);
    connection = await NativeConnection.connect({ address });
    bundle = await bundleWorkflows();
  });
  afterAll(async () => {
    await connection.close();
    await client.connection.close();
    await server?.end();
  });
  return {
    ...host,
    get client() {
      return client;
    },
    withWorker: async (activities, work) => {
      const worker = await Worker.create({
        connection,
        taskQueue: host.taskQueue,
        workflowBundle: bundle,
        activities,
        maxHeartbeatThrottleInterval: '2 seconds',
      });
      return worker.runUntil(work);
    },
    terminate: async (handle) => {
      const target = typeof handle === 'string' ? client.workflow.getHandle(handle) : handle;
      await target.terminate().catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
    },
  };
}

interface OwnServer {
  readonly address: string;
  end(): Promise<void>;
}

async function startServer(continueAfter: number): Promise<OwnServer> {
  const port = await freePort();
  const flags = ['--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'never'];
  const limit = `limit.historyCount.suggestContinueAsNew=${continueAfter}`;
  const server = spawn(temporal.program, ['server', 'start-dev', ...flags, '--dynamic-config-value', limit], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  return {
    address: await reachable(`127.0.0.1:${port}`),
    end: async () => {
      server.kill('SIGTERM');
      await ended;
    },
  };
}

async function reachable(address: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const client = await connectTemporal(temporalSettings({ TEMPORAL_ADDRESS: address }));
      await client.connection.close();
      return address;
    } catch (error) {
      if (attempt === 30) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

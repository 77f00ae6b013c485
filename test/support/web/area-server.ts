import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { pino } from 'pino';
import type { Area } from '../../../src/engine/areas/area.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { createAreaPages } from '../../../src/serve/areas/area-pages.js';
import { createAreasApp } from '../../../src/serve/areas/areas-app.js';
import { answerArea } from '../../../src/status/areas/answer-area.js';
import { areaDensity } from '../../../src/status/areas/area-density.js';
import { describeArea } from '../../../src/status/areas/describe-area.js';

export interface AreaServer {
  /** Such as http://127.0.0.1:40000 */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves answers about areas and their pages on a free port. */
export async function serveAreas(warehouse: Warehouse, areas: readonly Area[], token?: string): Promise<AreaServer> {
  const app = new Hono();
  app.route('/', await createAreaPages({ token, areas }));
  app.route(
    '/',
    createAreasApp({
      token,
      areas,
      answer: (area, request) => answerArea(warehouse, area, request),
      density: (area, request) => areaDensity(warehouse, area, request),
      describe: (area) => describeArea(warehouse, area),
      logger: pino({ enabled: false }),
    }),
  );
  const server = createAdaptorServer({ fetch: app.fetch }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

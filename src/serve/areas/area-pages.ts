import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { secureHeaders } from 'hono/secure-headers';
import type { Area } from '../../engine/areas/area.js';
import { askedFromElsewhere } from '../events/senders.js';

export interface AreaPagesDeps {
  /** The pages hold nothing that is secret: they ask for the token and send it with their questions. */
  readonly token: string | undefined;
  readonly areas: readonly Area[];
}

const folder = new URL('../../../web/areas/', import.meta.url);
const page = 'index.html';
const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};
/** All that there is: no path of a request ever names a file. */
const scripts = ['page', 'requests', 'fields', 'form', 'address', 'mistakes', 'map', 'view', 'drawing', 'gestures', 'results'];
const files = [page, 'page.css', ...scripts.map((name) => `${name}.js`)];

/** `GET /areas/<pipeline>/<area>`: a map of an area's rows to draw boxes on; `/areas/<pipeline>` leads to its first area. */
export async function createAreaPages({ token, areas }: AreaPagesDeps): Promise<Hono> {
  const contents = new Map(await Promise.all(files.map(async (name) => [name, await readFile(new URL(name, folder))] as const)));
  const app = new Hono();
  app.use(
    '/areas/*',
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      // What terminates TLS before this server says whether there is any.
      strictTransportSecurity: false,
      referrerPolicy: 'no-referrer',
    }),
    etag(),
    async (context, next) => {
      const elsewhere = token === undefined ? askedFromElsewhere(context.req) : undefined;
      if (elsewhere) return context.text(`${elsewhere.text}\n`, elsewhere.status);
      await next();
      return undefined;
    },
  );
  const send = (name: string) => {
    const body = contents.get(name);
    if (body === undefined) return undefined;
    const headers = { 'Content-Type': types[name.split('.').at(-1) ?? ''] ?? '', 'Cache-Control': 'no-cache' };
    return new Response(new Uint8Array(body), { headers });
  };
  const missing = () => new Response(`There is no such page. There are: ${pagePaths(areas)}\n`, { status: 404 });
  app.get('/areas/files/:name', async (context, next) => send(context.req.param('name')) ?? (await next()) ?? undefined);
  app.get('/areas/:pipeline', (context) => {
    const first = areas.find(({ pipeline }) => pipeline === context.req.param('pipeline'));
    return first ? context.redirect(`/areas/${first.pipeline}/${first.name}${new URL(context.req.url).search}`) : missing();
  });
  app.get('/areas/:pipeline/:area', (context) => {
    const { pipeline, area } = context.req.param();
    return (areas.some((each) => each.pipeline === pipeline && each.name === area) ? send(page) : undefined) ?? missing();
  });
  return app;
}

function pagePaths(areas: readonly Area[]): string {
  return areas.map(({ pipeline, name }) => `/areas/${pipeline}/${name}`).join(', ') || 'none';
}

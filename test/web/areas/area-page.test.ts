import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { publishAppendLoad } from '../../../src/activities/additive/publish-load.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { warehouse as server } from '../../support/servers/servers.js';
import { addRun, randomTrips } from '../../support/trips/trip-rows.js';
import { tripWarehouse } from '../../support/trips/trip-warehouse.js';
import { serveAreas, type AreaServer } from '../../support/web/area-server.js';
import { launchBrowser } from '../../support/web/browser.js';

const token = 'a-token-of-some-length';
const edges = ['west', 'south', 'east', 'north'];
const town = '14.5,-0.03,14.56,0.03';

describe('the page of an area, in Chromium', () => {
  let warehouse: Warehouse;
  let browser: Browser;
  let open: AreaServer;
  let closed: AreaServer;
  let page: Page;
  let noise: string[];

  beforeAll(async () => {
    const made = await tripWarehouse(server.url);
    warehouse = made.warehouse;
    await addRun(warehouse, 1, randomTrips(800, 1));
    await publishAppendLoad(
      warehouse,
      made.pipeline.additiveMerges,
      { pipeline: 'trips', entity: 'trips', loadId: '1' },
      { rowsAtOnce: 800 },
    );
    open = await serveAreas(warehouse, made.pipeline.areas);
    closed = await serveAreas(warehouse, made.pipeline.areas, token);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([open.close(), closed.close()]);
    await warehouse.close();
  });
  beforeEach(() => {
    noise = [];
  });
  afterEach(() => page.context().close());

  async function visit(address: string, options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && noise.push(message.text()));
    page.on('pageerror', (error) => noise.push(error.message));
    page.on('request', (request) => new URL(request.url()).host === new URL(address).host || noise.push(`it asks ${request.url()}`));
    await page.goto(address);
  }

  const value = (id: string) => page.inputValue(`#${id}`);
  const corners = async () => Promise.all(edges.map(async (edge) => Number(await value(edge))));
  /** What the page shows once it shows the answer to what its address says. */
  async function shown(): Promise<string> {
    const query = new URL(page.url()).search;
    const answer = (await (await fetch(`${open.url}/api/trips/weekly${query}`)).json()) as Record<string, string | number>;
    const { average, trips, weeks } = answer;
    const words = `${average} trips a week ${trips} trips ${query.includes('box=') ? 'in the box' : 'in all'}${weeks === 0 ? '' : `, ${weeks} week`}`;
    await page.locator('#status').filter({ hasText: words }).waitFor();
    return query;
  }
  const paintedPixels = () =>
    page.evaluate<number>(`(() => {
      const canvas = document.getElementById('map');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let blue = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255 && data[at + 2] - data[at] > 40) blue += 1;
      return blue;
    })()`);
  const drag = async (from: readonly [number, number], to: readonly [number, number]) => {
    const { x, y, width, height } = (await page.locator('#map').boundingBox())!;
    await page.mouse.move(x + from[0] * width, y + from[1] * height);
    await page.mouse.down();
    await page.mouse.move(x + to[0] * width, y + to[1] * height, { steps: 5 });
    await page.mouse.up();
  };

  it('draws where rows lie, and asks nobody but its server', async () => {
    await visit(`${open.url}/areas/trips`);
    await page.waitForSelector('#map[data-squares]');
    expect(await shown()).toBe('');
    expect(new URL(page.url()).pathname).toBe('/areas/trips/weekly');
    expect(Number(await page.getAttribute('#map', 'data-squares'))).toBeGreaterThan(1);
    expect(await paintedPixels()).toBeGreaterThan(8);
    expect(await page.locator('#chart svg').getAttribute('aria-label')).toContain('Trips of each week');
    expect(noise).toEqual([]);
  });

  it('counts in a box that the mouse draws, and in one whose corner it drags', async () => {
    await visit(`${open.url}/areas/trips?box=${town}`);
    await shown();
    await page.click('#show-box');
    await drag([0.25, 0.3], [0.7, 0.8]);
    const first = await shown();
    expect(first).toContain('box=');
    const [west = 0, south = 0, east = 0, north = 0] = await corners();
    expect(west < east && south < north && west > 14.4 && east < 14.7).toBe(true);
    await drag([0.7, 0.8], [0.5, 0.6]);
    await shown();
    const smaller = await corners();
    expect([smaller[0], smaller[3]]).toEqual([west, north]);
    expect(smaller[2]! < east && smaller[1]! > south).toBe(true);
    await page.click('#clear');
    expect(await shown()).toBe('');
    expect(noise).toEqual([]);
  });

  it('is worked by keys alone', async () => {
    await visit(`${open.url}/areas/trips?box=${town}`);
    await shown();
    await page.click('#show-box');
    await page.focus('#map');
    await page.keyboard.press('Escape');
    expect(await value('west')).toBe('');
    await page.keyboard.press('ArrowRight');
    const made = await corners();
    await shown();
    for (const key of ['ArrowRight', 'ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
    const moved = await corners();
    expect(moved.every((edge, index) => edge > made[index]!)).toBe(true);
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Shift+ArrowDown');
    const resized = await corners();
    expect([resized[0], resized[1]]).toEqual([moved[0], moved[1]]);
    expect(resized[2]! < moved[2]! && resized[3]! < moved[3]!).toBe(true);
    await shown();
    await page.keyboard.press('Tab');
    expect(await page.locator('.side :focus').count()).toBe(1);
    await page.fill('#north', '95');
    await page.keyboard.press('Enter');
    await page.locator('#mistake-box', { hasText: 'North must be a number from -90 to 90.' }).waitFor();
    await page.fill('#north', '1');
    await page.keyboard.press('Enter');
    await shown();
    expect([await page.isHidden('#mistake-box'), await page.isHidden('#problem')]).toEqual([true, true]);
    expect(noise).toEqual([]);
  });

  it('asks by region, point and days as they are chosen, and its address leads back to the same question', async () => {
    await visit(`${open.url}/areas/trips?box=${town}`);
    await page.selectOption('#of-list', 'Prague');
    await page.selectOption('#by', 'both');
    await page.fill('#from', '2018-03-01');
    const query = await shown();
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual({ box: town, region: 'Prague', by: 'both', from: '2018-03-01' });
    await page.reload();
    expect(await shown()).toBe(query);
    expect([await value('of-list'), await value('by'), await value('from')]).toEqual(['Prague', 'both', '2018-03-01']);
    await page.click('summary');
    expect(await page.locator('#weeks-rows tr').count()).toBeGreaterThan(10);
    await page.check('#wrap');
    await page.fill('#west', '170');
    await page.fill('#east', '-170');
    await page.keyboard.press('Enter');
    expect(await shown()).toContain('wrap=1');
    expect(noise).toEqual([]);
  });

  const mistake = (part: string) => page.locator(`#mistake-${part}`).textContent();
  /** What the page shows where it answers nothing: no number, no week, no square, and the address as it came. */
  async function showsNoAnswer(query: string, hasSquares: boolean): Promise<void> {
    await page.waitForSelector('#answer[aria-busy=false] #problem:visible');
    expect((await page.textContent('#status'))!.trim()).toBe('');
    expect([await page.locator('#chart svg').count(), await page.isVisible('#weeks')]).toEqual([0, false]);
    await page.waitForSelector(`#map${hasSquares ? '[data-squares]' : ':not([data-squares])'}`);
    expect(decodeURIComponent(new URL(page.url()).search)).toBe(query);
    expect(noise).toEqual([]);
  }

  it.each([
    ['box=200,0,1,1', 'box', 'West must be a number from -180 to 180.'],
    ['box=14,x1,15,1', 'box', 'South must be a number from -90 to 90, not "x1".'],
    ['box=14,,15,1', 'box', 'South must be a number from -90 to 90, not "".'],
    ['box=14,0,15', 'box', '"14,0,15" is not a box: a box is lon1,lat1,lon2,lat2 in degrees, such as 14.40,50.05,14.45,50.10.'],
    [`box=${town}&wrap=yes`, 'box', 'wrap is 1 or 0: "yes" is neither.'],
    ['wrap=1', 'box', 'wrap is for a box: give its edges too, or leave wrap out.'],
    [`box=${town}&by=start`, 'by', 'Nothing is counted by "start". Choose one of the list.'],
    ['region=Pargue', 'of', 'There is no region "Pargue". Choose one of the list.'],
    ['region=Prague&region=Turin', 'of', 'region stands 2 times in the address: name it once.'],
    ['from=2018-13-01', 'from', 'From must be a day, such as 2018-05-28, not "2018-13-01".'],
    ['to=yesterday', 'to', 'To must be a day, such as 2018-05-28, not "yesterday".'],
    ['from=2018-06-02&to=2018-06-01', 'from', 'From 2018-06-02 is after To 2018-06-01: swap them.'],
  ])('answers no other question than %s of its address, and says beside the field what is wrong', async (query, part, message) => {
    await visit(`${open.url}/areas/trips/weekly?${query}`);
    await showsNoAnswer(`?${query}`, part === 'box' || part === 'by');
    expect(await mistake(part)).toBe(message);
    expect(await page.textContent('#problem')).toContain('stands beside its field');
    expect(await page.locator('.side [aria-invalid=true]').count()).toBeGreaterThan(0);
  });

  it('asks again once each part that was not clear has changed or is left out', async () => {
    const query = '?box=200,0,1,1&region=Pargue&bos=1&from=2018-13-01';
    await visit(`${open.url}/areas/trips/weekly${query}`);
    await showsNoAnswer(query, false);
    expect(await page.textContent('#problem')).toBe(
      'The address asks for "bos", which there is not. There are: box, region, by, from, to, wrap.',
    );
    await page.selectOption('#of-list', '');
    await page.click('#clear');
    expect([await mistake('of'), await mistake('box')]).toEqual(['', '']);
    await showsNoAnswer(query, false);
    await page.click('#leave-out');
    expect(await shown()).toBe('');
    await page.waitForSelector('#map[data-squares]');
    await page.fill('#from', '2018-06-02');
    await page.fill('#to', '2018-06-01');
    await showsNoAnswer('?from=2018-06-02', false);
    await page.fill('#to', '2018-06-03');
    expect(await shown()).toBe('?from=2018-06-02&to=2018-06-03');
    await page.focus('#to');
    await page.keyboard.press('Delete');
    expect(await mistake('to')).toBe('To must be a day, such as 2018-05-28.');
    await showsNoAnswer('?from=2018-06-02&to=2018-06-03', false);
    await page.goto(`${open.url}/areas/trips?box=170,-1,-170,1&wrap=true`);
    await shown();
    expect(await page.isChecked('#wrap')).toBe(true);
    expect(await mistake('box')).toBe('');
    expect(noise).toEqual([]);
  });

  it('fits on a phone, where a finger draws the box', async () => {
    await visit(`${open.url}/areas/trips?box=${town}`, {
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
      colorScheme: 'dark',
    });
    await shown();
    await page.click('#show-box');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    for (const control of await page.locator('button:visible, select:visible, .choice span').all())
      expect((await control.boundingBox())!.height).toBeGreaterThanOrEqual(36);
    const { x, y, width, height } = (await page.locator('#map').boundingBox())!;
    const finger = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
      finger.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [{ x: x + width * at, y: y + height * at }] });
    await touch('touchStart', 0.3);
    for (const at of [0.4, 0.5, 0.6]) await touch('touchMove', at);
    await touch('touchEnd');
    const query = await shown();
    expect(query).not.toContain(encodeURIComponent(town));
    const [west = 0, , east = 0] = await corners();
    expect(east - west).toBeLessThan(0.06);
    expect(noise).toEqual([]);
  });

  it('asks for the token where there is one, and keeps it out of the address', async () => {
    await visit(`${closed.url}/areas/trips#token=wrong`);
    await page.waitForSelector('#token:focus');
    expect(await page.textContent('#description')).toContain('the token is missing or wrong');
    expect(page.url()).not.toContain('wrong');
    await page.fill('#token', token);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#map[data-squares]');
    await page.reload();
    await page.waitForSelector('#map[data-squares]');
    await page.goto('about:blank');
    await page.goto(`${closed.url}/areas/trips/weekly#token=${token}`);
    await page.waitForSelector('#map[data-squares]');
    expect(page.url()).not.toContain(token);
  });
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { planOutputs } from '../../src/activities/outputs/plan-outputs.js';
import { writeOutput } from '../../src/activities/outputs/write-output.js';
import { FileStore } from '../../src/connectors/file/file-store.js';
import { openStore } from '../../src/connectors/open-store.js';
import type { Period } from '../../src/contracts/activities/refs.js';
import { validatePipelines } from '../../src/engine/definition/validate.js';
import type { ObjectStore } from '../../src/engine/object-store.js';
import { compileDated, datedDefinition, spanFiles } from '../support/pipelines/dated-pipeline.js';
import { readTable } from '../support/mart-warehouse.js';
import { Random } from '../support/random.js';
import { freshPrefix, warehouses } from '../support/servers/servers.js';
import { quietScope, WarehouseChain } from '../support/warehouse-chain.js';

interface Delivery {
  readonly date: string;
  /** Seconds: a later one of the same date corrects an earlier one. */
  readonly time: number;
  readonly feed: 'orders' | 'visits';
  readonly text: string;
}

const dates = ['2024-02-28', '2024-02-29', '2024-03-02', '2024-03-05'];
const all = { from: '2024-02-28', to: '2024-03-06' };
const [definition] = validatePipelines([datedDefinition]);
const pipeline = compileDated((files) => Object.assign(files, spanFiles), definition);

/** Files of some dates; some of them are corrected later. */
function deliveries(random: Random): Delivery[] {
  return dates.flatMap((date, day) => {
    const orders = () => {
      const rows = Array.from(
        { length: 1 + random.below(5) },
        () => `${1 + random.below(6)},${random.pick(['ES', 'DE', ''])},${random.below(900)}.5`,
      );
      return `id,country,amount\n${rows.join('\n')}\n`;
    };
    const times = [1_700_000_000 + day * 100, ...(random.chance(60) ? [1_700_005_000 + random.below(99)] : [])];
    const visits = `id\n${Array.from({ length: 1 + random.below(3) }, (_, index) => day * 10 + index + 1).join('\n')}\n`;
    return [
      ...times.map((time) => ({ date, time, feed: 'orders' as const, text: orders() })),
      ...(random.chance(70) ? [{ date, time: times[0]!, feed: 'visits' as const, text: visits }] : []),
    ];
  });
}

/** A warehouse with a source and a place for files. */
class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'strata-dated-'));
  readonly final: ObjectStore;
  readonly chain: WarehouseChain;

  constructor(url: string) {
    for (const name of ['source', 'final']) mkdirSync(join(this.folder, name));
    this.final = openStore(pathToFileURL(join(this.folder, 'final')).href);
    const sourceUrl = pathToFileURL(join(this.folder, 'source')).href;
    const open = (address: string) => new FileStore(fileURLToPath(address), 0);
    this.chain = new WarehouseChain({ url, prefix: freshPrefix(), pipeline, sourceUrl, openStore: open });
  }

  async deliver({ date, time, feed, text }: Delivery): Promise<void> {
    const path = join(this.folder, 'source', 'raw', date, `${feed}.csv`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, time, time);
    await this.chain.pickup(feed);
    await this.chain.process(feed);
  }

  /** What a run of these dates writes. */
  async write(period: Period): Promise<void> {
    const { warehouse } = this.chain;
    const plan = await planOutputs(warehouse, pipeline, { pipeline: 'shop', dates: period }, { storeUrl: this.final.url });
    const { datedOutputs: outputs, martRefreshes: marts } = pipeline;
    for (const { date, outputs: numbers } of plan.dates) {
      for (const number of numbers) {
        const output = outputs.find((each) => each.output === plan.outputs[number]!.output)!;
        const of = { warehouse, pipeline: 'shop', outputs, marts, output, date };
        await writeOutput({ ...of, store: () => this.final, again: false, force: false }, quietScope);
      }
    }
  }

  /** Every file's bytes, and the marts' rows. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const below = join(this.folder, 'final');
    const files = readdirSync(below, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(csv|parquet)$/.test(name));
    const tables = await Promise.all(
      ['bus.sales', 'bus.total', 'bus.visits_of_date'].map(async (table) => [table, await readTable(this.chain.warehouse, table)] as const),
    );
    return Object.fromEntries([...files.sort().map((name) => [name, readFileSync(join(below, name)).toString('hex')] as const), ...tables]);
  }

  async close(): Promise<void> {
    await this.chain.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe.each(warehouses)('outputs by date on $name', ({ url }) => {
  const labs: Lab[] = [];
  beforeAll(async () => {
    labs.push(new Lab(url), new Lab(url));
    for (const { chain } of labs) await chain.migrate();
  });
  afterAll(async () => {
    for (const lab of labs) await lab.close();
  });

  it('are the same bytes for any order of deliveries, with dates that are late, corrected and written side by side', async () => {
    const seed = Date.now() % 1_000_000;
    const random = new Random(seed);
    const [inOrder, shuffled] = labs as [Lab, Lab];
    const delivered = deliveries(random);
    for (const delivery of [...delivered].sort((a, b) => (a.date === b.date ? a.time - b.time : a.date < b.date ? -1 : 1)))
      await inOrder.deliver(delivery);
    await inOrder.write(all);
    for (const delivery of random.shuffle(delivered)) {
      await shuffled.deliver(delivery);
      const runs = random.chance(50) ? [{ from: delivery.date, to: delivery.date }] : [all, { from: delivery.date, to: all.to }];
      if (random.chance(80)) await Promise.all(runs.map((period) => shuffled.write(period)));
    }
    await shuffled.write(all);
    const expected = await inOrder.outputs();
    expect({ seed, ...(await shuffled.outputs()) }).toEqual({ seed, ...expected });
    expect(Object.keys(expected)).toHaveLength(2 * 8 + 3);
  });
});

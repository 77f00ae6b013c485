import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileStore } from '../../src/connectors/file/file-store.js';
import { compileEastrock } from './mart-warehouse.js';
import { freshPrefix } from './servers/servers.js';
import { WarehouseChain, type ChainOptions } from './warehouse-chain.js';

/** Eastrock, or another pipeline, over a folder of its own, which takes files for written at once, into a warehouse of its own. */
export class FolderChain extends WarehouseChain {
  private constructor(
    readonly folder: string,
    options: ChainOptions,
  ) {
    super(options);
  }

  static async open(
    url: string,
    options: Partial<Pick<ChainOptions, 'chunkBytes' | 'rangeBytes' | 'runBytes' | 'pipeline'>> = {},
    under = tmpdir(),
  ): Promise<FolderChain> {
    const folder = await mkdtemp(join(under, 'strata-chain-'));
    const chain = new FolderChain(folder, {
      url,
      prefix: freshPrefix(),
      ...options,
      pipeline: options.pipeline ?? (await compileEastrock()),
      sourceUrl: `file://${folder}`,
      openStore: (address) => new FileStore(fileURLToPath(address), 0),
    });
    await chain.migrate();
    return chain;
  }

  override async close(): Promise<void> {
    await super.close();
    await rm(this.folder, { recursive: true });
  }
}

import { expect, it } from '@jest/globals';
import { compileContract } from '../../../src/engine/read/contract.js';
import { ObjectScan } from '../../../src/engine/read/object-scan.js';
import { eastrock } from '../../../src/pipelines/eastrock.js';

const games = eastrock.feeds.find((feed) => feed.name === 'games')!;

it('a chunk ends without waiting for a source that stalls, as long as rows are left of what came', async () => {
  const rows = Array.from({ length: 100 }, (_, i) => `${i + 1},2,Slots,3/4/2023,5\n`).join('');
  async function* stalling(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(`GameID,UserID,GameType,PlayDate,Duration\n${rows}`));
    await new Promise(() => undefined);
  }
  const scan = new ObjectScan(compileContract(games), stalling());
  await scan.readHeader();
  for (const bytes of [1, 1_000]) {
    const chunk = scan.chunk({ bytes, rejectBytes: Infinity });
    for await (const lines of chunk.lines()) expect(lines.length).toBeGreaterThan(0);
    expect(chunk.endOffset - chunk.startOffset).toBeGreaterThanOrEqual(bytes);
    expect(chunk.rows).toBeGreaterThan(0);
    expect(scan.done).toBe(false);
  }
});

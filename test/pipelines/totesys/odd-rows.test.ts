import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { LakeFolder, type Row } from './lake.js';

jest.setTimeout(900_000);

describe.each(warehouses)('odd rows of a lake on $name', ({ url }) => {
  let chain: FolderChain;
  let lake: LakeFolder;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: await compileFile('totesys') });
    lake = new LakeFolder(chain.folder);
  });
  afterAll(() => chain.close());

  const design = (id: number, name: string | null, more: Row = {}): Row => ({
    ...{ design_id: String(id), design_name: name, file_location: '/', file_name: 'a' },
    ...{ created_at: '2026-03-01 09:00:00', last_updated: '2026-03-01 09:00:00', ...more },
  });
  const takeIn = async () => {
    await chain.pickup('design');
    while ((await chain.process('design')).more);
  };

  it('may be long in columns that no feed has, and are one row each, whatever lines they hold', async () => {
    const text = 'a "line",1\n2,of,many\n'.repeat(60_000);
    lake.write({
      design: [
        [
          design(1, 'one', { photo: text, Design_Name: 'another column' }),
          design(2, text, { photo: 'x', Design_Name: null }),
          design(3, 'w'.repeat(1_001), { photo: null, Design_Name: null }),
          design(4, 'four', { photo: `${text}${text}`, Design_Name: null }),
          design(5, '"\\N"\n', { photo: '', Design_Name: '' }),
        ],
      ],
    });
    await takeIn();
    expect(await chain.warehouse.query('select design_id, design_name from bulk.design order by design_id')).toEqual([
      { design_id: 1, design_name: 'one' },
      { design_id: 4, design_name: 'four' },
      { design_id: 5, design_name: '"\\N"\n' },
    ]);
    const entries = await chain.warehouse.query<{ reasons: string; line_number: number; row_bytes: number; kept: number }>(
      'select reasons, line_number, row_bytes, length(raw) as kept from gear.quarantine order by line_number',
    );
    expect(entries).toMatchObject([
      { reasons: 'too_long', line_number: 120_003, kept: 65_536 },
      { reasons: 'too_long', line_number: 240_004 },
    ]);
    expect(entries[0]!.row_bytes).toBeGreaterThan(1_250_000);
  });
});

import { expect, it } from '@jest/globals';
import { parseExportFile } from '../../../src/engine/exports/parse-export.js';
import type { MartProblem } from '../../../src/engine/marts/mart.js';

it('reads the same export whether empty lines stand between its header and its sections or not', () => {
  const airy = `-- export: orders

-- All orders.
-- format: csv
-- to: orders.csv

-- columns
id bigint

-- rows
select id from bus.orders
`;
  const problems: MartProblem[] = [];
  const [one, other] = [airy, airy.replaceAll('\n\n', '\n')].map((text) => parseExportFile({ path: 'exports/orders.sql', text }, problems));
  expect(problems).toEqual([]);
  expect(one).toMatchObject({ description: 'All orders.', columns: [{ name: 'id' }], rows: 'select id from bus.orders' });
  expect(other).toMatchObject({ description: one?.description, checksum: one?.checksum });
});
